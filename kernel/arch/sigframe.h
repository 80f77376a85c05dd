/* SPDX-License-Identifier: Apache-2.0 */
/* Signal frames on the program's stack, bit for bit as Linux makes them for this machine. */
#ifndef KERNEL_ARCH_SIGFRAME_H
#define KERNEL_ARCH_SIGFRAME_H

#include "abi/linux_signal.h"
#include "kernel/arch/frame.h"

struct sigframe_request {
    const struct linux_siginfo *info;
    uint64_t handler;
    uint64_t sigreturn;                 /* where the handler returns to */
    uint64_t stack_top;                 /* the frame goes below it */
    const struct linux_stack *altstack; /* as rt_sigreturn shall restore it */
    uint64_t blocked;                   /* mask to go back to */
    uint64_t fault_address, fault_esr;  /* of the task's last fault */
};

/* sigframe_push - write a frame, with this CPU's FP registers in it, and make tf enter the handler.
 * 0; -EFAULT: the stack can't take it, nothing is changed in tf. */
int sigframe_push(struct trapframe *tf, const struct sigframe_request *r) MUST_CHECK;

/* sigframe_pop - rt_sigreturn: registers, those of FP too, from the frame at tf's stack pointer.
 * blocked and altstack get what it holds. -EFAULT: there is no sound frame; registers may have been
 * taken from it in part, as on Linux, but no mode or interrupt mask. */
int sigframe_pop(struct trapframe *tf, uint64_t *blocked, struct linux_stack *altstack) MUST_CHECK;

#endif
