/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/arch/breakpoint.h. Source: Arm DDI 0487 B2.4.4, C6.2 (BRK). */
#ifndef KERNEL_ARCH_ARM64_BREAKPOINT_INLINE_H
#define KERNEL_ARCH_ARM64_BREAKPOINT_INLINE_H

#include "lib/types.h"

#define BREAKPOINTS_MAX  0x1000u
#define BREAKPOINT_FIRST 0xd000u /* no debugger's, no compiler's */

static inline uint32_t breakpoint_insn(uint32_t number)
{
    return 0xd4200000u | (BREAKPOINT_FIRST + number) << 5; /* brk #imm16 */
}

static inline void code_store(uint32_t *at, uint32_t insn)
{
    *(volatile uint32_t *)at = insn;
    /* instruction caches may be virtually indexed, and this isn't the address that is fetched from
     */
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ialluis\n\tdsb ish\n\tisb" ::"r"(at) : "memory");
}

#endif
