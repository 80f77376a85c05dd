/* SPDX-License-Identifier: Apache-2.0 */
/*
 * int sentinel_run(uint64_t seed, struct g *gp, struct gobuf *g0, void (*fn)(struct g *)): fill every callee-saved register from
 * seed, gort_mcall(gp, g0, fn), count the registers that came back changed. No C function lies between, which would save some.
 */
    .text
    .globl sentinel_run
    .type sentinel_run, @function
sentinel_run:
    addi sp, sp, -224
    sd ra, 0(sp)
    sd s0, 8(sp)
    sd s1, 16(sp)
    sd s2, 24(sp)
    sd s3, 32(sp)
    sd s4, 40(sp)
    sd s5, 48(sp)
    sd s6, 56(sp)
    sd s7, 64(sp)
    sd s8, 72(sp)
    sd s9, 80(sp)
    sd s10, 88(sp)
    sd s11, 96(sp)
    fsd fs0, 104(sp)
    fsd fs1, 112(sp)
    fsd fs2, 120(sp)
    fsd fs3, 128(sp)
    fsd fs4, 136(sp)
    fsd fs5, 144(sp)
    fsd fs6, 152(sp)
    fsd fs7, 160(sp)
    fsd fs8, 168(sp)
    fsd fs9, 176(sp)
    fsd fs10, 184(sp)
    fsd fs11, 192(sp)
    sd a0, 200(sp)
    addi s0, a0, 1
    addi s1, a0, 2
    addi s2, a0, 3
    addi s3, a0, 4
    addi s4, a0, 5
    addi s5, a0, 6
    addi s6, a0, 7
    addi s7, a0, 8
    addi s8, a0, 9
    addi s9, a0, 10
    addi s10, a0, 11
    addi s11, a0, 12
    addi t0, a0, 13
    fmv.d.x fs0, t0
    addi t0, a0, 14
    fmv.d.x fs1, t0
    addi t0, a0, 15
    fmv.d.x fs2, t0
    addi t0, a0, 16
    fmv.d.x fs3, t0
    addi t0, a0, 17
    fmv.d.x fs4, t0
    addi t0, a0, 18
    fmv.d.x fs5, t0
    addi t0, a0, 19
    fmv.d.x fs6, t0
    addi t0, a0, 20
    fmv.d.x fs7, t0
    addi t0, a0, 21
    fmv.d.x fs8, t0
    addi t0, a0, 22
    fmv.d.x fs9, t0
    addi t0, a0, 23
    fmv.d.x fs10, t0
    addi t0, a0, 24
    fmv.d.x fs11, t0
    mv a0, a1
    mv a1, a2
    mv a2, a3
    call gort_mcall
    ld a1, 200(sp)
    li a0, 0
    addi t0, a1, 1
    xor t0, t0, s0
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 2
    xor t0, t0, s1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 3
    xor t0, t0, s2
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 4
    xor t0, t0, s3
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 5
    xor t0, t0, s4
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 6
    xor t0, t0, s5
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 7
    xor t0, t0, s6
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 8
    xor t0, t0, s7
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 9
    xor t0, t0, s8
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 10
    xor t0, t0, s9
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 11
    xor t0, t0, s10
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 12
    xor t0, t0, s11
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 13
    fmv.x.d t1, fs0
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 14
    fmv.x.d t1, fs1
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 15
    fmv.x.d t1, fs2
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 16
    fmv.x.d t1, fs3
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 17
    fmv.x.d t1, fs4
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 18
    fmv.x.d t1, fs5
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 19
    fmv.x.d t1, fs6
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 20
    fmv.x.d t1, fs7
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 21
    fmv.x.d t1, fs8
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 22
    fmv.x.d t1, fs9
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 23
    fmv.x.d t1, fs10
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    addi t0, a1, 24
    fmv.x.d t1, fs11
    xor t0, t0, t1
    snez t0, t0
    add a0, a0, t0
    ld ra, 0(sp)
    ld s0, 8(sp)
    ld s1, 16(sp)
    ld s2, 24(sp)
    ld s3, 32(sp)
    ld s4, 40(sp)
    ld s5, 48(sp)
    ld s6, 56(sp)
    ld s7, 64(sp)
    ld s8, 72(sp)
    ld s9, 80(sp)
    ld s10, 88(sp)
    ld s11, 96(sp)
    fld fs0, 104(sp)
    fld fs1, 112(sp)
    fld fs2, 120(sp)
    fld fs3, 128(sp)
    fld fs4, 136(sp)
    fld fs5, 144(sp)
    fld fs6, 152(sp)
    fld fs7, 160(sp)
    fld fs8, 168(sp)
    fld fs9, 176(sp)
    fld fs10, 184(sp)
    fld fs11, 192(sp)
    addi sp, sp, 224
    ret
    .size sentinel_run, . - sentinel_run

    .section .note.GNU-stack, "", @progbits
