/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for kernel/arch/arm64/tlb.h on the host: what the page tables tell the hardware goes to
 * functions of the test. */
#ifndef TESTS_FAKE_KERNEL_ARCH_ARM64_TLB_H
#define TESTS_FAKE_KERNEL_ARCH_ARM64_TLB_H

#include "lib/types.h"

void fake_tlb_flush(uint32_t asid, vaddr_t start, vaddr_t end);
void fake_icache_sync(const void *va);
void fake_ttbr0(uint64_t value);

static inline void table_publish(void)
{
}

static inline void entry_publish(void)
{
}

static inline void tlb_flush_range(uint32_t asid, vaddr_t start, vaddr_t end)
{
    fake_tlb_flush(asid, start, end);
}

static inline void tlb_flush_asid(uint32_t asid)
{
    fake_tlb_flush(asid, 0, UINT64_C(1) << 48);
}

static inline void icache_sync(const void *va)
{
    fake_icache_sync(va);
}

static inline void ttbr0_write(uint64_t value)
{
    fake_ttbr0(value);
}

#endif
