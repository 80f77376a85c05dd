/* SPDX-License-Identifier: Apache-2.0 */
/* The direct map's arithmetic and page clearing on arm64. */
#ifndef KERNEL_ARCH_ARM64_MMU_INLINE_H
#define KERNEL_ARCH_ARM64_MMU_INLINE_H

#include "kernel/arch/arm64/asm.h"
#include "lib/types.h"

static inline void *phys_to_virt(paddr_t pa)
{
    return (void *)(DIRECT_MAP_BASE + pa);
}

static inline paddr_t virt_to_phys(const void *va)
{
    return (paddr_t)(uintptr_t)va - DIRECT_MAP_BASE;
}

/* clear_page - zero the page at va, which is page-aligned. */
void clear_page(void *va);

#endif
