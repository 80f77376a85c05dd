/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Context switch for the Microsoft x64 ABI. Slots: rbx, rdi, rsi, r12..r15, then xmm6..xmm15 with two slots each, unaligned. The thread
 * block's view of the stack (StackBase gs:8, StackLimit gs:16, DeallocationStack gs:0x1478) follows the switch: __chkstk and
 * the exception dispatcher look there. Callers leave 32 bytes of shadow space.
 */
#include "gort/asm/layout.h"

#define REG(i) (GOBUF_REGS + 8 * (i))
#define XMM(n) (REG(7) + 16 * ((n)-6))

.macro each_saved move, movex, base, off, load
.if \load
    \move \off + REG(0)(\base), %rbx
    \move \off + REG(1)(\base), %rdi
    \move \off + REG(2)(\base), %rsi
    \move \off + REG(3)(\base), %r12
    \move \off + REG(4)(\base), %r13
    \move \off + REG(5)(\base), %r14
    \move \off + REG(6)(\base), %r15
    \movex \off + XMM(6)(\base), %xmm6
    \movex \off + XMM(7)(\base), %xmm7
    \movex \off + XMM(8)(\base), %xmm8
    \movex \off + XMM(9)(\base), %xmm9
    \movex \off + XMM(10)(\base), %xmm10
    \movex \off + XMM(11)(\base), %xmm11
    \movex \off + XMM(12)(\base), %xmm12
    \movex \off + XMM(13)(\base), %xmm13
    \movex \off + XMM(14)(\base), %xmm14
    \movex \off + XMM(15)(\base), %xmm15
.else
    \move %rbx, \off + REG(0)(\base)
    \move %rdi, \off + REG(1)(\base)
    \move %rsi, \off + REG(2)(\base)
    \move %r12, \off + REG(3)(\base)
    \move %r13, \off + REG(4)(\base)
    \move %r14, \off + REG(5)(\base)
    \move %r15, \off + REG(6)(\base)
    \movex %xmm6, \off + XMM(6)(\base)
    \movex %xmm7, \off + XMM(7)(\base)
    \movex %xmm8, \off + XMM(8)(\base)
    \movex %xmm9, \off + XMM(9)(\base)
    \movex %xmm10, \off + XMM(10)(\base)
    \movex %xmm11, \off + XMM(11)(\base)
    \movex %xmm12, \off + XMM(12)(\base)
    \movex %xmm13, \off + XMM(13)(\base)
    \movex %xmm14, \off + XMM(14)(\base)
    \movex %xmm15, \off + XMM(15)(\base)
.endif
.endm

/* Tell the thread block that the stack of the G at \g is current. */
.macro stack_is g, tmp
    movq G_STACK_HI(\g), \tmp
    movq \tmp, %gs:0x08
    movq G_STACK_LO(\g), \tmp
    movq \tmp, %gs:0x10
    movq \tmp, %gs:0x1478
.endm

    .text

/* void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *)) */
    .globl gort_mcall
    .def gort_mcall; .scl 2; .type 32; .endef
    .p2align 4
gort_mcall:
    .seh_proc gort_mcall
    .seh_endprologue
    movq (%rsp), %rax
    leaq 8(%rsp), %r9
    movq %r9, G_SCHED + GOBUF_SP(%rcx)
    movq %rax, G_SCHED + GOBUF_PC(%rcx)
    movq %rbp, G_SCHED + GOBUF_BP(%rcx)
    each_saved movq, movdqu, %rcx, G_SCHED, 0
    leaq -G_SCHED(%rdx), %r10
    stack_is %r10, %rax
    movq GOBUF_SP(%rdx), %rsp
    andq $-16, %rsp
    subq $32, %rsp
    xorl %ebp, %ebp
    callq *%r8
    ud2 /* fn must not return */
    .seh_endproc

/* void gort_gogo(struct gobuf *buf) */
    .globl gort_gogo
    .def gort_gogo; .scl 2; .type 32; .endef
    .p2align 4
gort_gogo:
    .seh_proc gort_gogo
    .seh_endprologue
    movq GOBUF_G(%rcx), %r10
    stack_is %r10, %rax
    each_saved movq, movdqu, %rcx, 0, 1
    movq GOBUF_BP(%rcx), %rbp
    movq GOBUF_PC(%rcx), %rax
    movq GOBUF_SP(%rcx), %rsp
    jmpq *%rax
    .seh_endproc

/* Where a new G begins, its gobuf still in rcx: the outermost frame. */
    .globl gort_entry
    .def gort_entry; .scl 2; .type 32; .endef
    .p2align 4
gort_entry:
    .seh_proc gort_entry
    .seh_endprologue
    xorl %ebp, %ebp
    subq $32, %rsp
    leaq -G_SCHED(%rcx), %rcx
    callq gort_g_main
    ud2
    .seh_endproc

/*
 * void gort_systemstack(void (*fn)(void *), void *arg, uintptr_t sp): call fn(arg) on the stack that ends at sp. Its bounds aren't known here, so the
 * thread block says "all of memory" meanwhile: no probe of a large frame then touches another stack.
 */
    .globl gort_systemstack
    .def gort_systemstack; .scl 2; .type 32; .endef
    .p2align 4
gort_systemstack:
    .seh_proc gort_systemstack
    pushq %rbp
    .seh_pushreg %rbp
    pushq %rsi
    .seh_pushreg %rsi
    pushq %rdi
    .seh_pushreg %rdi
    movq %rsp, %rbp
    .seh_setframe %rbp, 0
    .seh_endprologue
    movq %gs:0x08, %rsi
    movq %gs:0x10, %rdi
    movq $-1, %rax
    movq %rax, %gs:0x08
    xorl %eax, %eax
    movq %rax, %gs:0x10
    movq %r8, %rsp
    andq $-16, %rsp
    subq $32, %rsp
    movq %rcx, %rax
    movq %rdx, %rcx
    callq *%rax
    movq %rbp, %rsp
    movq %rsi, %gs:0x08
    movq %rdi, %gs:0x10
    popq %rdi
    popq %rsi
    popq %rbp
    retq
    .seh_endproc
