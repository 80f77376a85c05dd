/* SPDX-License-Identifier: Apache-2.0 */
/* Which system calls a program can make at all. Errs on one side only: a call that isn't in the set
 * is never made by the program's code. */
#ifndef GOBIN_REACH_H
#define GOBIN_REACH_H

#include "gobin/gobin.h"

#define REACH_NUMBERS 512

struct reach {
    bool unknown;      /* any call may be made; the set is then only what was seen */
    const char *why;   /* a sentence, when unknown */
    const char *where; /* the function it is about, or NULL; points into the program */
    uint64_t numbers[REACH_NUMBERS / 64]; /* by the number on the program's machine */
};

/* Fills r for a program that gobin_open has read. Every system call instruction in executable
 * memory is followed back to the numbers it may be made with, through the functions that pass their
 * first argument on; a number that isn't a constant on each way there, a function of that kind
 * whose address is taken, code that isn't Go's, a dynamic loader, a machine other than arm64: all
 * these are unknown. Not looked at: code that the program writes as it runs, programs that it
 * starts (see execve in the set), and the vDSO's own calls; rt_sigreturn, which the kernel's
 * trampoline makes, is always in the set. -ENOMEM; then r is unknown too. Takes about 1 ms per
 * 2 MB of text. */
int reach_find(struct reach *r, struct gobin *bin);

/* Whether the program may make the call with that number. */
static inline bool reach_has(const struct reach *r, unsigned number)
{
    return r->unknown || number >= REACH_NUMBERS || (r->numbers[number / 64] >> number % 64 & 1);
}

#endif
