/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies between kernel and program. A fault at an address of the program's inside .text.uaccess is served by trap_el1_sync(); where it
 * can't be, control comes back at uaccess_fixup with x30 = the caller and x9 = bytes left at the last completed step, which it returns.
 * So every routine keeps x9 true before each access that may fault and calls nothing. Privileged Access Never is opened for the copy.
 */
    .arch_extension pan
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
/* uaccess_copy - x0 dst, x1 src, x2 bytes, one of them the program's: returns the bytes not copied, counted in the steps of the copy:
 * never fewer than that. */
    .globl  uaccess_copy
uaccess_copy:
    user_open
    mov     x9, x2
    cmp     x9, #128
    b.lo    2f
1:  .rept   2
    ldp     x3, x4, [x1], #16
    ldp     x5, x6, [x1], #16
    ldp     x7, x8, [x1], #16
    ldp     x11, x12, [x1], #16
    stp     x3, x4, [x0], #16
    stp     x5, x6, [x0], #16
    stp     x7, x8, [x0], #16
    stp     x11, x12, [x0], #16
    .endr
    sub     x9, x9, #128
    cmp     x9, #128
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

/* uaccess_load_u32 - x0 = address (the program's), x1 = where the value goes: 0, or all ones on a fault. */
    .globl  uaccess_load_u32
uaccess_load_u32:
    user_open
    mov     x9, #-1
    ldar    w3, [x0]
    user_close
    str     w3, [x1]
    mov     x0, #0
    ret

/* uaccess_cas_u32 - x0 = address, w1 = expected, w2 = desired, x3 = where the old value goes: 0, or all ones on a fault. */
    .globl  uaccess_cas_u32
uaccess_cas_u32:
    user_open
    mov     x9, #-1
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
