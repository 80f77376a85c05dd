/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What page tables say to the hardware: TLB and instruction cache maintenance, TTBR0 (Arm ARM
 * D8.13, D8.14, D7.5.9). Broadcast to the inner-shareable domain: no interrupts between CPUs. Host
 * tests put a model of a TLB in this file's place.
 */
#ifndef KERNEL_ARCH_ARM64_TLB_H
#define KERNEL_ARCH_ARM64_TLB_H

#include "lib/types.h"

/* table_publish - a table's contents are seen before the entry that points to it, written next. */
static inline void table_publish(void)
{
    __asm__ volatile("dmb ishst" ::: "memory");
}

/* entry_publish - entries that were invalid and are valid now are seen by table walks that begin
 * after this. */
static inline void entry_publish(void)
{
    __asm__ volatile("dsb ishst" ::: "memory");
}

/* tlb_flush_range - forget [start, end) of that address space, walk caches too; entries were
 * changed before the call. */
static inline void tlb_flush_range(uint32_t asid, vaddr_t start, vaddr_t end)
{
    __asm__ volatile("dsb ishst" ::: "memory");
    for (vaddr_t va = start; va < end; va += 4096)
        __asm__ volatile("tlbi vae1is, %0" ::"r"((uint64_t)asid << 48 | va >> 12) : "memory");
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

/* tlb_flush_asid - forget all of that address space. */
static inline void tlb_flush_asid(uint32_t asid)
{
    __asm__ volatile("dsb ishst\n\ttlbi aside1is, %0\n\tdsb ish\n\tisb" ::"r"((uint64_t)asid << 48)
                     : "memory");
}

/* icache_sync - instruction fetch on every CPU sees the bytes of this page, va being its place in
 * the direct map. */
static inline void icache_sync(const void *va)
{
    uint64_t ctr;

    __asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
    if (!(ctr >> 28 & 1)) { /* CTR_EL0.IDC: data needn't be cleaned */
        uint64_t line = UINT64_C(4) << (ctr >> 16 & 15);
        for (uint64_t a = (uintptr_t)va, end = a + 4096; a < end; a += line)
            __asm__ volatile("dc cvau, %0" ::"r"(a) : "memory");
    }
    __asm__ volatile("dsb ish" ::: "memory");
    if (!(ctr >> 29 & 1)) /* CTR_EL0.DIC: instruction caches needn't be invalidated. All of them:
                             they may be virtually indexed. */
        __asm__ volatile("ic ialluis\n\tdsb ish" ::: "memory");
    __asm__ volatile("isb" ::: "memory");
}

static inline void ttbr0_write(uint64_t value)
{
    __asm__ volatile("msr ttbr0_el1, %0\n\tisb" ::"r"(value) : "memory");
}

#endif
