/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the switches in this folder know about struct g and struct gobuf, as numbers for the
 * assembler. g.h asserts every one of them. GOBUF_SLOTS counts callee-saved slots of eight bytes,
 * vector halves included.
 */
#ifndef GORT_ASM_LAYOUT_H
#define GORT_ASM_LAYOUT_H

#if defined(__x86_64__) && defined(_WIN32)
#define GOBUF_SLOTS 27
#elif defined(__x86_64__)
#define GOBUF_SLOTS 5
#elif defined(__aarch64__)
#define GOBUF_SLOTS 18
#elif defined(__riscv)
#define GOBUF_SLOTS 23
#else
#error "gort has no context switch for this machine"
#endif

#define GOBUF_SP   0
#define GOBUF_PC   8
#define GOBUF_G    16
#define GOBUF_CTXT 24
#define GOBUF_RET  32
#define GOBUF_LR   40
#define GOBUF_BP   48
#define GOBUF_REGS 56

#define G_STACK_LO 0
#define G_STACK_HI 8
#define G_SCHED    32

#endif
