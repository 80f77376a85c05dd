/* SPDX-License-Identifier: Apache-2.0 */
/* Saving and loading the FP registers, and the thread pointer. */
#include "kernel/arch/arm64/fpu_regs.h"

    .arch_extension fp
    .arch_extension simd
    .text
    .globl  fpu_save
fpu_save:
    fpu_save_to x0
    ret

    .globl  fpu_load
fpu_load:
    fpu_load_from x0
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
