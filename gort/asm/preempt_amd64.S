/* SPDX-License-Identifier: Apache-2.0 */
/*
 * void gort_async_preempt(void): entered as if called, below the red zone, at any instruction of a preemptible function. Keeps every
 * register and flag, calls gort_async_yield, and goes on. The vector state's size is gort_xsave_bytes; without XSAVE, FXSAVE's 512.
 */
    .text
    .globl gort_async_preempt
    .type gort_async_preempt, @function
    .p2align 4
gort_async_preempt:
    .cfi_startproc
    .cfi_def_cfa_offset 8
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register rbp
    pushfq
    cld
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rbx
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movl gort_xsave_bytes(%rip), %ecx
    movq %rsp, %rbx
    testl %ecx, %ecx
    jz 1f
    subq %rcx, %rsp
    andq $-64, %rsp
    xorl %eax, %eax
    movq %rax, 512(%rsp) /* the header of the area must begin as zeros */
    movq %rax, 520(%rsp)
    movq %rax, 528(%rsp)
    movq %rax, 536(%rsp)
    movq %rax, 544(%rsp)
    movq %rax, 552(%rsp)
    movq %rax, 560(%rsp)
    movq %rax, 568(%rsp)
    movl $-1, %eax
    movl $-1, %edx
    xsave64 (%rsp)
    callq gort_async_yield
    movl $-1, %eax
    movl $-1, %edx
    xrstor64 (%rsp)
    jmp 2f
1:  subq $512, %rsp
    andq $-64, %rsp
    fxsave64 (%rsp)
    callq gort_async_yield
    fxrstor64 (%rsp)
2:  movq %rbx, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbx
    popq %rdx
    popq %rcx
    popq %rax
    popfq
    popq %rbp
    .cfi_def_cfa rsp, 8
    retq $128
    .cfi_endproc
    .size gort_async_preempt, . - gort_async_preempt

    .globl gort_xsave_init
    .type gort_xsave_init, @function
    .p2align 4
/* void gort_xsave_init(void): ask the processor how large the state in use is. */
gort_xsave_init:
    .cfi_startproc
    pushq %rbx
    .cfi_def_cfa_offset 16
    .cfi_offset rbx, -16
    movl $1, %eax
    cpuid
    btl $27, %ecx /* OSXSAVE */
    jnc 1f
    movl $13, %eax
    xorl %ecx, %ecx
    cpuid
    movl %ebx, gort_xsave_bytes(%rip)
1:  popq %rbx
    .cfi_def_cfa_offset 8
    retq
    .cfi_endproc
    .size gort_xsave_init, . - gort_xsave_init

    .bss
    .p2align 2
    .globl gort_xsave_bytes
    .hidden gort_xsave_bytes
    .type gort_xsave_bytes, @object
gort_xsave_bytes:
    .zero 4
    .size gort_xsave_bytes, 4

    .section .note.GNU-stack, "", @progbits
