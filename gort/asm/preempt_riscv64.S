/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a goroutine goes on that a signal stopped (inject.h): sp is a copy of the signal's frame on its own stack. It yields, and
 * the copy brings every register back, since a return from a signal is the one instruction that changes them all at once.
 */
    .text

    .globl gort_async_preempt
    .type gort_async_preempt, @function
    .p2align 2
gort_async_preempt:
    .cfi_startproc
    .cfi_undefined ra
    mv a0, sp
    call gort_async_yield
    li a7, 139 /* rt_sigreturn */
    ecall
    ebreak
    .cfi_endproc
    .size gort_async_preempt, . - gort_async_preempt

    .section .note.GNU-stack, "", @progbits
