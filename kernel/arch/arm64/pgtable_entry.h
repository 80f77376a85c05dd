/* SPDX-License-Identifier: Apache-2.0 */
/* The format of an entry and what is done with one, for pgtable.c and pgtable_change.c. */
#ifndef KERNEL_ARCH_ARM64_PGTABLE_ENTRY_H
#define KERNEL_ARCH_ARM64_PGTABLE_ENTRY_H

#include "kernel/arch/arm64/tlb.h"
#include "kernel/arch/mmu.h"
#include "kernel/arch/pgtable.h"

#define BIT(n)        (UINT64_C(1) << (n))

#define ENTRY_VALID   BIT(0)
#define ENTRY_TABLE   BIT(1) /* levels 0 to 2: table; level 3: page */
#define ENTRY_USER    BIT(6) /* AP[1] */
#define ENTRY_RO      BIT(7) /* AP[2] */
#define ENTRY_SH      (UINT64_C(3) << 8)
#define ENTRY_AF      BIT(10)
#define ENTRY_NG      BIT(11)
#define ENTRY_PXN     BIT(53)
#define ENTRY_UXN     BIT(54)
#define ENTRY_OWNED   BIT(55)
#define ENTRY_COW     BIT(56)
#define ENTRY_WRITE   BIT(57) /* prot has WRITE, whatever ENTRY_RO says */
#define ENTRY_USED    BIT(58) /* a leaf, accessible or not */
#define ENTRY_ADDRESS UINT64_C(0x0000fffffffff000)

enum {
    SHIFT_PAGE = 12,
    SHIFT_BLOCK = 21,
    SHIFT_TOP = 39,
    LEVEL_BITS = 9,
    ENTRIES = 512,
    OWN_BITS = 55,        /* where PGTABLE_OWNED and PGTABLE_COW are kept */
    FLUSH_PAGES_MAX = 64, /* more than that: the whole address space at once */
};

static inline uint64_t span(unsigned shift)
{
    return UINT64_C(1) << shift;
}

static inline unsigned index_of(vaddr_t va, unsigned shift)
{
    return va >> shift & (ENTRIES - 1);
}

static inline bool is_table(uint64_t e, unsigned shift)
{
    return shift > SHIFT_PAGE && (e & (ENTRY_VALID | ENTRY_TABLE)) == (ENTRY_VALID | ENTRY_TABLE);
}

static inline uint64_t *table_at(uint64_t e)
{
    return phys_to_virt(e & ENTRY_ADDRESS);
}

static inline void entry_write(uint64_t *slot, uint64_t e)
{
    __atomic_store_n(slot, e, __ATOMIC_RELAXED); /* one store: walks see the old or the new */
}

/* ---- leaves ---- */

#define ACCESS_RO (ENTRY_USER | ENTRY_PXN | ENTRY_RO)
#define ACCESS_RW (ENTRY_USER | ENTRY_PXN | ENTRY_WRITE)

/* The bits that permissions decide. */
static inline uint64_t access_bits(unsigned prot, bool cow)
{
    static const uint64_t by_prot[8] = {
        [0] = ACCESS_RO | ENTRY_UXN,
        [PGTABLE_READ] = ACCESS_RO | ENTRY_UXN | ENTRY_VALID,
        [PGTABLE_WRITE] = ACCESS_RW | ENTRY_UXN | ENTRY_VALID,
        [PGTABLE_WRITE | PGTABLE_READ] = ACCESS_RW | ENTRY_UXN | ENTRY_VALID,
        [PGTABLE_EXEC] = ACCESS_RO | ENTRY_VALID,
        [PGTABLE_EXEC | PGTABLE_READ] = ACCESS_RO | ENTRY_VALID,
        [PGTABLE_EXEC | PGTABLE_WRITE] = ACCESS_RW | ENTRY_VALID,
        [PGTABLE_EXEC | PGTABLE_WRITE | PGTABLE_READ] = ACCESS_RW | ENTRY_VALID,
    };

    return by_prot[prot & 7] | (cow ? ENTRY_RO : 0);
}

#define ACCESS_MASK (ENTRY_VALID | ENTRY_USER | ENTRY_RO | ENTRY_PXN | ENTRY_UXN | ENTRY_WRITE)

_Static_assert((uint64_t)PGTABLE_OWNED << OWN_BITS == ENTRY_OWNED, "PGTABLE_OWNED is shifted");
_Static_assert((uint64_t)PGTABLE_COW << OWN_BITS == ENTRY_COW, "PGTABLE_COW is shifted");

static inline uint64_t leaf(paddr_t pa, unsigned prot, unsigned flags, unsigned shift)
{
    uint64_t own = (uint64_t)(flags & (PGTABLE_OWNED | PGTABLE_COW)) << OWN_BITS;

    return pa | ENTRY_SH | ENTRY_AF | ENTRY_NG | ENTRY_USED |
           (shift == SHIFT_PAGE ? ENTRY_TABLE : 0) | own | access_bits(prot, flags & PGTABLE_COW);
}

static inline unsigned leaf_prot(uint64_t e)
{
    if (!(e & ENTRY_VALID))
        return 0;
    return PGTABLE_READ | (e & ENTRY_WRITE ? PGTABLE_WRITE : 0) |
           (e & ENTRY_UXN ? 0 : PGTABLE_EXEC);
}

static inline void sync_pages(paddr_t pa, uint64_t bytes)
{
    for (paddr_t end = pa + bytes; pa < end; pa += PGTABLE_PAGE)
        icache_sync(phys_to_virt(pa));
}

static inline void release_leaf(uint64_t e, unsigned shift)
{
    if (e & ENTRY_OWNED)
        pgtable_release_page(e & ENTRY_ADDRESS, shift - SHIFT_PAGE);
}

static inline void flush(const struct pgtable *pt, vaddr_t start, vaddr_t end)
{
    if (end - start > FLUSH_PAGES_MAX * PGTABLE_PAGE)
        tlb_flush_asid(pt->asid);
    else
        tlb_flush_range(pt->asid, start, end);
}

/* pgtable_entry - the entry that decides va: a leaf, or the empty place where the walk ends.
 * *shift: its level. */
uint64_t *pgtable_entry(const struct pgtable *pt, vaddr_t va, unsigned *shift);

/* pgtable_make_slot - the slot for va at `level` (a shift), making the tables above it. NULL: no
 * memory, or a block is in the way. */
uint64_t *pgtable_make_slot(struct pgtable *pt, vaddr_t va, unsigned level);

#endif
