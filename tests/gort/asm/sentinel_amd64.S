/* SPDX-License-Identifier: Apache-2.0 */
/*
 * int sentinel_run(uint64_t seed, struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): fill every callee-saved register from
 * seed, gort_mcall(gp, g0, fn), count the registers that came back changed. No C function lies between, which would save some.
 */
    .text
    .globl sentinel_run
    .type sentinel_run, @function
sentinel_run:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $24, %rsp
    movq %rdi, 8(%rsp)
    leaq 1(%rdi), %rbx
    leaq 2(%rdi), %rbp
    leaq 3(%rdi), %r12
    leaq 4(%rdi), %r13
    leaq 5(%rdi), %r14
    leaq 6(%rdi), %r15
    movq %rsi, %rdi
    movq %rdx, %rsi
    movq %rcx, %rdx
    callq gort_mcall
    movq 8(%rsp), %rdi
    xorl %eax, %eax
    leaq 1(%rdi), %rcx
    xorl %edx, %edx
    cmpq %rcx, %rbx
    setne %dl
    addl %edx, %eax
    leaq 2(%rdi), %rcx
    xorl %edx, %edx
    cmpq %rcx, %rbp
    setne %dl
    addl %edx, %eax
    leaq 3(%rdi), %rcx
    xorl %edx, %edx
    cmpq %rcx, %r12
    setne %dl
    addl %edx, %eax
    leaq 4(%rdi), %rcx
    xorl %edx, %edx
    cmpq %rcx, %r13
    setne %dl
    addl %edx, %eax
    leaq 5(%rdi), %rcx
    xorl %edx, %edx
    cmpq %rcx, %r14
    setne %dl
    addl %edx, %eax
    leaq 6(%rdi), %rcx
    xorl %edx, %edx
    cmpq %rcx, %r15
    setne %dl
    addl %edx, %eax
    addq $24, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret
    .size sentinel_run, . - sentinel_run

    .section .note.GNU-stack, "", @progbits
