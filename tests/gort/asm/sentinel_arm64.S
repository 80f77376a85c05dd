/* SPDX-License-Identifier: Apache-2.0 */
/*
 * int sentinel_run(uint64_t seed, struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): fill every callee-saved register from
 * seed, gort_mcall(gp, g0, fn), count the registers that came back changed. No C function lies between, which would save some.
 */
    .text
    .globl sentinel_run
    .type sentinel_run, %function
sentinel_run:
    stp x29, x30, [sp, #-176]!
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    str x0, [sp, #160]
    add x19, x0, #1
    add x20, x0, #2
    add x21, x0, #3
    add x22, x0, #4
    add x23, x0, #5
    add x24, x0, #6
    add x25, x0, #7
    add x26, x0, #8
    add x27, x0, #9
    add x28, x0, #10
    add x29, x0, #11
    add x9, x0, #12
    fmov d8, x9
    add x9, x0, #13
    fmov d9, x9
    add x9, x0, #14
    fmov d10, x9
    add x9, x0, #15
    fmov d11, x9
    add x9, x0, #16
    fmov d12, x9
    add x9, x0, #17
    fmov d13, x9
    add x9, x0, #18
    fmov d14, x9
    add x9, x0, #19
    fmov d15, x9
    mov x0, x1
    mov x1, x2
    mov x2, x3
    bl gort_mcall
    ldr x1, [sp, #160]
    mov w0, #0
    add x9, x1, #1
    cmp x9, x19
    cinc w0, w0, ne
    add x9, x1, #2
    cmp x9, x20
    cinc w0, w0, ne
    add x9, x1, #3
    cmp x9, x21
    cinc w0, w0, ne
    add x9, x1, #4
    cmp x9, x22
    cinc w0, w0, ne
    add x9, x1, #5
    cmp x9, x23
    cinc w0, w0, ne
    add x9, x1, #6
    cmp x9, x24
    cinc w0, w0, ne
    add x9, x1, #7
    cmp x9, x25
    cinc w0, w0, ne
    add x9, x1, #8
    cmp x9, x26
    cinc w0, w0, ne
    add x9, x1, #9
    cmp x9, x27
    cinc w0, w0, ne
    add x9, x1, #10
    cmp x9, x28
    cinc w0, w0, ne
    add x9, x1, #11
    cmp x9, x29
    cinc w0, w0, ne
    add x9, x1, #12
    fmov x10, d8
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #13
    fmov x10, d9
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #14
    fmov x10, d10
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #15
    fmov x10, d11
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #16
    fmov x10, d12
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #17
    fmov x10, d13
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #18
    fmov x10, d14
    cmp x9, x10
    cinc w0, w0, ne
    add x9, x1, #19
    fmov x10, d15
    cmp x9, x10
    cinc w0, w0, ne
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #176
    ret
    .size sentinel_run, . - sentinel_run

    .section .note.GNU-stack, "", %progbits
