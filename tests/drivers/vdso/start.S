/* SPDX-License-Identifier: Apache-2.0 */
/* Entry, system calls, and the vDSO as it was linked. */
    .text
    .globl _start
_start:
    mov     x29, xzr
    mov     x30, xzr
    bl      vdso_test
    mov     x8, #94
    svc     #0

    .globl system_call
system_call:                            /* number, up to five arguments */
    mov     x8, x0
    mov     x0, x1
    mov     x1, x2
    mov     x2, x3
    mov     x3, x4
    mov     x4, x5
    mov     x5, x6
    svc     #0
    ret

/* call_checked - fn(a, b) with all callee-saved registers set to known values. Returns its result, or -1000 when one was changed. */
    .globl call_checked
call_checked:
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mov     x19, #19
    mov     x20, #20
    mov     x21, #21
    mov     x22, #22
    mov     x23, #23
    mov     x24, #24
    mov     x25, #25
    mov     x26, #26
    mov     x27, #27
    mov     x28, #28
    mov     x18, #18
    mov     x9, x0
    mov     x0, x1
    mov     x1, x2
    blr     x9
    add     x1, x18, x19
    add     x1, x1, x20
    add     x1, x1, x21
    add     x1, x1, x22
    add     x1, x1, x23
    add     x1, x1, x24
    add     x1, x1, x25
    add     x1, x1, x26
    add     x1, x1, x27
    add     x1, x1, x28
    cmp     x1, #253
    mov     x1, #-1000
    csel    x0, x0, x1, eq
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    ret

    .section .rodata
    .balign 8
    .globl vdso_file, vdso_file_end
vdso_file:
    .incbin VDSO_FILE
vdso_file_end:
    .section .note.GNU-stack, "", %progbits
