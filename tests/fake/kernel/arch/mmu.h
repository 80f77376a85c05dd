/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for kernel/arch/mmu.h on the host (-iquote tests/fake): physical addresses are the
 * host's own. */
#ifndef TESTS_FAKE_KERNEL_ARCH_MMU_H
#define TESTS_FAKE_KERNEL_ARCH_MMU_H

#include "lib/str.h"
#include "lib/types.h"

static inline void *phys_to_virt(paddr_t pa)
{
    return (void *)(uintptr_t)pa;
}

static inline paddr_t virt_to_phys(const void *va)
{
    return (paddr_t)(uintptr_t)va;
}

static inline void clear_page(void *va)
{
    memset(va, 0, 4096);
}

static inline volatile void *mmio_map(paddr_t pa, size_t size_bytes)
{
    (void)size_bytes;
    return (volatile void *)(uintptr_t)pa;
}

#endif
