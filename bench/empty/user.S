/* SPDX-License-Identifier: Apache-2.0 */
/* The empty program: what user-mode emulation takes to start, write six bytes and end. */
    .text
    .globl _start
_start:
    mov   x0, #1
    adr   x1, text
    mov   x2, #6
    mov   x8, #64              // write
    svc   #0
    mov   x0, #0
    mov   x8, #94              // exit_group
    svc   #0
text:
    .ascii "empty\n"
