/* SPDX-License-Identifier: Apache-2.0 */
/* The goroutines of a program, read from its memory. */
#ifndef GOBIN_GOROUTINES_H
#define GOBIN_GOROUTINES_H

#include "gobin/globals.h"
#include "gobin/layout.h"
#include "gobin/memory.h"
#include "gobin/unwind.h"

struct goroutine {
    vaddr_t addr; /* of its runtime.g */
    uint64_t id;
    const char *state;       /* "running", "runnable", "syscall", "waiting", "dead", ... */
    struct span wait_reason; /* of a waiting one: "chan receive"; empty where unknown */
    vaddr_t m;               /* the thread it is on, or 0 */
    uint64_t procid;         /* the kernel's number of that thread, or 0 */
    vaddr_t pc, sp, lr;      /* where it stopped; stale when it is running: ask the thread */
    vaddr_t start_pc;        /* entry of the function it was started with */
    vaddr_t creator_pc;      /* of the go statement */
    bool running;
    bool dead; /* free, kept for the next go statement */
};

/* Lists them in the order of runtime.allgs; dead ones are listed too. *out is the caller's to free.
 * -ENOENT: allgs can't be found or isn't initialised yet; -ENOMEM; bin->error set. */
int goroutines_list(struct gobin *bin, const struct layout *l, const struct globals *globals,
                    const struct memory *memory, struct goroutine **out, size_t *n);

/* Starts unwinding a goroutine that isn't running. */
void goroutine_unwind(struct unwind *u, const struct goroutine *g, const struct gobin *bin,
                      const struct memory *memory);

#endif
