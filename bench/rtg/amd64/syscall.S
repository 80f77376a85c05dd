/* SPDX-License-Identifier: Apache-2.0 */
/* tcc_syscall(number, six arguments), the sixth on the stack. */
    .globl tcc_syscall
tcc_syscall:
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
    mov 8(%rsp), %r9
    syscall
    ret
