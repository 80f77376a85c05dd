/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tables: what goes over a range of them. Removing, protecting, splitting, moving; see
 * pgtable.c for the rules.
 */
#include "abi/errno.h"
#include "kernel/arch/arm64/pgtable_entry.h"

/* A walk over the leaves of a range; the last level 3 table is kept, so that neighbours cost
 * little. */
struct cursor {
    const struct pgtable *pt;
    vaddr_t va, end;
    unsigned shift;  /* of the leaf found */
    uint64_t *table; /* level 3 table of table_base, or NULL */
    vaddr_t table_base;
};

static uint64_t *cursor_entry(struct cursor *c)
{
    if (c->table && ALIGN_DOWN(c->va, PGTABLE_BLOCK) == c->table_base) {
        c->shift = SHIFT_PAGE;
        return &c->table[index_of(c->va, SHIFT_PAGE)];
    }
    uint64_t *slot = pgtable_entry(c->pt, c->va, &c->shift);
    c->table = c->shift == SHIFT_PAGE ? slot - index_of(c->va, SHIFT_PAGE) : NULL;
    c->table_base = ALIGN_DOWN(c->va, PGTABLE_BLOCK);
    return slot;
}

/* The next leaf at or behind c->va, which is set to its first address; NULL at the end. */
static uint64_t *cursor_find(struct cursor *c)
{
    while (c->va < c->end) {
        uint64_t *slot = cursor_entry(c);
        if (*slot) {
            c->va = ALIGN_DOWN(c->va, span(c->shift));
            return slot;
        }
        c->va = ALIGN_DOWN(c->va, span(c->shift)) + span(c->shift);
    }
    return NULL;
}

#define for_each_leaf(c, slot) \
    for (uint64_t * slot; (slot = cursor_find(&(c))); (c).va += span((c).shift))

vaddr_t pgtable_next(const struct pgtable *pt, vaddr_t va, vaddr_t end)
{
    struct cursor c = {.pt = pt, .va = va, .end = end};

    return cursor_find(&c) ? MAX(c.va, va) : end;
}

/* Make the leaves of a range invalid and flush, if any was valid. */
static void invalidate(const struct pgtable *pt, vaddr_t start, vaddr_t end)
{
    struct cursor c = {.pt = pt, .va = start, .end = end};
    vaddr_t first = end, last = start;

    for_each_leaf(c, slot)
    {
        if (!(*slot & ENTRY_VALID))
            continue;
        entry_write(slot, *slot & ~ENTRY_VALID);
        first = MIN(first, c.va);
        last = c.va + span(c.shift);
    }
    if (first < last)
        flush(pt, first, last);
}

/* Release the leaves of a range, which nobody reaches any more. */
static uint64_t reap(const struct pgtable *pt, vaddr_t start, vaddr_t end)
{
    struct cursor c = {.pt = pt, .va = start, .end = end};
    uint64_t owned = 0;

    for_each_leaf(c, slot)
    {
        uint64_t e = *slot;
        entry_write(slot, 0);
        release_leaf(e, c.shift);
        if (e & ENTRY_OWNED)
            owned += span(c.shift) >> SHIFT_PAGE;
    }
    return owned;
}

uint64_t pgtable_unmap(struct pgtable *pt, vaddr_t start, vaddr_t end)
{
    invalidate(pt, start, end);
    return reap(pt, start, end);
}

struct trim {
    struct pgtable *pt;
    vaddr_t start, end;     /* where to look */
    vaddr_t floor, ceiling; /* where nothing is mapped */
    paddr_t chain;          /* tables unlinked so far */
};

/* Chained through its first word, which a walk that still holds the old link reads as invalid. */
static void unlink_table(struct trim *t, uint64_t *slot)
{
    paddr_t pa = *slot & ENTRY_ADDRESS;

    entry_write(slot, 0);
    entry_write(phys_to_virt(pa), t->chain);
    t->chain = pa;
    t->pt->table_pages--;
}

/* The tables below `table`, whose entries span 2^shift bytes each from base on. Three deep. */
static void unlink_tables(struct trim *t, uint64_t *table, unsigned shift, vaddr_t base)
{
    vaddr_t start = MAX(t->start, base), end = MIN(t->end, base + ENTRIES * span(shift));

    for (vaddr_t at = ALIGN_DOWN(start, span(shift)); at < end; at += span(shift)) {
        uint64_t *slot = &table[index_of(at, shift)];
        if (!is_table(*slot, shift))
            continue;
        if (shift > SHIFT_BLOCK)
            unlink_tables(t, table_at(*slot), shift - LEVEL_BITS, at);
        if (at >= t->floor && at + span(shift) <= t->ceiling)
            unlink_table(t, slot);
    }
}

void pgtable_trim(struct pgtable *pt, vaddr_t start, vaddr_t end, vaddr_t floor, vaddr_t ceiling)
{
    struct trim t = {pt, start, end, floor, ceiling, 0};

    unlink_tables(&t, phys_to_virt(pt->root), SHIFT_TOP, 0);
    if (t.chain)
        tlb_flush_asid(pt->asid);
    while (t.chain) {
        paddr_t pa = t.chain;
        t.chain = *(uint64_t *)phys_to_virt(pa);
        pgtable_table_free(pa);
    }
}

void pgtable_protect(struct pgtable *pt, vaddr_t start, vaddr_t end, unsigned prot)
{
    struct cursor c = {.pt = pt, .va = start, .end = end};
    vaddr_t first = end, last = start;

    for_each_leaf(c, slot)
    {
        uint64_t old = *slot, e = (old & ~ACCESS_MASK) | access_bits(prot, old & ENTRY_COW);
        if (e == old)
            continue;
        if (prot & PGTABLE_EXEC && !(leaf_prot(old) & PGTABLE_EXEC) && old & ENTRY_OWNED)
            sync_pages(old & ENTRY_ADDRESS, span(c.shift));
        entry_write(slot, e);
        if (old & ENTRY_VALID) {
            first = MIN(first, c.va);
            last = c.va + span(c.shift);
        }
    }
    /* Also for rights that were only added: a TLB may go on refusing by the old entry. */
    if (first < last)
        flush(pt, first, last);
    else
        entry_publish();
}

int pgtable_split(struct pgtable *pt, vaddr_t va)
{
    unsigned shift;
    uint64_t *slot = pgtable_entry(pt, va, &shift), old = *slot, *table;

    if (!old || shift != SHIFT_BLOCK)
        return 0;
    paddr_t pa = pgtable_table_alloc();
    if (!pa)
        return -ENOMEM;
    table = phys_to_virt(pa);
    for (unsigned i = 0; i < ENTRIES; i++)
        table[i] = (old | ENTRY_TABLE) + i * PGTABLE_PAGE;
    pt->table_pages++;
    entry_write(slot, 0);
    flush(pt, ALIGN_DOWN(va, PGTABLE_BLOCK), ALIGN_DOWN(va, PGTABLE_BLOCK) + PGTABLE_PAGE);
    entry_write(slot, pa | ENTRY_VALID | ENTRY_TABLE);
    entry_publish();
    if (old & ENTRY_OWNED)
        pgtable_split_page(old & ENTRY_ADDRESS);
    return 0;
}

int pgtable_move(struct pgtable *pt, vaddr_t from, vaddr_t to, uint64_t size_bytes, uint64_t *moved)
{
    struct cursor c = {.pt = pt, .va = from, .end = from + size_bytes};
    int err = 0;

    for_each_leaf(c, slot)
    {
        uint64_t *target = pgtable_make_slot(pt, to + (c.va - from), c.shift);
        if (!target || *target) {
            err = -ENOMEM;
            break;
        }
        entry_write(target, *slot);
        entry_write(slot, 0);
    }
    *moved = MIN(c.va, c.end) - from;
    flush(pt, from, from + size_bytes);
    return err;
}
