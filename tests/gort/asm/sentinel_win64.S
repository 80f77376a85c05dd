/* SPDX-License-Identifier: Apache-2.0 */
/*
 * int sentinel_run(uint64_t seed, struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): fill every callee-saved register from
 * seed, gort_mcall(gp, g0, fn), count the registers that came back changed. No C function lies between, which would save some.
 */
    .text
    .globl sentinel_run
    .def sentinel_run; .scl 2; .type 32; .endef
sentinel_run:
    pushq %rbx
    pushq %rbp
    pushq %rdi
    pushq %rsi
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $232, %rsp
    movq %rcx, 32(%rsp)
    movdqu %xmm6, 48(%rsp)
    movdqu %xmm7, 64(%rsp)
    movdqu %xmm8, 80(%rsp)
    movdqu %xmm9, 96(%rsp)
    movdqu %xmm10, 112(%rsp)
    movdqu %xmm11, 128(%rsp)
    movdqu %xmm12, 144(%rsp)
    movdqu %xmm13, 160(%rsp)
    movdqu %xmm14, 176(%rsp)
    movdqu %xmm15, 192(%rsp)
    leaq 1(%rcx), %rbx
    leaq 2(%rcx), %rbp
    leaq 3(%rcx), %rdi
    leaq 4(%rcx), %rsi
    leaq 5(%rcx), %r12
    leaq 6(%rcx), %r13
    leaq 7(%rcx), %r14
    leaq 8(%rcx), %r15
    leaq 9(%rcx), %rax
    movq %rax, %xmm6
    punpcklqdq %xmm6, %xmm6
    leaq 10(%rcx), %rax
    movq %rax, %xmm7
    punpcklqdq %xmm7, %xmm7
    leaq 11(%rcx), %rax
    movq %rax, %xmm8
    punpcklqdq %xmm8, %xmm8
    leaq 12(%rcx), %rax
    movq %rax, %xmm9
    punpcklqdq %xmm9, %xmm9
    leaq 13(%rcx), %rax
    movq %rax, %xmm10
    punpcklqdq %xmm10, %xmm10
    leaq 14(%rcx), %rax
    movq %rax, %xmm11
    punpcklqdq %xmm11, %xmm11
    leaq 15(%rcx), %rax
    movq %rax, %xmm12
    punpcklqdq %xmm12, %xmm12
    leaq 16(%rcx), %rax
    movq %rax, %xmm13
    punpcklqdq %xmm13, %xmm13
    leaq 17(%rcx), %rax
    movq %rax, %xmm14
    punpcklqdq %xmm14, %xmm14
    leaq 18(%rcx), %rax
    movq %rax, %xmm15
    punpcklqdq %xmm15, %xmm15
    movq %rdx, %rcx
    movq %r8, %rdx
    movq %r9, %r8
    callq gort_mcall
    movq 32(%rsp), %rcx
    xorl %eax, %eax
    leaq 1(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %rbx
    setne %dl
    addl %edx, %eax
    leaq 2(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %rbp
    setne %dl
    addl %edx, %eax
    leaq 3(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %rdi
    setne %dl
    addl %edx, %eax
    leaq 4(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %rsi
    setne %dl
    addl %edx, %eax
    leaq 5(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %r12
    setne %dl
    addl %edx, %eax
    leaq 6(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %r13
    setne %dl
    addl %edx, %eax
    leaq 7(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %r14
    setne %dl
    addl %edx, %eax
    leaq 8(%rcx), %r8
    xorl %edx, %edx
    cmpq %r8, %r15
    setne %dl
    addl %edx, %eax
    leaq 9(%rcx), %r8
    movq %xmm6, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm6
    movq %xmm6, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 10(%rcx), %r8
    movq %xmm7, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm7
    movq %xmm7, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 11(%rcx), %r8
    movq %xmm8, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm8
    movq %xmm8, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 12(%rcx), %r8
    movq %xmm9, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm9
    movq %xmm9, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 13(%rcx), %r8
    movq %xmm10, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm10
    movq %xmm10, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 14(%rcx), %r8
    movq %xmm11, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm11
    movq %xmm11, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 15(%rcx), %r8
    movq %xmm12, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm12
    movq %xmm12, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 16(%rcx), %r8
    movq %xmm13, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm13
    movq %xmm13, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 17(%rcx), %r8
    movq %xmm14, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm14
    movq %xmm14, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    leaq 18(%rcx), %r8
    movq %xmm15, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    psrldq $8, %xmm15
    movq %xmm15, %r9
    xorl %edx, %edx
    cmpq %r8, %r9
    setne %dl
    addl %edx, %eax
    movdqu 48(%rsp), %xmm6
    movdqu 64(%rsp), %xmm7
    movdqu 80(%rsp), %xmm8
    movdqu 96(%rsp), %xmm9
    movdqu 112(%rsp), %xmm10
    movdqu 128(%rsp), %xmm11
    movdqu 144(%rsp), %xmm12
    movdqu 160(%rsp), %xmm13
    movdqu 176(%rsp), %xmm14
    movdqu 192(%rsp), %xmm15
    addq $232, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rsi
    popq %rdi
    popq %rbp
    popq %rbx
    retq
