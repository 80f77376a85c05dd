/* SPDX-License-Identifier: Apache-2.0 */
/* A run of a script: its random choices, and what it says. */
#include "tests/fs/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES (4u << 20)

void say(struct run *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(r->log + r->used, r->size - r->used, fmt, ap);
    va_end(ap);
    if ((size_t)n + 1 >= r->size - r->used)
        abort();
    r->used += (size_t)n;
    r->log[r->used++] = '\n';
    r->log[r->used] = 0;
}

unsigned pick(struct run *r, unsigned n)
{
    r->random = r->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(r->random >> 33) % n;
}

void say_fd(struct run *r, const char *what, int slot, long n)
{
    if (n >= 0) {
        if (r->fds[slot] >= 0)
            r->k->close(r->fds[slot]);
        r->fds[slot] = (int)n;
        say(r, "%s -> fd in slot %d", what, slot);
    } else {
        say(r, "%s -> %ld", what, n);
    }
}

void run_script(struct run *r, script_fn *script)
{
    for (unsigned i = 0; i < sizeof(r->fds) / sizeof(*r->fds); i++)
        r->fds[i] = -1;
    r->random = r->seed;
    script(r);
}

struct run *run_new(const struct api *k, uint64_t seed)
{
    struct run *r = calloc(1, sizeof(*r));
    r->k = k;
    r->seed = seed;
    r->log = malloc(LOG_BYTES);
    r->log[0] = 0;
    r->size = LOG_BYTES;
    return r;
}

void run_free(struct run *r)
{
    free(r->log);
    free(r);
}
