/* SPDX-License-Identifier: Apache-2.0 */
/* A bare guest for the drivers: MMU off, EL1, one stack per CPU, interrupts taken only in guest_wait. */
    .section .head.text, "ax"
    .globl guest_start
guest_start:
    b       1f
    .long   0
    .quad   0
    .quad   guest_end - guest_start
    .quad   0xa
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0
1:  mov     x20, x0
    bl      to_el1
    adrp    x1, stacks
    add     x1, x1, :lo12:stacks
    add     sp, x1, #16384
    bl      vectors_install
    mov     x0, x20
    b       guest_main

    .globl guest_secondary
guest_secondary:                        /* x0 = CPU index */
    mov     x20, x0
    bl      to_el1
    mov     x0, x20
    adrp    x1, stacks
    add     x1, x1, :lo12:stacks
    add     x2, x0, #2
    lsl     x2, x2, #14
    add     x1, x1, x2
    mov     sp, x1
    bl      vectors_install
    mov     x0, x20
    b       guest_secondary_main

to_el1:
    mrs     x0, CurrentEL
    cmp     x0, #8
    b.ne    1f
    mov     x0, #(1 << 31)
    msr     hcr_el2, x0
    msr     cntvoff_el2, xzr
    mrs     x0, midr_el1
    msr     vpidr_el2, x0
    mrs     x0, mpidr_el1
    msr     vmpidr_el2, x0
    mov     x0, #9
    msr     S3_4_C12_C9_5, x0           /* ICC_SRE_EL2 */
    mov     x0, #0x0800
    movk    x0, #0x30d0, lsl #16
    msr     sctlr_el1, x0
    mov     x0, #0x3c5
    msr     spsr_el2, x0
    msr     elr_el2, x30
    eret
1:  ret

vectors_install:
    adrp    x1, guest_vectors
    add     x1, x1, :lo12:guest_vectors
    msr     vbar_el1, x1
    mov     x1, #(3 << 20)
    msr     cpacr_el1, x1
    isb
    ret

/* guest_wait - wait for an interrupt and serve it. */
    .globl guest_wait
guest_wait:
    wfi
    msr     daifclr, #2
    isb
    msr     daifset, #2
    ret

    .balign 2048
guest_vectors:
    .rept 5
    .balign 128
    b       guest_died
    .endr
    .balign 128                         /* IRQ from the same level, SP_ELx */
    stp     x29, x30, [sp, #-176]!
    stp     x0, x1, [sp, #16]
    stp     x2, x3, [sp, #32]
    stp     x4, x5, [sp, #48]
    stp     x6, x7, [sp, #64]
    stp     x8, x9, [sp, #80]
    stp     x10, x11, [sp, #96]
    stp     x12, x13, [sp, #112]
    stp     x14, x15, [sp, #128]
    stp     x16, x17, [sp, #144]
    str     x18, [sp, #160]
    bl      irq_handle
    ldp     x0, x1, [sp, #16]
    ldp     x2, x3, [sp, #32]
    ldp     x4, x5, [sp, #48]
    ldp     x6, x7, [sp, #64]
    ldp     x8, x9, [sp, #80]
    ldp     x10, x11, [sp, #96]
    ldp     x12, x13, [sp, #112]
    ldp     x14, x15, [sp, #128]
    ldp     x16, x17, [sp, #144]
    ldr     x18, [sp, #160]
    ldp     x29, x30, [sp], #176
    eret
    .rept 10
    .balign 128
    b       guest_died
    .endr

guest_died:
    mrs     x0, esr_el1
    mrs     x1, elr_el1
    mrs     x2, far_el1
    b       guest_exception

    .section .bss
    .balign 16
stacks:
    .skip   9 * 16384
