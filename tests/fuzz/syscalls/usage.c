/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory the kernel has in use, exactly: objects of each size, and pages beyond those and
 * the kernel's stacks. */
#include "tests/fuzz/syscalls/guest.h"
#include "lib/str.h"

static char text[4096] PROGRAM_MEMORY;

static bool read_file(const char *path)
{
    long fd = CALL(NR_OPENAT, (uint64_t)-100, (uint64_t)path, 0, 0), used = 0, n;
    if (fd < 0)
        return false;
    while ((n = CALL(NR_READ, (uint64_t)fd, (uint64_t)text + (uint64_t)used,
                     sizeof text - 1 - (uint64_t)used)) > 0)
        used += n;
    text[used] = 0;
    CALL(NR_CLOSE, (uint64_t)fd);
    return n == 0;
}

/* The next number in *p, which is left behind it. */
static uint64_t next_number(const char **p)
{
    uint64_t v = 0;
    while (**p && (**p < '0' || **p > '9'))
        ++*p;
    for (; **p >= '0' && **p <= '9'; ++*p)
        v = v * 10 + (uint64_t)(**p - '0');
    return v;
}

static uint64_t meminfo(const char *key)
{
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (!strncmp(line, key, strlen(key)))
            return next_number(&line);
    return 0;
}

void usage_read(struct usage *u)
{
    static const char start[] = "kmalloc-";
    *u = (struct usage){0};
    if (read_file("/proc/meminfo"))
        u->pages = (meminfo("MemTotal:") - meminfo("MemFree:") - meminfo("Slab:") -
                    meminfo("KernelStack:")) /
                   4;
    if (!read_file("/proc/slabinfo"))
        return;
    for (const char *line = text; line && u->sizes < USAGE_SIZES;) {
        if (!strncmp(line, start, sizeof start - 1)) {
            u->bytes[u->sizes] = (uint32_t)next_number(&line);
            u->in_use[u->sizes++] = (uint32_t)next_number(&line);
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
}

bool usage_same(const struct usage *a, const struct usage *b)
{
    return !memcmp(a, b, sizeof *a);
}

void usage_print(const struct usage *u)
{
    uint64_t objects = 0, bytes = 0;
    for (unsigned i = 0; i < u->sizes; i++) {
        objects += u->in_use[i];
        bytes += (uint64_t)u->bytes[i] * u->in_use[i];
    }
    print("%lu pages, %lu objects of %lu bytes\n", u->pages, objects, bytes);
}

void usage_print_difference(const struct usage *before, const struct usage *now)
{
    if (now->pages != before->pages)
        print("%lu pages in use, %lu before\n", now->pages, before->pages);
    for (unsigned i = 0; i < now->sizes; i++)
        if (now->in_use[i] != before->in_use[i])
            print("%u objects of %u bytes in use, %u before\n", now->in_use[i], now->bytes[i],
                  before->in_use[i]);
}

void usage_print_maps(void)
{
    if (!read_file("/proc/self/maps"))
        return;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        print("%s\n", line);
    }
}
