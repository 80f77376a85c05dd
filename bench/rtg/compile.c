/* SPDX-License-Identifier: Apache-2.0 */
/* How long rtg takes for both init programs, and the memory it needs: the library is called over
 * and over, the least time counts. rtg-compile LIB.rtg REGULAR.rtg CONTAINER.rtg */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "rtgc/rtg.h"

#define ROUNDS 200

static const char *const texts[][2] = {
    {"hostname", "tinyrange"},
    {"workdir", "/"},
    {"hosts_content", "127.0.0.1 localhost"},
    {"resolv_content", "nameserver 10.42.0.1"},
    {"interface_name", "eth0"},
    {"root_source", "rootfs"},
    {"root_type", "virtiofs"},
    {"exec_strings", "/bin/sh"},
};
static const struct {
    const char *key;
    int64_t value;
} numbers[] = {
    {"MAILBOX_PHYS_ADDR", 0xf0000000},
    {"TIMESLICE_MMIO_PHYS_ADDR", 0xf0001000},
    {"CONFIG_REGION_PHYS_ADDR", 0xf0003000},
    {"interface_ip_nbo", 0x02002a0a},
    {"interface_mask_nbo", 0x00ffffff},
    {"gateway_nbo", 0x01002a0a},
    {"exec_argc", 1},
    {"exec_envc", 0},
};
static const char *const flags[] = {"command_loop", "network"};

static struct rtg_source source(const char *path)
{
    static char buffers[3][65536];
    static int used;
    FILE *f = fopen(path, "re");
    struct rtg_source s = {.name = path, .text = buffers[used]};
    if (!f) {
        perror(path);
        exit(1);
    }
    s.size_bytes = fread(buffers[used++], 1, sizeof buffers[0], f);
    fclose(f);
    return s;
}

static double milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void measure(const char *name, const struct rtg_options *o)
{
    double best = 1e9;
    struct rtg_result r = {0};
    for (int i = 0; i < ROUNDS; i++) {
        rtg_result_free(&r);
        double start = milliseconds();
        if (rtg_compile(o, &r)) {
            fputs(r.diagnostics ? r.diagnostics : "out of memory\n", stderr);
            exit(1);
        }
        double took = milliseconds() - start;
        best = took < best ? took : best;
    }
    printf("%-8s %-10s %6zu bytes of executable in %.2f ms\n", o->arch, name, r.size_bytes, best);
    rtg_result_free(&r);
}

int main(int argc, char **argv)
{
    static const char *const arches[] = {"amd64", "arm64", "riscv64"};
    struct rtg_config configs[ARRAY_SIZE(texts) + ARRAY_SIZE(numbers)] = {0};
    struct rtg_options o = {.configs = configs,
                            .nconfigs = ARRAY_SIZE(configs),
                            .flags = flags,
                            .nflags = ARRAY_SIZE(flags),
                            .nsources = 2};
    struct rusage usage;
    if (argc != 4)
        return 2;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        configs[i] = (struct rtg_config){
            .key = texts[i][0], .text = texts[i][1], .size_bytes = strlen(texts[i][1])};
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        configs[ARRAY_SIZE(texts) + i] =
            (struct rtg_config){.key = numbers[i].key, .is_int = true, .number = numbers[i].value};
    struct rtg_source lib = source(argv[1]), regular[] = {source(argv[2]), lib},
                      container[] = {source(argv[3]), lib};
    for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
        o.arch = arches[i];
        o.sources = regular;
        measure("regular", &o);
        o.sources = container;
        measure("container", &o);
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("%.1f MiB at most in memory\n", (double)usage.ru_maxrss / 1024);
    return 0;
}
