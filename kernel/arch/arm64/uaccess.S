/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies between kernel and program. A fault at an address of the program's inside .text.uaccess is served by trap_el1_sync(); where it
 * can't be, control comes back at uaccess_fixup with x30 = the caller and x9 = bytes left at the last completed step, which it returns.
 * So every routine keeps x9 true before each access that may fault and calls nothing. Privileged Access Never is opened for the copy.
 */
#include "abi/errno.h"
#include "kernel/arch/arm64/asm.h"
#include "kernel/arch/arm64/fpu_regs.h"

    .arch_extension pan
    .arch_extension fp
    .arch_extension simd
    .macro user_open
    adrp    x10, cpu_has_pan
    ldrb    w10, [x10, :lo12:cpu_has_pan]
    cbz     w10, 99f
    msr     pan, #0
99:
    .endm
    .macro user_close
    cbz     w10, 98f
    msr     pan, #1
98:
    .endm

    .section .text.uaccess, "ax"
/*
 * uaccess_copy - x0 dst, x1 src, x2 bytes, one of them the program's: returns the bytes not copied, counted in the steps of the copy:
 * never fewer than that.
 *
 * Large copies go through q0 to q7, which are the program's and are put aside meanwhile. No fault is served there: trap_el1_sync() sends
 * one on to uaccess_wide_end, and the narrow steps come to the same place again.
 */
    .globl  uaccess_copy, uaccess_wide, uaccess_wide_end
uaccess_copy:
    user_open
    mov     x9, x2
    cmp     x9, #512
    b.hs    wide
narrow:
    cmp     x9, #64
    b.lo    2f
1:  ldp     x3, x4, [x1], #16
    ldp     x5, x6, [x1], #16
    ldp     x7, x8, [x1], #16
    ldp     x11, x12, [x1], #16
    stp     x3, x4, [x0], #16
    stp     x5, x6, [x0], #16
    stp     x7, x8, [x0], #16
    stp     x11, x12, [x0], #16
    sub     x9, x9, #64
    cmp     x9, #64
    b.hs    1b
2:  cmp     x9, #16
    b.lo    4f
3:  ldp     x3, x4, [x1], #16
    stp     x3, x4, [x0], #16
    sub     x9, x9, #16
    cmp     x9, #16
    b.hs    3b
4:  tbz     x9, #3, 5f
    ldr     x3, [x1], #8
    str     x3, [x0], #8
    sub     x9, x9, #8
5:  cbz     x9, 7f
6:  ldrb    w3, [x1], #1
    strb    w3, [x0], #1
    sub     x9, x9, #1
    cbnz    x9, 6b
7:  user_close
    mov     x0, #0
    ret

wide:
    add     x11, x0, x2
    add     x12, x1, x2
    sub     sp, sp, #128
    stp     q0, q1, [sp]
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
    sub     x9, x9, #256
uaccess_wide:
    .rept   2
    ldp     q0, q1, [x1], #32
    ldp     q2, q3, [x1], #32
    ldp     q4, q5, [x1], #32
    ldp     q6, q7, [x1], #32
    stp     q0, q1, [x0], #32
    stp     q2, q3, [x0], #32
    stp     q4, q5, [x0], #32
    stp     q6, q7, [x0], #32
    .endr
    subs    x9, x9, #256
    b.hs    uaccess_wide
uaccess_wide_end:
    add     x9, x9, #256
    sub     x0, x11, x9
    sub     x1, x12, x9
    ldp     q0, q1, [sp]
    ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    add     sp, sp, #128
    b       narrow

/* uaccess_fpu_save - x0 = where the FP registers go in the program's memory, as a struct fpu_state: 0, or all ones on a fault.
 * uaccess_fpu_load - they come from there; on a fault some of them have. */
    .globl  uaccess_fpu_save
uaccess_fpu_save:
    user_open
    mov     x9, #-1
    fpu_save_to x0
    b       uaccess_done

    .globl  uaccess_fpu_load
uaccess_fpu_load:
    user_open
    mov     x9, #-1
    fpu_load_from x0
uaccess_done:
    user_close
    mov     x0, #0
    ret

    .macro move_bytes to, from, bytes
    .rept   \bytes / 16
    ldp     x6, x7, [\from], #16
    stp     x6, x7, [\to], #16
    .endr
    .endm

/*
 * uaccess_frame_put - write a signal frame: x0 = where, x1 = siginfo, x2 = what is from SIGFRAME_STACK on, x3 = registers, x4 = fault
 * address, x5 = what follows the FP registers; at its end the frame record x29, x30 of x3. 0, or all ones on a fault.
 */
    .globl  uaccess_frame_put
uaccess_frame_put:
    user_open
    mov     x9, #-1
    ldp     x6, x7, [x3, #29 * 8]
    add     x11, x0, #SIGFRAME_BYTES & 0xfff
    add     x11, x11, #SIGFRAME_BYTES & ~0xfff
    stp     x6, x7, [x11]
    move_bytes x0, x1, SIGFRAME_INFO_BYTES
    .rept   (SIGFRAME_STACK - SIGFRAME_INFO_BYTES) / 16
    stp     xzr, xzr, [x0], #16
    .endr
    move_bytes x0, x2, SIGFRAME_STACK_BYTES
    str     x4, [x0, #SIGFRAME_REGS - 8 - SIGFRAME_STACK - SIGFRAME_STACK_BYTES]!
    add     x0, x0, #8
    move_bytes x0, x3, SIGFRAME_REGS_BYTES
    add     x0, x0, #SIGFRAME_RECORDS - SIGFRAME_REGS - SIGFRAME_REGS_BYTES
    ldr     x6, =FPSIMD_HEAD
    str     x6, [x0]
    fpu_save_to x0
    add     x0, x0, #SIGFRAME_FP_BYTES
    move_bytes x0, x5, 16
    ldr     x6, [x5]
    str     x6, [x0]
    b       uaccess_done

/* uaccess_frame_get - read a signal frame but for its FP registers: x0 = where, x1 = registers, x2 = what is from SIGFRAME_STACK on and
 * behind it the heads of the first record, of the one behind it if that is of FP registers, and of one more if that has 16 bytes. */
    .globl  uaccess_frame_get
uaccess_frame_get:
    user_open
    mov     x9, #-1
    add     x3, x0, #SIGFRAME_STACK
    move_bytes x2, x3, SIGFRAME_STACK_BYTES
    add     x3, x0, #SIGFRAME_REGS
    move_bytes x1, x3, SIGFRAME_REGS_BYTES
    add     x3, x0, #SIGFRAME_RECORDS
    ldr     x4, [x3]
    ldr     x5, [x3, #SIGFRAME_FP_BYTES]
    ldr     x6, [x3, #SIGFRAME_FP_BYTES + 16]
    stp     x4, x5, [x2], #16
    str     x6, [x2]
    b       uaccess_done

/* uaccess_copy_bytes - the same, byte by byte: exact about where it stopped. */
    .globl  uaccess_copy_bytes
uaccess_copy_bytes:
    user_open
    mov     x9, x2
1:  ldrb    w3, [x1], #1
    strb    w3, [x0], #1
    sub     x9, x9, #1
    cbnz    x9, 1b
    user_close
    mov     x0, #0
    ret

/* uaccess_clear - x0 dst (the program's), x1 bytes: returns the bytes not cleared. */
    .globl  uaccess_clear
uaccess_clear:
    user_open
    mov     x9, x1
    cmp     x9, #16
    b.lo    2f
1:  stp     xzr, xzr, [x0], #16
    sub     x9, x9, #16
    cmp     x9, #16
    b.hs    1b
2:  cbz     x9, 4f
3:  strb    wzr, [x0], #1
    sub     x9, x9, #1
    cbnz    x9, 3b
4:  user_close
    mov     x0, #0
    ret

/* uaccess_string - x0 dst, x1 src (the program's), x2 room > 0: copies up to and with a NUL; x0 = bytes left of the room behind the NUL
 * plus 1, 0: no NUL in the room, or all ones: fault. */
    .globl  uaccess_string
uaccess_string:
    user_open
    mov     x9, #-1
1:  ldrb    w3, [x1], #1
    strb    w3, [x0], #1
    cbz     w3, 2f
    subs    x2, x2, #1
    b.ne    1b
2:  user_close
    mov     x0, x2
    ret

/* uaccess_load_u32 - x0 = address (the program's), x1 = where the value goes: 0, or -EFAULT. */
    .globl  uaccess_load_u32
uaccess_load_u32:
    user_open
    mov     x9, #-EFAULT
    ldar    w3, [x0]
    user_close
    str     w3, [x1]
    mov     x0, #0
    ret

/* uaccess_cas_u32 - x0 = address, w1 = expected, w2 = desired, x3 = where the old value goes: 0, or -EFAULT. */
    .globl  uaccess_cas_u32
uaccess_cas_u32:
    user_open
    mov     x9, #-EFAULT
1:  ldaxr   w4, [x0]
    cmp     w4, w1
    b.ne    2f
    stlxr   w5, w2, [x0]
    cbnz    w5, 1b
    b       3f
2:  clrex
3:  user_close
    str     w4, [x3]
    mov     x0, #0
    ret

    .globl  uaccess_fixup
uaccess_fixup:
    user_close
    mov     x0, x9
    ret
    .section .note.GNU-stack, "", %progbits
