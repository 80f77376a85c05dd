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
#include "kernel/arch/pgtable.h"
#include "abi/errno.h"
#include "kernel/arch/arm64/tlb.h"
#include "kernel/arch/mmu.h"
#include "lib/str.h"

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
    FLUSH_PAGES_MAX = 64, /* more than that: the whole address space at once */
    ASIDS = 256,          /* every implementation has at least 8 bits */
};

static uint64_t asid_used[ASIDS / 64] = {1}; /* 0 stands for no program */

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

/* The bits that permissions decide. */
static uint64_t access_bits(unsigned prot, bool cow)
{
    uint64_t e = ENTRY_USER | ENTRY_PXN;

    if (prot)
        e |= ENTRY_VALID;
    if (prot & PGTABLE_WRITE)
        e |= ENTRY_WRITE;
    if (!(prot & PGTABLE_WRITE) || cow)
        e |= ENTRY_RO;
    if (!(prot & PGTABLE_EXEC))
        e |= ENTRY_UXN;
    return e;
}

#define ACCESS_MASK (ENTRY_VALID | ENTRY_USER | ENTRY_RO | ENTRY_PXN | ENTRY_UXN | ENTRY_WRITE)

static uint64_t leaf(paddr_t pa, unsigned prot, unsigned flags, unsigned shift)
{
    uint64_t e =
        pa | ENTRY_SH | ENTRY_AF | ENTRY_NG | ENTRY_USED | access_bits(prot, flags & PGTABLE_COW);

    if (shift == SHIFT_PAGE)
        e |= ENTRY_TABLE;
    if (flags & PGTABLE_OWNED)
        e |= ENTRY_OWNED;
    if (flags & PGTABLE_COW)
        e |= ENTRY_COW;
    return e;
}

static unsigned leaf_prot(uint64_t e)
{
    if (!(e & ENTRY_VALID))
        return 0;
    return PGTABLE_READ | (e & ENTRY_WRITE ? PGTABLE_WRITE : 0) |
           (e & ENTRY_UXN ? 0 : PGTABLE_EXEC);
}

static void sync_pages(paddr_t pa, uint64_t bytes)
{
    for (paddr_t end = pa + bytes; pa < end; pa += PGTABLE_PAGE)
        icache_sync(phys_to_virt(pa));
}

static void release_leaf(uint64_t e, unsigned shift)
{
    if (e & ENTRY_OWNED)
        pgtable_release_page(e & ENTRY_ADDRESS, shift - SHIFT_PAGE);
}

static void flush(const struct pgtable *pt, vaddr_t start, vaddr_t end)
{
    if (end - start > FLUSH_PAGES_MAX * PGTABLE_PAGE)
        tlb_flush_asid(pt->asid);
    else
        tlb_flush_range(pt->asid, start, end);
}

/* ---- finding entries ---- */

/* The entry that decides va: a leaf, or the empty place where the walk ends. *shift: its level. */
static uint64_t *find_entry(const struct pgtable *pt, vaddr_t va, unsigned *shift)
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

/* The slot for va at `level`'s shift, making the tables above it. NULL: no memory, or a block is in
 * the way. */
static uint64_t *make_slot(struct pgtable *pt, vaddr_t va, unsigned level)
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
    uint64_t *slot = find_entry(c->pt, c->va, &c->shift);
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

int pgtable_map(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot, unsigned flags)
{
    uint64_t *slot = make_slot(pt, va, SHIFT_PAGE);

    if (UNLIKELY(!slot))
        return -ENOMEM;
    if (UNLIKELY(flags & PGTABLE_SYNC) && prot & PGTABLE_EXEC)
        icache_sync(phys_to_virt(pa));
    entry_write(slot, leaf(pa, prot, flags, SHIFT_PAGE));
    entry_publish();
    return 0;
}

int pgtable_map_run(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned pages, unsigned prot,
                    unsigned flags)
{
    uint64_t *slot = make_slot(pt, va, SHIFT_PAGE);
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
    uint64_t *slot = make_slot(pt, va, SHIFT_BLOCK);

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
    uint64_t *slot = find_entry(pt, va, &shift), old = *slot;

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
    uint64_t e = *find_entry(pt, va, &shift);

    if (!e)
        return false;
    out->pa = (e & ENTRY_ADDRESS) + (va & (span(shift) - 1) & ~(PGTABLE_PAGE - 1));
    out->prot = leaf_prot(e);
    out->flags = (e & ENTRY_OWNED ? PGTABLE_OWNED : 0) | (e & ENTRY_COW ? PGTABLE_COW : 0);
    out->block = shift == SHIFT_BLOCK;
    out->accessible = e & ENTRY_VALID;
    return true;
}

vaddr_t pgtable_next(const struct pgtable *pt, vaddr_t va, vaddr_t end)
{
    struct cursor c = {.pt = pt, .va = va, .end = end};

    return cursor_find(&c) ? MAX(c.va, va) : end;
}

/* ---- taking away ---- */

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

void pgtable_destroy(struct pgtable *pt)
{
    pgtable_trim(pt, 0, BIT(48), 0, BIT(48));
    tlb_flush_asid(pt->asid);
    pgtable_table_free(pt->root);
    asid_free(pt->asid);
    *pt = (struct pgtable){0};
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
    uint64_t *slot = find_entry(pt, va, &shift), old = *slot, *table;

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
        uint64_t *target = make_slot(pt, to + (c.va - from), c.shift);
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

void pgtable_activate(const struct pgtable *pt)
{
    ttbr0_write((uint64_t)pt->asid << 48 | pt->root);
}

void pgtable_deactivate(const struct pgtable *empty)
{
    ttbr0_write(empty->root);
}
