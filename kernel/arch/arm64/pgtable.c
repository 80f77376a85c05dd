/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User page tables in the VMSAv8-64 format (Arm ARM D8.3): four levels, 4 KiB granule, leaves at
 * level 3 (pages) and level 2 (blocks).
 *
 * An entry is 0 (nothing), a table, or a leaf. A leaf without access has its valid bit clear and
 * everything else kept, so that it costs no memory access rule of the hardware and comes back as it
 * was. Only bits 55 to 58, which the hardware ignores, are ours.
 *
 * Whatever changes a live entry does it by break before make where the manual asks for it (D8.14.1:
 * another output address, another size), and has flushed the TLBs before it returns. Removing goes
 * in passes, so that nothing is released that a CPU might still reach: make all leaves invalid,
 * flush once, release.
 */
#include "abi/errno.h"
#include "kernel/arch/arm64/pgtable_entry.h"

enum {
    ASIDS = 256, /* every implementation has at least 8 bits */
    RUN_GROUP = 4,
    RUN_LONG = PGTABLE_RUN_MAX,
};

static uint64_t asid_used[ASIDS / 64] = {1}; /* 0 stands for no program */

/* ---- finding entries ---- */

uint64_t *pgtable_entry(const struct pgtable *pt, vaddr_t va, unsigned *shift)
{
    uint64_t *table = phys_to_virt(pt->root);
    unsigned s = SHIFT_TOP;

    for (;; s -= LEVEL_BITS) {
        uint64_t *slot = &table[index_of(va, s)];
        if (!is_table(*slot, s)) {
            *shift = s;
            return slot;
        }
        table = table_at(*slot);
    }
}

static bool add_table(struct pgtable *pt, uint64_t *slot)
{
    paddr_t pa = pgtable_table_alloc();

    if (!pa)
        return false;
    pt->table_pages++;
    table_publish();
    entry_write(slot, pa | ENTRY_VALID | ENTRY_TABLE);
    return true;
}

uint64_t *pgtable_make_slot(struct pgtable *pt, vaddr_t va, unsigned level)
{
    uint64_t *table = phys_to_virt(pt->root);

    for (unsigned s = SHIFT_TOP; s > level; s -= LEVEL_BITS) {
        uint64_t *slot = &table[index_of(va, s)];
        if (UNLIKELY(!is_table(*slot, s)) && (*slot || !add_table(pt, slot)))
            return NULL;
        table = table_at(*slot);
    }
    return &table[index_of(va, level)];
}

/* ---- life ---- */

static uint32_t asid_alloc(void)
{
    for (unsigned i = 0; i < ASIDS; i++) {
        uint64_t bit = BIT(i % 64);
        if (!(__atomic_fetch_or(&asid_used[i / 64], bit, __ATOMIC_RELAXED) & bit))
            return i;
    }
    return 0;
}

static void asid_free(uint32_t asid)
{
    __atomic_fetch_and(&asid_used[asid / 64], ~BIT(asid % 64), __ATOMIC_RELAXED);
}

int pgtable_init(struct pgtable *pt)
{
    uint32_t asid = asid_alloc();

    if (!asid)
        return -ENOMEM;
    pt->root = pgtable_table_alloc();
    if (!pt->root) {
        asid_free(asid);
        return -ENOMEM;
    }
    pt->asid = asid;
    pt->table_pages = 1;
    return 0;
}

/* ---- mapping ---- */

int pgtable_find_place(struct pgtable *pt, vaddr_t va, unsigned prot, unsigned flags,
                       struct pgtable_place *p)
{
    unsigned shift;
    uint64_t *slot = pgtable_make_slot(pt, va, SHIFT_PAGE);

    if (UNLIKELY(!slot)) {
        p->used = *pgtable_entry(pt, va, &shift); /* a block */
        return p->used ? 0 : -ENOMEM;
    }
    p->slot = slot;
    p->used = *slot;
    p->bits = leaf(0, prot, flags, SHIFT_PAGE);
    p->sync = flags & PGTABLE_SYNC && prot & PGTABLE_EXEC;
    return 0;
}

unsigned pgtable_run(struct pgtable_place *p, vaddr_t va, uint64_t before, uint64_t behind)
{
    unsigned index = index_of(va, SHIFT_PAGE), in_group = index % RUN_GROUP, n = 1;
    unsigned max = RUN_GROUP - in_group;
    uint64_t *slot = p->slot;

    if (index >= RUN_LONG && slot[-1] && slot[-RUN_LONG / 2] && slot[-RUN_LONG])
        max = MIN(RUN_LONG, ENTRIES - index);
    for (max = (unsigned)MIN(max, behind); n < max && !slot[n];)
        n++;
    for (before = MIN(before, in_group); before-- && !slot[-1]; n++)
        slot--;
    p->slot = slot;
    return n;
}

unsigned pgtable_fill(const struct pgtable_place *p, const paddr_t *pages, unsigned n)
{
    unsigned filled = 0;

    for (unsigned i = 0; i < n; i++) {
        if (UNLIKELY(p->slot[i])) {
            pgtable_release_page(pages[i], 0);
            continue;
        }
        if (UNLIKELY(p->sync))
            icache_sync(phys_to_virt(pages[i]));
        entry_write(&p->slot[i], p->bits | pages[i]);
        filled++;
    }
    entry_publish();
    return filled;
}

int pgtable_map(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot, unsigned flags)
{
    struct pgtable_place p;
    int err = pgtable_find_place(pt, va, prot, flags, &p);

    if (!err)
        pgtable_fill(&p, &pa, 1);
    return err;
}

int pgtable_map_run(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned pages, unsigned prot,
                    unsigned flags)
{
    uint64_t *slot = pgtable_make_slot(pt, va, SHIFT_PAGE);
    uint64_t e = leaf(pa, prot, flags, SHIFT_PAGE);
    unsigned n = MIN(pages, ENTRIES - index_of(va, SHIFT_PAGE));

    if (!slot)
        return -ENOMEM;
    for (unsigned i = 0; i < n; i++, e += PGTABLE_PAGE)
        if (!slot[i])
            entry_write(&slot[i], e);
    entry_publish();
    return (int)n;
}

int pgtable_map_block(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot, unsigned flags)
{
    uint64_t *slot = pgtable_make_slot(pt, va, SHIFT_BLOCK);

    if (!slot)
        return -ENOMEM;
    if (*slot)
        return -EEXIST;
    if (flags & PGTABLE_SYNC && prot & PGTABLE_EXEC)
        sync_pages(pa, PGTABLE_BLOCK);
    entry_write(slot, leaf(pa, prot, flags, SHIFT_BLOCK));
    entry_publish();
    return 0;
}

void pgtable_replace(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot, unsigned flags)
{
    unsigned shift;
    uint64_t *slot = pgtable_entry(pt, va, &shift), old = *slot;

    if (flags & PGTABLE_SYNC && prot & PGTABLE_EXEC)
        icache_sync(phys_to_virt(pa));
    entry_write(slot, 0);
    if (old & ENTRY_VALID)
        flush(pt, va, va + PGTABLE_PAGE);
    entry_write(slot, leaf(pa, prot, flags, shift));
    entry_publish();
    release_leaf(old, shift);
}

bool pgtable_query(const struct pgtable *pt, vaddr_t va, struct pgtable_entry *out)
{
    unsigned shift;
    uint64_t e = *pgtable_entry(pt, va, &shift);

    if (!e)
        return false;
    out->pa = (e & ENTRY_ADDRESS) + (va & (span(shift) - 1) & ~(PGTABLE_PAGE - 1));
    out->prot = leaf_prot(e);
    out->flags = (e & ENTRY_OWNED ? PGTABLE_OWNED : 0) | (e & ENTRY_COW ? PGTABLE_COW : 0);
    out->block = shift == SHIFT_BLOCK;
    out->accessible = e & ENTRY_VALID;
    return true;
}

void pgtable_destroy(struct pgtable *pt)
{
    pgtable_trim(pt, 0, BIT(48), 0, BIT(48));
    tlb_flush_asid(pt->asid);
    pgtable_table_free(pt->root);
    asid_free(pt->asid);
    *pt = (struct pgtable){0};
}

void pgtable_activate(const struct pgtable *pt)
{
    ttbr0_write((uint64_t)pt->asid << 48 | pt->root);
}

void pgtable_deactivate(const struct pgtable *empty)
{
    ttbr0_write(empty->root);
}
