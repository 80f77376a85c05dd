/* SPDX-License-Identifier: Apache-2.0 */
/* Saving and loading the FP registers; struct fpu_state: fpsr 8, fpcr 12, v0.. from 16 on. */
    .arch_extension fp
    .arch_extension simd
    .text
    .macro vregs op
    \op     q0, q1, [x1], #32
    \op     q2, q3, [x1], #32
    \op     q4, q5, [x1], #32
    \op     q6, q7, [x1], #32
    \op     q8, q9, [x1], #32
    \op     q10, q11, [x1], #32
    \op     q12, q13, [x1], #32
    \op     q14, q15, [x1], #32
    \op     q16, q17, [x1], #32
    \op     q18, q19, [x1], #32
    \op     q20, q21, [x1], #32
    \op     q22, q23, [x1], #32
    \op     q24, q25, [x1], #32
    \op     q26, q27, [x1], #32
    \op     q28, q29, [x1], #32
    \op     q30, q31, [x1]
    .endm

    .globl  fpu_save
fpu_save:
    add     x1, x0, #16
    vregs   stp
    mrs     x2, fpsr
    mrs     x3, fpcr
    stp     w2, w3, [x0, #8]
    ret

    .globl  fpu_load
fpu_load:
    add     x1, x0, #16
    vregs   ldp
    ldp     w2, w3, [x0, #8]
    msr     fpsr, x2
    msr     fpcr, x3
    ret

    .globl  fpu_thread_pointer
fpu_thread_pointer:
    mrs     x0, tpidr_el0
    ret

    .globl  fpu_set_thread_pointer
fpu_set_thread_pointer:
    msr     tpidr_el0, x0
    ret
    .section .note.GNU-stack, "", %progbits
