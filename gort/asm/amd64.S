/* SPDX-License-Identifier: Apache-2.0 */
/* Context switch for the System V AMD64 ABI. Slots: rbx, r12, r13, r14, r15. MXCSR and the x87 control word belong to the M. */
#include "gort/asm/layout.h"

#define REG(i) (GOBUF_REGS + 8 * (i))

    .text

/* void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): save gp, run fn(gp) on g0's stack. */
    .globl gort_mcall
    .type gort_mcall, @function
    .p2align 4
gort_mcall:
    .cfi_startproc
    popq %rax
    .cfi_adjust_cfa_offset -8
    .cfi_register rip, rax
    movq %rsp, G_SCHED + GOBUF_SP(%rdi)
    movq %rax, G_SCHED + GOBUF_PC(%rdi)
    movq %rbp, G_SCHED + GOBUF_BP(%rdi)
    movq %rbx, G_SCHED + REG(0)(%rdi)
    movq %r12, G_SCHED + REG(1)(%rdi)
    movq %r13, G_SCHED + REG(2)(%rdi)
    movq %r14, G_SCHED + REG(3)(%rdi)
    movq %r15, G_SCHED + REG(4)(%rdi)
    .cfi_undefined rip
    movq GOBUF_SP(%rsi), %rsp
    xorl %ebp, %ebp
    callq *%rdx
    ud2 /* fn must not return */
    .cfi_endproc
    .size gort_mcall, . - gort_mcall

/* void gort_gogo(struct gobuf *buf): go on where buf was saved. */
    .globl gort_gogo
    .type gort_gogo, @function
    .p2align 4
gort_gogo:
    .cfi_startproc
    movq REG(0)(%rdi), %rbx
    movq REG(1)(%rdi), %r12
    movq REG(2)(%rdi), %r13
    movq REG(3)(%rdi), %r14
    movq REG(4)(%rdi), %r15
    movq GOBUF_BP(%rdi), %rbp
    .cfi_undefined rip
    movq GOBUF_SP(%rdi), %rsp
    jmpq *GOBUF_PC(%rdi)
    .cfi_endproc
    .size gort_gogo, . - gort_gogo

/* Where a new G begins, its gobuf still in rdi: the outermost frame. */
    .globl gort_entry
    .type gort_entry, @function
    .p2align 4
gort_entry:
    .cfi_startproc
    .cfi_undefined rip
    endbr64
    xorl %ebp, %ebp
    leaq -G_SCHED(%rdi), %rdi
    callq gort_g_main
    ud2
    .cfi_endproc
    .size gort_entry, . - gort_entry

/* void gort_systemstack(void (*fn)(void *), void *arg, uintptr_t sp): call fn(arg) on the stack that ends at sp. */
    .globl gort_systemstack
    .type gort_systemstack, @function
    .p2align 4
gort_systemstack:
    .cfi_startproc
    endbr64
    pushq %rbp
    .cfi_def_cfa_offset 16
    .cfi_offset rbp, -16
    movq %rsp, %rbp
    .cfi_def_cfa_register rbp
    movq %rdx, %rsp
    andq $-16, %rsp
    movq %rdi, %rax
    movq %rsi, %rdi
    callq *%rax
    leave
    .cfi_def_cfa rsp, 8
    ret
    .cfi_endproc
    .size gort_systemstack, . - gort_systemstack

    .section .note.GNU-stack, "", @progbits
