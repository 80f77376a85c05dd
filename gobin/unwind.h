/* SPDX-License-Identifier: Apache-2.0 */
/* A goroutine's stack, frame by frame, from memory and the function table alone: works on stripped
 * programs. Behind a signal's handler (arm64) follows what the signal interrupted. Source: Go's
 * runtime/traceback.go. */
#ifndef GOBIN_UNWIND_H
#define GOBIN_UNWIND_H

#include "gobin/gobin.h"
#include "gobin/memory.h"

enum unwind_end {
    UNWIND_MORE,    /* not at the end yet */
    UNWIND_TOP,     /* reached the function that a stack starts with */
    UNWIND_SWITCH,  /* the code here sets sp freely: the rest is on another stack */
    UNWIND_UNKNOWN, /* a pc that is in no Go function, or memory that can't be read */
    UNWIND_TOO_LONG,
};

struct unwind {
    const struct gobin *bin;
    struct memory memory;
    vaddr_t pc, sp, lr;
    bool exact; /* pc is of the instruction itself, not of the one behind a call */
    bool lr_valid;
    unsigned depth;
    vaddr_t interrupted_g; /* the g of what a signal interrupted, once its handler is passed */
    enum unwind_end end;
};

struct frame {
    vaddr_t pc; /* as run: with the bias in it */
    vaddr_t sp;
    struct gofunc func;
    vaddr_t lookup; /* link address whose source position is the frame's: give it to
                       pclntab_positions */
};

/* Where a stack is read from: registers as a trap saved them (trapped), or what the scheduler saved
 * of a goroutine that isn't running. lr is ignored on amd64. */
void unwind_start(struct unwind *u, const struct gobin *bin, const struct memory *memory,
                  vaddr_t pc, vaddr_t sp, vaddr_t lr, bool trapped);

/* The next frame outwards. False at the end: u->end says which. */
bool unwind_next(struct unwind *u, struct frame *out);

#endif
