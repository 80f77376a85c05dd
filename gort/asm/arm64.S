/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Context switch for AAPCS64. Slots: x19..x28, d8..d15. Built with GORT_NO_FP (the kernel, whose code uses no vector registers)
 * the d slots stay unused. x18 belongs to the platform and is not touched.
 */
#include "gort/asm/layout.h"

#define REG(i) (GOBUF_REGS + 8 * (i))

    .text

/* void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): save gp, run fn(gp) on g0's stack. */
    .globl gort_mcall
    .type gort_mcall, %function
    .p2align 4
gort_mcall:
    .cfi_startproc
    hint #34 /* bti c */
    add x9, x0, #G_SCHED
    mov x10, sp
    stp x10, x30, [x9, #GOBUF_SP]
    str x30, [x9, #GOBUF_LR]
    str x29, [x9, #GOBUF_BP]
    stp x19, x20, [x9, #REG(0)]
    stp x21, x22, [x9, #REG(2)]
    stp x23, x24, [x9, #REG(4)]
    stp x25, x26, [x9, #REG(6)]
    stp x27, x28, [x9, #REG(8)]
#ifndef GORT_NO_FP
    stp d8, d9, [x9, #REG(10)]
    stp d10, d11, [x9, #REG(12)]
    stp d12, d13, [x9, #REG(14)]
    stp d14, d15, [x9, #REG(16)]
#endif
    ldr x10, [x1, #GOBUF_SP]
    .cfi_undefined x30
    mov sp, x10
    mov x29, xzr
    mov x30, xzr
    mov x16, x2
    blr x16
    brk #0x67 /* fn must not return */
    .cfi_endproc
    .size gort_mcall, . - gort_mcall

/* void gort_gogo(struct gobuf *buf): go on where buf was saved. */
    .globl gort_gogo
    .type gort_gogo, %function
    .p2align 4
gort_gogo:
    .cfi_startproc
    hint #34
    ldp x19, x20, [x0, #REG(0)]
    ldp x21, x22, [x0, #REG(2)]
    ldp x23, x24, [x0, #REG(4)]
    ldp x25, x26, [x0, #REG(6)]
    ldp x27, x28, [x0, #REG(8)]
#ifndef GORT_NO_FP
    ldp d8, d9, [x0, #REG(10)]
    ldp d10, d11, [x0, #REG(12)]
    ldp d12, d13, [x0, #REG(14)]
    ldp d14, d15, [x0, #REG(16)]
#endif
    ldr x30, [x0, #GOBUF_LR]
    ldr x29, [x0, #GOBUF_BP]
    ldp x9, x16, [x0, #GOBUF_SP]
    .cfi_undefined x30
    mov sp, x9
    br x16
    .cfi_endproc
    .size gort_gogo, . - gort_gogo

/* Where a new G begins, its gobuf still in x0: the outermost frame. */
    .globl gort_entry
    .type gort_entry, %function
    .p2align 4
gort_entry:
    .cfi_startproc
    .cfi_undefined x30
    hint #36 /* bti j: reached by br */
    mov x29, xzr
    mov x30, xzr
    sub x0, x0, #G_SCHED
    bl gort_g_main
    brk #0x67
    .cfi_endproc
    .size gort_entry, . - gort_entry

/* void gort_systemstack(void (*fn)(void *), void *arg, uintptr_t sp): call fn(arg) on the stack that ends at sp. */
    .globl gort_systemstack
    .type gort_systemstack, %function
    .p2align 4
gort_systemstack:
    .cfi_startproc
    hint #34
    stp x29, x30, [sp, #-16]!
    .cfi_def_cfa_offset 16
    .cfi_offset x29, -16
    .cfi_offset x30, -8
    mov x29, sp
    .cfi_def_cfa_register x29
    and x9, x2, #-16
    mov sp, x9
    mov x16, x0
    mov x0, x1
    blr x16
    mov sp, x29
    .cfi_def_cfa_register sp
    ldp x29, x30, [sp], #16
    .cfi_def_cfa_offset 0
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_endproc
    .size gort_systemstack, . - gort_systemstack

    .section .note.GNU-stack, "", %progbits
