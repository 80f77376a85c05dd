/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/inject.h"

#include <errno.h>
#include <string.h>

#define SPEC_BYTES_MAX 150 /* what the kernel keeps of it */

/* As kernel/linux/inject.c has them. */
static const struct {
    const char *key, *help;
} faults[] = {
    {"seed", "the same seed, the same faults, as far as the program does the same (0)"},
    {"eintr", "one in N calls that a signal may interrupt fails with EINTR"},
    {"short", "one in N reads and writes of files, pipes and terminals moves fewer bytes"},
    {"nospace", "one in N calls that make or lengthen files fails with ENOSPC"},
    {"late", "one in N waiting threads learns up to two milliseconds late that it is over"},
    {"nomem", "one in N allocations of memory in the kernel fails"},
    {"enomem", "one in N of those that system calls make, so that they fail with ENOMEM"},
    {"spare", "but for nomem and nth nothing happens to the first N threads"},
    {"nth", "the Nth allocation of memory in the kernel fails"},
};

static bool known(const char *key, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
        if (strlen(faults[i].key) == length && strncmp(faults[i].key, key, length) == 0)
            return true;
    return false;
}

int inject_check(const char *spec, struct error *err)
{
    const char *p = spec;

    if (strlen(spec) > SPEC_BYTES_MAX)
        return error_set(err, -E2BIG, "--inject takes at most %d bytes", SPEC_BYTES_MAX);
    for (;;) {
        size_t key = strcspn(p, "=,"),
               digits = p[key] == '=' ? strspn(p + key + 1, "0123456789") : 0;
        if (!known(p, key))
            return error_set(err, -EINVAL,
                             "--inject %s: there is no fault \"%.*s\"; --inject help lists them",
                             spec, (int)key, p);
        if (digits == 0 || digits > 18)
            return error_set(err, -EINVAL, "--inject %s: %.*s takes a number: %.*s=10", spec,
                             (int)key, p, (int)key, p);
        p += key + 1 + digits;
        if (*p == 0)
            return 0;
        if (*p++ != ',')
            return error_set(err, -EINVAL, "--inject %s: faults are separated by commas", spec);
    }
}

void inject_help(FILE *out)
{
    fputs("--inject KEY=N,KEY=N... makes the kernel do what Linux may do and seldom does:\n", out);
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
        fprintf(out, "  %-8s %s\n", faults[i].key, faults[i].help);
}
