/* SPDX-License-Identifier: Apache-2.0 */
/* For tests that look at page tables themselves: a machine that remembers nothing of them. */
#include "tests/fake/kernel/arch/arm64/tlb.h"

void fake_tlb_flush(uint32_t asid, vaddr_t start, vaddr_t end)
{
    (void)asid, (void)start, (void)end;
}

void fake_icache_sync(const void *va)
{
    (void)va;
}

void fake_ttbr0(uint64_t value)
{
    (void)value;
}
