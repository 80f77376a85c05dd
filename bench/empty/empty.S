/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The empty kernel: the least that QEMU can boot, print with and end. What it takes is QEMU's own, so the benchmarks
 * subtract it. Entered as an arm64 Image: MMU off, any address; PL011 of virt at 0x9000000; PSCI by HVC.
 * It executes 8 + 4 * length of the text instructions, after the 6 of QEMU's boot stub: tests/tools/insncount.sh
 * relies on that.
 */
    .text
    .globl _start
_start:
    b     main                 // 1
    .word 0
    .quad 0                    // load offset
    .quad image_end - _start   // size in memory
    .quad 0xa                  // little endian, 4 KiB pages, anywhere
    .quad 0, 0, 0
    .ascii "ARM\x64"
    .word 0

main:
    mov   x1, #0x9000000       // 2: UARTDR
    adr   x2, text             // 3
1:  ldrb  w0, [x2], #1         // four for each byte, and two for the final zero
    cbz   w0, 2f
    strb  w0, [x1]
    b     1b
2:  movz  w0, #0x8400, lsl #16 // PSCI SYSTEM_OFF 0x84000008
    movk  w0, #0x0008
    hvc   #0

text:
    .asciz "empty\n"
    .balign 4096
image_end:
