/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/arch/breakpoint.h. Source: Arm DDI 0487 B2.4.4, C6.2 (BRK). */
#ifndef KERNEL_ARCH_ARM64_BREAKPOINT_INLINE_H
#define KERNEL_ARCH_ARM64_BREAKPOINT_INLINE_H

#include "lib/types.h"

#define BREAKPOINT_INSN 0xd43a9b40u /* brk #0xd4da */

static inline void code_store(uint32_t *at, uint32_t insn)
{
    *(volatile uint32_t *)at = insn;
    /* instruction caches may be virtually indexed, and this isn't the address that is fetched from
     */
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ialluis\n\tdsb ish\n\tisb" ::"r"(at) : "memory");
}

#endif
