/* SPDX-License-Identifier: Apache-2.0 */
/* Context switch for the RISC-V LP64D ABI. Slots: s1..s11, fs0..fs11; s0 is bp, ra is lr. tp and gp belong to the M. */
#include "gort/asm/layout.h"

#define REG(i) (GOBUF_REGS + 8 * (i))

.macro each_saved op, fop, base, off
    \op s1, \off + REG(0)(\base)
    \op s2, \off + REG(1)(\base)
    \op s3, \off + REG(2)(\base)
    \op s4, \off + REG(3)(\base)
    \op s5, \off + REG(4)(\base)
    \op s6, \off + REG(5)(\base)
    \op s7, \off + REG(6)(\base)
    \op s8, \off + REG(7)(\base)
    \op s9, \off + REG(8)(\base)
    \op s10, \off + REG(9)(\base)
    \op s11, \off + REG(10)(\base)
    \fop fs0, \off + REG(11)(\base)
    \fop fs1, \off + REG(12)(\base)
    \fop fs2, \off + REG(13)(\base)
    \fop fs3, \off + REG(14)(\base)
    \fop fs4, \off + REG(15)(\base)
    \fop fs5, \off + REG(16)(\base)
    \fop fs6, \off + REG(17)(\base)
    \fop fs7, \off + REG(18)(\base)
    \fop fs8, \off + REG(19)(\base)
    \fop fs9, \off + REG(20)(\base)
    \fop fs10, \off + REG(21)(\base)
    \fop fs11, \off + REG(22)(\base)
.endm

    .text

/* void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): save gp, run fn(gp) on g0's stack. */
    .globl gort_mcall
    .type gort_mcall, @function
    .p2align 2
gort_mcall:
    .cfi_startproc
    sd sp, G_SCHED + GOBUF_SP(a0)
    sd ra, G_SCHED + GOBUF_PC(a0)
    sd ra, G_SCHED + GOBUF_LR(a0)
    sd s0, G_SCHED + GOBUF_BP(a0)
    each_saved sd, fsd, a0, G_SCHED
    .cfi_undefined ra
    ld sp, GOBUF_SP(a1)
    li s0, 0
    li ra, 0
    jalr a2
    ebreak /* fn must not return */
    .cfi_endproc
    .size gort_mcall, . - gort_mcall

/* void gort_gogo(struct gobuf *buf): go on where buf was saved. */
    .globl gort_gogo
    .type gort_gogo, @function
    .p2align 2
gort_gogo:
    .cfi_startproc
    each_saved ld, fld, a0, 0
    ld ra, GOBUF_LR(a0)
    ld s0, GOBUF_BP(a0)
    ld t1, GOBUF_PC(a0)
    .cfi_undefined ra
    ld sp, GOBUF_SP(a0)
    jr t1
    .cfi_endproc
    .size gort_gogo, . - gort_gogo

/* Where a new G begins, its gobuf still in a0: the outermost frame. */
    .globl gort_entry
    .type gort_entry, @function
    .p2align 2
gort_entry:
    .cfi_startproc
    .cfi_undefined ra
    li s0, 0
    li ra, 0
    addi a0, a0, -G_SCHED
    call gort_g_main
    ebreak
    .cfi_endproc
    .size gort_entry, . - gort_entry

/* void gort_systemstack(void (*fn)(void *), void *arg, uintptr_t sp): call fn(arg) on the stack that ends at sp. */
    .globl gort_systemstack
    .type gort_systemstack, @function
    .p2align 2
gort_systemstack:
    .cfi_startproc
    addi sp, sp, -16
    .cfi_def_cfa_offset 16
    sd ra, 8(sp)
    sd s0, 0(sp)
    .cfi_offset ra, -8
    .cfi_offset s0, -16
    addi s0, sp, 16
    .cfi_def_cfa s0, 0
    andi sp, a2, -16
    mv t1, a0
    mv a0, a1
    jalr t1
    addi sp, s0, -16
    .cfi_def_cfa sp, 16
    ld ra, 8(sp)
    ld s0, 0(sp)
    addi sp, sp, 16
    .cfi_def_cfa_offset 0
    ret
    .cfi_endproc
    .size gort_systemstack, . - gort_systemstack

    .section .note.GNU-stack, "", @progbits
