/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the loader to C, on the boot CPU and on the others.
 *
 * Entry (Linux Documentation/arm64/booting): x0 = physical address of the device tree, MMU and D-cache off, EL2 or EL1, interrupts
 * masked. With the MMU off all data is Device memory: no unaligned access and no DC ZVA until it is on.
 *
 * The kernel's .bss, the first page tables and the boot stack live in the PAYLOAD_ROOM bytes behind kernel and payload, which the Image header's
 * image_size covers. The last ROOM_BYTES of it, page by page: 0 TTBR1 L0; 1 direct map L1; 2-4 kernel window L1, L2, L3; 5-6 identity L0, L1; 7 direct map L2 of the
 * image's gigabyte; 8 L3 of the image's 2 MiB; 9 L2 of the device tree's gigabyte, if another; 10-17 free for mmu.c; then the boot stack, whose
 * top is the last multiple of 16 KiB so that the overflow check (vectors.S) holds for it too. The direct map gets only the 2 MiB blocks
 * that are needed to get going; mmu.c adds the rest. The pages before them are .bss. Registers: x19 room, x20 device tree, x21 image, all physical.
 */
#include "kernel/arch/arm64/asm.h"
#include "offsets.h"

#define KERNEL_INFO_MAGIC "MAZK"

#define ROOM_BYTES 98304
#define ROOM_TABLES 10
#define PTE_TABLE  0x3
#define PTE_BLOCK  0x1
#define PTE_PAGE   0x3
#define PTE_AF     (1 << 10)
#define PTE_INNER  (3 << 8)
#define PTE_RO     (1 << 7)
#define PTE_PXN_HI (1 << (53 - 48))
#define PTE_UXN_HI (1 << (54 - 48))

    .section .head.text, "ax"
    .globl image_start_code
image_start_code:
    b       boot_entry                  /* code0 */
    .long   0                           /* code1 */
    .quad   0                           /* text_offset: the image may start right at a 2 MiB boundary */
    .quad   image_memory_bytes          /* image_size: kernel, payload and room */
    .quad   0xa                         /* little-endian, 4 KiB pages, anywhere in memory */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0
    .ascii  KERNEL_INFO_MAGIC           /* struct kernel_info, abi/payload.h */
    .word   syscall_table - .
    .word   SYSCALL_TABLE_SIZE

    .section .text.boot, "ax"
boot_entry:
    msr     daifset, #0xf
    mov     x20, x0
    adrp    x21, image_start
    ldr     x19, [x21, #16]
    add     x19, x19, x21
    sub     x19, x19, #ROOM_BYTES
    and     x19, x19, #~0xfff
    bl      drop_to_el1
    bl      build_tables
    adr     x1, 1f
    b       mmu_on
1:  /* now at the linked address, MMU on, x19 to x21 still physical */
    bl      clear_bss
    mov     x22, #DIRECT_MAP_BASE
    add     x0, x19, x22
    add     x0, x0, #ROOM_BYTES
    and     x0, x0, #~(2 * KSTACK_SIZE - 1)
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    adrp    x0, cpus
    add     x0, x0, :lo12:cpus
    msr     tpidr_el1, x0
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el1, x0
    isb
    mov     x0, x20
    mov     x1, x21
    mov     x2, x19
    b       kernel_main

/*
 * secondary_entry - where PSCI CPU_ON starts another CPU; x0 = its struct cpu (kernel virtual address). Same state as boot_entry.
 */
    .globl  secondary_entry
secondary_entry:
    msr     daifset, #0xf
    mov     x20, x0
    bl      drop_to_el1
    adrp    x0, boot_ttbr
    add     x0, x0, :lo12:boot_ttbr
    ldp     x5, x19, [x0]               /* identity L0, TTBR1 L0 */
    adr     x1, 2f
    b       mmu_on_tables
2:  ldr     x0, [x20, #CPU_STACK_TOP]
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    msr     tpidr_el1, x20
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el1, x0
    isb
    mov     x0, x20
    b       secondary_main

/* drop_to_el1 - from EL2 to EL1h on the same code; at EL1 only the return. Clobbers x0-x2. */
drop_to_el1:
    mrs     x0, CurrentEL
    cmp     x0, #(2 << 2)
    b.ne    1f
    mov     x0, #(1 << 31)              /* HCR_EL2.RW: EL1 is AArch64 */
    msr     hcr_el2, x0
    mrs     x0, cnthctl_el2
    orr     x0, x0, #3                  /* EL1 may use the physical counter and timer */
    msr     cnthctl_el2, x0
    msr     cntvoff_el2, xzr
    mov     x0, #0x33ff                 /* CPTR_EL2 RES1: no trap of FP */
    msr     cptr_el2, x0
    msr     hstr_el2, xzr
    mrs     x0, midr_el1
    mrs     x1, mpidr_el1
    msr     vpidr_el2, x0
    msr     vmpidr_el2, x1
    mrs     x0, id_aa64pfr0_el1
    ubfx    x0, x0, #24, #4             /* GIC system registers */
    cbz     x0, 2f
    mrs     x0, S3_4_C12_C9_5           /* ICC_SRE_EL2: SRE and Enable */
    mov     x1, #9
    orr     x0, x0, x1
    msr     S3_4_C12_C9_5, x0
    isb
2:  mov     x0, #0x0800
    movk    x0, #0x30d0, lsl #16        /* SCTLR_EL1 RES1, MMU off */
    msr     sctlr_el1, x0
    mov     x0, #0x3c5                  /* EL1h, DAIF masked */
    msr     spsr_el2, x0
    msr     elr_el2, x30
    eret
1:  msr     spsel, #1
    ret

/* build_tables - fill the room's tables. x19 to x21 as above; clobbers x0-x15. */
build_tables:
    mov     x0, x19
    add     x1, x19, #(ROOM_TABLES << 12)
1:  stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    1b

    /* TTBR1 L0: entry 0 the direct map, entry 256 the kernel window (KERNEL_BASE bit 47 down to 39) */
    add     x2, x19, #0x1000
    orr     x3, x2, #PTE_TABLE
    str     x3, [x19]
    add     x4, x19, #0x2000
    orr     x3, x4, #PTE_TABLE
    str     x3, [x19, #(256 * 8)]
    add     x5, x19, #0x3000
    orr     x3, x5, #PTE_TABLE
    str     x3, [x4]
    add     x6, x19, #0x4000
    orr     x3, x6, #PTE_TABLE
    str     x3, [x5]

    /* direct map: the 2 MiB blocks of image, room and device tree (which may straddle two), writable, never executable */
    mov     x7, #(PTE_BLOCK | PTE_AF | PTE_INNER)
    movk    x7, #(PTE_PXN_HI | PTE_UXN_HI), lsl #48
    add     x15, x19, #0x7000
    orr     x3, x15, #PTE_TABLE
    lsr     x8, x21, #30
    str     x3, [x2, x8, lsl #3]
    lsr     x9, x20, #30
    add     x13, x19, #0x9000
    cmp     x8, x9
    csel    x13, x15, x13, eq           /* the L2 that holds the device tree */
    orr     x3, x13, #PTE_TABLE
    str     x3, [x2, x9, lsl #3]
    lsr     x8, x20, #21
    orr     x3, x7, x8, lsl #21
    and     x9, x8, #0x1ff
    str     x3, [x13, x9, lsl #3]
    add     x8, x8, #1
    orr     x3, x7, x8, lsl #21
    ands    x9, x8, #0x1ff
    b.eq    4f
    str     x3, [x13, x9, lsl #3]
4:  lsr     x8, x19, #21
    orr     x3, x7, x8, lsl #21
    and     x9, x8, #0x1ff
    str     x3, [x15, x9, lsl #3]
    add     x8, x19, #ROOM_BYTES
    lsr     x8, x8, #21
    orr     x3, x7, x8, lsl #21
    and     x9, x8, #0x1ff
    str     x3, [x15, x9, lsl #3]
    add     x14, x19, #0x8000           /* the image's own block, by pages: read-only where the kernel window is */
    orr     x3, x14, #PTE_TABLE
    lsr     x8, x21, #21
    and     x9, x8, #0x1ff
    str     x3, [x15, x9, lsl #3]
    orr     x7, x7, #PTE_PAGE
    orr     x3, x7, x21
    add     x4, x3, #0x1000
    add     x9, x14, #0x1000
5:  stp     x3, x4, [x14], #16
    add     x3, x3, #0x2000
    add     x4, x4, #0x2000
    cmp     x14, x9
    b.lo    5b
    sub     x14, x9, #0x1000
    adrp    x9, data_start
    orr     x3, x7, x21
    orr     x3, x3, #PTE_RO
    orr     x9, x9, x7
    orr     x9, x9, #PTE_RO
6:  str     x3, [x14], #8
    add     x3, x3, #0x1000
    cmp     x3, x9
    b.lo    6b

    /* kernel window: text executable, read-only data, data */
    mov     x10, #(PTE_PAGE | PTE_AF | PTE_INNER)
    mov     x11, x21
    adrp    x12, rodata_start
    adrp    x13, data_start
    adrp    x14, image_end
    mov     x0, #PTE_RO
    movk    x0, #PTE_UXN_HI, lsl #48
    orr     x0, x0, x10                 /* text */
    mov     x1, #PTE_RO
    movk    x1, #(PTE_PXN_HI | PTE_UXN_HI), lsl #48
    orr     x1, x1, x10                 /* read-only data */
    movk    x10, #(PTE_PXN_HI | PTE_UXN_HI), lsl #48
2:  cmp     x11, x13
    csel    x15, x1, x10, lo
    cmp     x11, x12
    csel    x15, x0, x15, lo
    orr     x15, x15, x11
    str     x15, [x6], #8
    add     x11, x11, #0x1000
    cmp     x11, x14
    b.lo    2b
    ldr     x15, =bss_bytes
    sub     x11, x19, x15
7:  cmp     x11, x19
    b.hs    8f
    orr     x15, x10, x11
    str     x15, [x6], #8
    add     x11, x11, #0x1000
    b       7b
8:

    /* identity: the gigabyte of this code, executable, for the instructions around switching the MMU on */
    add     x5, x19, #0x5000
    add     x6, x19, #0x6000
    lsr     x8, x21, #39
    orr     x3, x6, #PTE_TABLE
    str     x3, [x5, x8, lsl #3]
    lsr     x8, x21, #30
    mov     x7, #(PTE_BLOCK | PTE_AF | PTE_INNER | PTE_RO)
    orr     x9, x7, x8, lsl #30
    and     x8, x8, #0x1ff
    str     x9, [x6, x8, lsl #3]
    adrp    x0, boot_ttbr
    add     x0, x0, :lo12:boot_ttbr
    stp     x5, x19, [x0]

    /* lines of the tables that a cache may have held since before: the walker is coherent with the caches */
    mov     x0, x19
    add     x1, x19, #(ROOM_TABLES << 12)
3:  dc      ivac, x0
    add     x0, x0, #64
    cmp     x0, x1
    b.lo    3b
    dsb     sy
    ret

/* clear_bss - zero .bss by the cache's blocks, or by words where DC ZVA is prohibited. MMU on; clobbers x0-x3. */
clear_bss:
    adrp    x0, image_end
    adrp    x1, window_end
    mrs     x2, dczid_el0
    mov     x3, #4
    lsl     x3, x3, x2                  /* block size; x2 is below 16 when DC ZVA is allowed */
    tbnz    x2, #4, 2f
1:  cmp     x0, x1
    b.hs    3f
    dc      zva, x0
    add     x0, x0, x3
    b       1b
2:  cmp     x0, x1
    b.hs    3f
    stp     xzr, xzr, [x0], #16
    b       2b
3:  ret

/* mmu_on - x1 = physical address to go on at, translated to its linked address. Clobbers x0-x5. */
mmu_on:
    add     x5, x19, #0x5000
mmu_on_tables:
    ldr     x0, =MAIR_VALUE
    msr     mair_el1, x0
    /* TCR_EL1: 48 bits and 4 KiB on both sides, inner shareable write-back walks, 16-bit ASIDs if there are */
    ldr     x0, =(16 | (16 << 16) | (1 << 8) | (1 << 10) | (3 << 12) | (1 << 24) | (1 << 26) | (3 << 28) | (2 << 30))
    mrs     x2, id_aa64mmfr0_el1
    and     x3, x2, #0xf
    cmp     x3, #5                      /* 48-bit physical addresses are all that 4 levels of 4 KiB need */
    mov     x4, #5
    csel    x3, x3, x4, lo
    orr     x0, x0, x3, lsl #32
    ubfx    x2, x2, #4, #4
    cmp     x2, #2
    cset    x2, eq
    orr     x0, x0, x2, lsl #36
    msr     tcr_el1, x0
    msr     ttbr0_el1, x5
    msr     ttbr1_el1, x19
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    adrp    x2, image_start
    sub     x1, x1, x2
    ldr     x2, =KERNEL_BASE
    add     x1, x1, x2
    ldr     x0, =SCTLR_VALUE
    msr     sctlr_el1, x0
    isb
    br      x1
    .ltorg

    .section .data
    .balign 16
boot_ttbr:
    .quad   0, 0
    .section .note.GNU-stack, "", %progbits
