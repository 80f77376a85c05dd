/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot ps: the machines that run under a name, and what the goroutines of one are doing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/goroutines.h"
#include "cmd/registry.h"
#include "vmm/image.h"

const struct option_spec ps_options[] = {{NULL, NULL, NULL, NULL}};

static int machine_print(void *context, const struct machine_entry *e)
{
    bool *any = context;
    if (!*any)
        printf("%-20s %8s %8s %5s  %s\n", "NAME", "PID", "MEMORY", "CPUS", "PROGRAM");
    *any = true;
    printf("%-20s %8ld %7lluM %5u  %s\n", e->name, e->pid, e->memory_bytes >> 20, e->cpu_count,
           e->program);
    return 0;
}

static int list(void)
{
    struct error err;
    bool any = false;
    if (registry_walk(machine_print, &any, &err) < 0)
        return fail(1, "%s", err.text);
    if (!any)
        fprintf(stderr, "no machine runs under a name: start one with mazboot run --name NAME\n");
    return 0;
}

/* What the launcher booted is memory that it holds; its program may be gone from disk. */
static int payload_open(const struct machine_entry *e, struct blob *payload, struct error *err)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/fd/%d", e->pid, e->payload_fd);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot read the machine's program, %s", path);
    int rc = blob_from_fd(payload, fd, path, err);
    close(fd);
    return rc;
}

static int goroutines(const char *name)
{
    struct machine_entry entry;
    struct blob payload = {0}, program;
    struct error err;
    int rc = registry_find(name, &entry, &err);
    if (rc == 0)
        rc = payload_open(&entry, &payload, &err);
    if (rc == 0)
        rc = image_find(&payload, PAYLOAD_PROGRAM, &program, &err);
    if (rc == 0)
        rc = goroutines_print(stdout, entry.socket,
                              (struct span){program.bytes, program.size_bytes}, &err);
    blob_close(&payload);
    return rc < 0 ? fail(1, "%s: %s", name, err.text) : 0;
}

int cmd_ps(int argc, char **argv)
{
    struct error err;
    int operand;
    bool help;
    if (options_parse(ps_options, NULL, argc, argv, &operand, &help, &err) != 0)
        return fail(2, "%s", err.text);
    if (help)
        return usage("ps", NULL);
    if (argc - operand > 1)
        return fail(2, "give one name, or none: mazboot ps [NAME]");
    return operand == argc ? list() : goroutines(argv[operand]);
}
