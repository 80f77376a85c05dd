/* SPDX-License-Identifier: Apache-2.0 */
/* For assembly: all FP registers to and from a struct fpu_state (fpsr 8, fpcr 12, v0 to v31 from 16
 * on). Change x2 to x4. */
.macro fpu_vregs op
    \op     q0, q1, [x4], #32
    \op     q2, q3, [x4], #32
    \op     q4, q5, [x4], #32
    \op     q6, q7, [x4], #32
    \op     q8, q9, [x4], #32
    \op     q10, q11, [x4], #32
    \op     q12, q13, [x4], #32
    \op     q14, q15, [x4], #32
    \op     q16, q17, [x4], #32
    \op     q18, q19, [x4], #32
    \op     q20, q21, [x4], #32
    \op     q22, q23, [x4], #32
    \op     q24, q25, [x4], #32
    \op     q26, q27, [x4], #32
    \op     q28, q29, [x4], #32
    \op     q30, q31, [x4]
    .endm

    .macro fpu_save_to base
    add     x4, \base, #16
    fpu_vregs stp
    mrs     x2, fpsr
    mrs     x3, fpcr
    stp     w2, w3, [\base, #8]
    .endm

    .macro fpu_load_from base
    add     x4, \base, #16
    fpu_vregs ldp
    ldp     w2, w3, [\base, #8]
    msr     fpsr, x2
    msr     fpcr, x3
    .endm
