/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody who looks into a machine's memory from outside has to know of the kernel: where it
 * keeps the registers of the program's threads. Slots of DEBUG_STACK_SLOT bytes follow one another
 * from DEBUG_STACKS_BASE; the upper half of each is the kernel stack of a thread, and a thread that
 * has entered the kernel has a struct debug_frame at its very end. The lower halves are never
 * mapped; nor is the first slot that was never used. A slot whose thread has ended keeps its last
 * frame.
 */
#ifndef ABI_DEBUG_H
#define ABI_DEBUG_H

#include "lib/types.h"

#define DEBUG_STACKS_BASE UINT64_C(0xffffc00000000000)
#define DEBUG_STACK_SLOT  UINT64_C(16384)

struct debug_frame {
    uint64_t x[31];
    uint64_t sp, pc, pstate;
    uint64_t orig_x0;
    int64_t syscall; /* -1: not in one */
};

_Static_assert(sizeof(struct debug_frame) == 288, "frame layout");

#endif
