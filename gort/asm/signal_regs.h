/* SPDX-License-Identifier: Apache-2.0 */
/* The registers of an interrupted program in a Linux signal frame. */
#ifndef GORT_ASM_SIGNAL_REGS_H
#define GORT_ASM_SIGNAL_REGS_H

#include <stdint.h>
#include <ucontext.h>

/* Where a frame keeps its caller's frame pointer and its return address, from the frame pointer. */
#if defined(__riscv)
#define FRAME_LINK (-16)
#else
#define FRAME_LINK 0
#endif

static inline void signal_regs(const void *ucontext, uintptr_t *pc, uintptr_t *fp)
{
    const mcontext_t *mc = &((const ucontext_t *)ucontext)->uc_mcontext;
#if defined(__x86_64__)
    *pc = (uintptr_t)mc->gregs[REG_RIP];
    *fp = (uintptr_t)mc->gregs[REG_RBP];
#elif defined(__aarch64__)
    *pc = mc->pc;
    *fp = mc->regs[29];
#elif defined(__riscv)
    *pc = mc->__gregs[REG_PC];
    *fp = mc->__gregs[REG_S0];
#endif
}

#endif
