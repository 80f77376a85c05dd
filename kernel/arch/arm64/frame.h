/* SPDX-License-Identifier: Apache-2.0 */
/* The trap frame of arm64: what vectors.S pushes, and its accessors. */
#ifndef KERNEL_ARCH_ARM64_FRAME_H
#define KERNEL_ARCH_ARM64_FRAME_H

#include "kernel/arch/arm64/asm.h"
#include "lib/types.h"

struct trapframe {
    uint64_t regs[31];
    uint64_t sp;
    uint64_t pc;
    uint64_t pstate;
    uint64_t orig_x0; /* x0 at the system call, for a restart */
    int64_t syscall;  /* its number; -1: not in a system call */
};

#define PSTATE_EL0 0u /* EL0t, interrupts unmasked */
#define NO_SYSCALL (-1)

static inline uint64_t frame_result(const struct trapframe *tf)
{
    return tf->regs[0];
}

static inline void frame_set_result(struct trapframe *tf, uint64_t value)
{
    tf->regs[0] = value;
}

/* frame_restart - make the system call happen again when the task goes back (Linux: pc back to the
 * SVC, x0 restored). */
static inline void frame_restart(struct trapframe *tf)
{
    tf->regs[0] = tf->orig_x0;
    tf->pc -= 4;
}

/* frame_restart_block - the same, but as restart_syscall. */
#define FRAME_RESTART_SYSCALL 128
static inline void frame_restart_block(struct trapframe *tf)
{
    tf->regs[8] = FRAME_RESTART_SYSCALL;
    tf->pc -= 4;
}

static inline uint64_t frame_argument(const struct trapframe *tf, unsigned i)
{
    return i == 0 ? tf->orig_x0 : tf->regs[i];
}

#endif
