/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the same script against both kernels. A script is a function that calls an api and writes
 * what it saw with say(); the host's run happens in a child in an empty directory made root, so
 * that paths mean the same.
 */
#ifndef TESTS_FS_SCRIPT_H
#define TESTS_FS_SCRIPT_H

#include "tests/fs/api.h"

struct run {
    const struct api *k;
    char *log; /* what was said */
    size_t used, size;
    uint64_t seed, random;
    int fds[24]; /* slots: what a script keeps descriptors in; -1 is empty */
};

typedef void script_fn(struct run *r);

void say(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* pick - a number below n from the run's random sequence, the same on both sides. */
unsigned pick(struct run *r, unsigned n);

/* run_new - a run on k. run_script - let the script act. run_free. */
struct run *run_new(const struct api *k, uint64_t seed);
void run_script(struct run *r, script_fn *script);
void run_free(struct run *r);

/* compare_run - 0 if both kernels said the same; otherwise prints the first differing lines with
 * what came before them. */
int compare_run(const char *name, script_fn *script, uint64_t seed);

/* say_fd - write `n` as "fd" when it is a descriptor, since numbers differ, and keep it in the
 * slot. */
void say_fd(struct run *r, const char *what, int slot, long n);

#endif
