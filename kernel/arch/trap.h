/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways into and out of the kernel. The machine's code saves a trap frame and calls the hooks
 * declared here, which kernel/linux defines; it offers accessors so that the personality needs to
 * know no register by number.
 */
#ifndef KERNEL_ARCH_TRAP_H
#define KERNEL_ARCH_TRAP_H

#include "kernel/arch/frame.h"
#include "lib/types.h"

/* What a program did wrong, as the hardware told it. */
enum fault_kind {
    FAULT_PAGE,      /* no permission or no page at `address` */
    FAULT_ALIGNMENT, /* misaligned exclusive, SP or PC */
    FAULT_ILLEGAL,   /* undefined or forbidden instruction */
    FAULT_BREAKPOINT,
    FAULT_STEP,
    FAULT_FP,
    FAULT_BUS, /* the machine answered with an error */
};

struct fault {
    enum fault_kind kind;
    unsigned access;  /* ACCESS_READ, ACCESS_WRITE or ACCESS_EXEC of kernel/core/aspace.h */
    uint64_t address; /* FAR_EL1; for the program's signal frame */
    uint64_t esr;
};

/* user_page_fault - a task at EL0 touched memory at far (FAR_EL1) that isn't there, or not for that
 * access: serve it, or make it a signal. user_fault - what else it may do wrong, too. Task context.
 * (kernel/linux) */
void user_page_fault(uint64_t far, unsigned access, uint64_t esr);
void user_fault(const struct fault *f);

/* user_breakpoint - a task ran into breakpoint_insn(number), pc at it. True: the kernel had put it
 * there, go on. False: it is the program's, and a fault. Task context. (kernel/linux) */
bool user_breakpoint(const struct trapframe *tf, uint32_t number);

/* user_exit_work - something has to be done before the task goes back to EL0: signals,
 * rescheduling. (kernel/linux) */
void user_exit_work(struct trapframe *tf);

/* syscall_unknown - a system call that has no handler. Returns -ENOSYS. (kernel/linux) */
long syscall_unknown(struct trapframe *tf);

/* uaccess_fault - the kernel touched the program's memory and it faulted: 0 when the page is there
 * now, else -EFAULT. (kernel/linux) */
int uaccess_fault(uint64_t address, unsigned access);

/* arch_task_enter - leave the kernel through tf, which lies at the top of the running task's kernel
 * stack. */
void arch_task_enter(struct trapframe *tf) NORETURN;

/* arch_continue_on - fn(arg) on the kernel stack with this top; the caller's stack is left for
 * ever. */
void arch_continue_on(uintptr_t stack_top, void (*fn)(void *), void *arg) NORETURN;

/* trap_dump - registers, as log text of the panic. */
void trap_dump(const struct trapframe *tf);

#endif
