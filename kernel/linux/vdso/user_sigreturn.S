/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a signal handler returns to. Debuggers and unwinders know a signal frame by exactly these two instructions, and look one
 * before the return address for the function it lies in: hence the nop.
 */
    .section .text.sigreturn, "ax"
    .balign 4
    nop
    .globl  __kernel_rt_sigreturn
    .type   __kernel_rt_sigreturn, %function
__kernel_rt_sigreturn:
    mov     x8, #139
    svc     #0
    .size   __kernel_rt_sigreturn, . - __kernel_rt_sigreturn
    .section .note.GNU-stack, "", %progbits
