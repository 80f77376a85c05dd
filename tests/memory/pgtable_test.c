/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page tables against a model (an array of pages at scattered addresses), read back by a walker
 * written from the Arm ARM (D8.3: descriptor formats; D8.4: access permissions), with a TLB that
 * remembers as much and for as long as the architecture lets it.
 */
#include "kernel/arch/arm64/tlb.h"
#include "kernel/arch/pgtable.h"
#include "tests/fake/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { CHUNKS = 10, PER_CHUNK = 512, PAGES = CHUNKS * PER_CHUNK };

/* What the machine makes of an address. */
struct view {
    bool valid, user_read, user_write, user_exec, kernel_exec, not_global;
    uint64_t pa;
};

struct model {
    bool used, block;
    uint64_t pa;
    unsigned prot, flags;
};

static struct pgtable pt;
static uint64_t chunk_va[CHUNKS]; /* 2 MiB each, rising */
static struct model model[PAGES];
static struct view tlb[PAGES];
static long tables, owned_refs;
static unsigned synced;
static uint64_t ttbr0;

/* ---- the independent walker ---- */

static struct view walk(uint64_t va)
{
    uint64_t table = pt.root, d = 0;
    struct view v = {0};
    int level;

    for (level = 0; level < 4; level++) {
        unsigned low = 39 - 9 * (unsigned)level;
        d = ((const uint64_t *)table)[(va >> low) % 512];
        if ((d & 1) == 0)
            return v;
        if (level == 3) {
            assert_int_equal(d & 3, 3); /* 01 is reserved at level 3 */
            break;
        }
        if ((d & 3) == 1) {
            assert_int_equal(level, 2); /* we use no 1 GiB blocks */
            break;
        }
        assert_int_equal(d >> 59, 0); /* no hierarchical attributes */
        table = d & 0xfffffffff000;
    }
    uint64_t size = level == 2 ? 0x200000 : 0x1000;
    assert_int_equal((d & 0xfffffffff000) % size, 0);
    assert_true(d >> 10 & 1);        /* AF: else an access flag fault */
    assert_int_equal(d >> 8 & 3, 3); /* inner shareable */
    assert_int_equal(d >> 2 & 7, 0); /* MAIR index 0: normal memory */
    v.valid = true;
    v.pa = (d & 0xfffffffff000) + va % size;
    v.user_read = d >> 6 & 1;                    /* AP[1] */
    v.user_write = v.user_read && !(d >> 7 & 1); /* AP[2] clear */
    v.user_exec = !(d >> 54 & 1);                /* UXN clear */
    v.kernel_exec = !(d >> 53 & 1);              /* PXN clear */
    v.not_global = d >> 11 & 1;
    return v;
}

static uint64_t va_of(unsigned page)
{
    return chunk_va[page / PER_CHUNK] + (uint64_t)(page % PER_CHUNK) * 4096;
}

static bool same_view(const struct view *a, const struct view *b)
{
    return a->valid == b->valid &&
           (!a->valid || (a->pa == b->pa && a->user_read == b->user_read &&
                          a->user_write == b->user_write && a->user_exec == b->user_exec));
}

/* ---- the TLB ---- */

void fake_tlb_flush(uint32_t asid, vaddr_t start, vaddr_t end)
{
    assert_int_equal(asid, pt.asid);
    for (unsigned i = 0; i < PAGES; i++) {
        if (va_of(i) < start || va_of(i) >= end)
            continue;
        struct view now = walk(va_of(i));
        /* Break before make: what was cached may not have become another page without being invalid
         * in between. */
        assert_false(tlb[i].valid && now.valid && tlb[i].pa != now.pa);
        tlb[i] = now;
    }
}

/* Another CPU looks at everything, all the time: whatever is valid gets cached unless something is
 * cached already. */
static void speculate(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (!tlb[i].valid)
            tlb[i] = walk(va_of(i));
}

void fake_icache_sync(const void *va)
{
    (void)va;
    synced++;
}

void fake_ttbr0(uint64_t value)
{
    ttbr0 = value;
}

/* ---- what the core provides ---- */

paddr_t pgtable_table_alloc(void)
{
    void *p = aligned_alloc(4096, 4096);

    memset(p, 0, 4096);
    tables++;
    return (paddr_t)p;
}

void pgtable_table_free(paddr_t pa)
{
    memset((void *)pa, 0xdb, 4096);
    free((void *)pa);
    tables--;
}

void pgtable_release_page(paddr_t pa, unsigned order)
{
    for (unsigned i = 0; i < PAGES; i++)
        assert_false(tlb[i].valid && tlb[i].pa >= pa && tlb[i].pa < pa + (4096u << order));
    owned_refs -= 1 << order;
}

void pgtable_split_page(paddr_t pa)
{
    (void)pa;
}

/* ---- the model ---- */

static void check(void)
{
    speculate();
    for (unsigned i = 0; i < PAGES; i++) {
        const struct model *m = &model[i];
        struct view v = walk(va_of(i));
        struct pgtable_entry e;

        assert_true(same_view(&tlb[i], &v)); /* nothing stale */
        assert_int_equal(v.valid, m->used && m->prot);
        assert_int_equal(pgtable_query(&pt, va_of(i) + 123, &e), m->used);
        if (!m->used)
            continue;
        assert_int_equal(e.pa, m->pa);
        assert_int_equal(e.prot, m->prot ? m->prot | PGTABLE_READ : 0);
        assert_int_equal(e.flags, m->flags);
        assert_int_equal(e.block, m->block);
        if (!v.valid)
            continue;
        assert_int_equal(v.pa, m->pa);
        assert_true(v.user_read && !v.kernel_exec && v.not_global);
        assert_int_equal(v.user_write, (m->prot & PGTABLE_WRITE) && !(m->flags & PGTABLE_COW));
        assert_int_equal(v.user_exec, (m->prot & PGTABLE_EXEC) != 0);
    }
}

static unsigned random_prot(void)
{
    return (unsigned)random_below(8);
}

static uint64_t random_pa(uint64_t align)
{
    return (random_next() & 0x7fffffffffff & ~(align - 1)) | UINT64_C(0x800000000000);
}

static void set(unsigned page, uint64_t pa, unsigned prot, unsigned flags, bool block)
{
    model[page] = (struct model){true, block, pa, prot, flags};
    if (flags & PGTABLE_OWNED)
        owned_refs++;
}

static unsigned random_flags(void)
{
    return (unsigned)random_below(4); /* OWNED, COW */
}

static void op_map(unsigned page)
{
    unsigned prot = random_prot(), flags = random_flags(), before = synced;
    uint64_t pa = random_pa(4096);

    if (model[page].used)
        return;
    assert_int_equal(pgtable_map(&pt, va_of(page), pa, prot, flags | PGTABLE_SYNC), 0);
    assert_int_equal(synced - before, prot & PGTABLE_EXEC ? 1 : 0);
    set(page, pa, prot, flags, false);
}

static void op_map_run(unsigned page)
{
    unsigned prot = random_prot(), n = 1 + (unsigned)random_below(600);
    unsigned room = PER_CHUNK - page % PER_CHUNK;
    uint64_t pa = random_pa(4096) & 0xffffffffffff;

    if (model[page].block)
        return;
    assert_int_equal(pgtable_map_run(&pt, va_of(page), pa, n, prot, PGTABLE_COW),
                     n < room ? n : room);
    for (unsigned i = 0; i < n && i < room; i++)
        if (!model[page + i].used)
            set(page + i, pa + i * 4096, prot, PGTABLE_COW, false);
}

static bool chunk_empty(unsigned chunk)
{
    for (unsigned i = 0; i < PER_CHUNK; i++)
        if (model[chunk * PER_CHUNK + i].used)
            return false;
    return true;
}

static void op_map_block(unsigned page)
{
    unsigned chunk = page / PER_CHUNK, prot = random_prot(), flags = random_flags() & PGTABLE_OWNED;
    uint64_t pa = random_pa(0x200000), at = chunk_va[chunk];

    if (!chunk_empty(chunk))
        return;
    pgtable_trim(&pt, at, at + 0x200000, at, at + 0x200000);
    assert_int_equal(pgtable_map_block(&pt, at, pa, prot, flags), 0);
    for (unsigned i = 0; i < PER_CHUNK; i++)
        set(chunk * PER_CHUNK + i, pa + i * 4096, prot, flags, true);
}

static void op_replace(unsigned page)
{
    unsigned prot = random_prot(), flags = random_flags();
    uint64_t pa = random_pa(4096);

    if (!model[page].used || model[page].block)
        return;
    pgtable_replace(&pt, va_of(page), pa, prot, flags);
    set(page, pa, prot, flags, false);
}

static void split_model(unsigned page)
{
    if (model[page].block)
        for (unsigned i = 0, first = page - page % PER_CHUNK; i < PER_CHUNK; i++)
            model[first + i].block = false;
}

static void op_split(unsigned page)
{
    assert_int_equal(pgtable_split(&pt, va_of(page)), 0);
    split_model(page);
}

static void split_edges(unsigned first, unsigned end)
{
    if (first % PER_CHUNK)
        op_split(first);
    if (end % PER_CHUNK)
        op_split(end);
}

/* A range of pages, possibly over several chunks and the space between them. */
static void random_range(unsigned page, unsigned *first, unsigned *end)
{
    *first = page;
    *end = page + 1 + (unsigned)random_below(random_below(4) ? 40 : 1500);
    if (*end > PAGES)
        *end = PAGES;
}

static void op_unmap(unsigned page)
{
    unsigned first, end;
    uint64_t went = 0;

    random_range(page, &first, &end);
    split_edges(first, end);
    for (unsigned i = first; i < end; i++) {
        went += model[i].used && model[i].flags & PGTABLE_OWNED;
        model[i].used = model[i].block = false;
    }
    long before = owned_refs;
    assert_int_equal(pgtable_unmap(&pt, va_of(first), va_of(end - 1) + 4096), went);
    assert_int_equal(before - owned_refs, went);
}

static void op_protect(unsigned page)
{
    unsigned first, end, prot = random_prot();

    random_range(page, &first, &end);
    split_edges(first, end);
    pgtable_protect(&pt, va_of(first), va_of(end - 1) + 4096, prot);
    for (unsigned i = first; i < end; i++)
        model[i].prot = prot;
}

static void op_move(unsigned page)
{
    unsigned from = page / PER_CHUNK, to = (unsigned)random_below(CHUNKS);
    uint64_t moved;

    if (from == to || !chunk_empty(to))
        return;
    op_split(page);
    pgtable_trim(&pt, chunk_va[to], chunk_va[to] + 0x200000, chunk_va[to], chunk_va[to] + 0x200000);
    assert_int_equal(pgtable_move(&pt, chunk_va[from], chunk_va[to], 0x200000, &moved), 0);
    assert_int_equal(moved, 0x200000);
    memcpy(&model[to * PER_CHUNK], &model[from * PER_CHUNK], PER_CHUNK * sizeof(model[0]));
    memset(&model[from * PER_CHUNK], 0, PER_CHUNK * sizeof(model[0]));
}

static void op_next(unsigned page)
{
    unsigned i = page;

    while (i < PAGES && !model[i].used)
        i++;
    uint64_t end = va_of(PAGES - 1) + 4096;
    assert_int_equal(pgtable_next(&pt, va_of(page), end), i < PAGES ? va_of(i) : end);
}

/* ---- tests ---- */

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Chunks that share tables at every level, and some far from all others. */
static int setup(void **state)
{
    (void)state;
    random_seed(42);
    memset(model, 0, sizeof(model));
    memset(tlb, 0, sizeof(tlb));
    for (unsigned i = 0; i < CHUNKS; i++) {
        uint64_t base = i && random_below(3) ? chunk_va[i - 1] : random_next() >> 16;
        unsigned low = 21 + 9 * (unsigned)random_below(3);
        base ^= (random_next() >> 30) << low;
        chunk_va[i] = base & 0xffffffe00000;
    }
    chunk_va[0] = 0;
    chunk_va[1] = 0xffffffe00000;
    qsort(chunk_va, CHUNKS, sizeof(chunk_va[0]), compare_u64);
    for (unsigned i = 1; i < CHUNKS; i++)
        assert_int_not_equal(chunk_va[i], chunk_va[i - 1]);
    assert_int_equal(pgtable_init(&pt), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pgtable_unmap(&pt, 0, UINT64_C(1) << 48);
    assert_int_equal(owned_refs, 0);
    memset(tlb, 0, sizeof(tlb));
    pgtable_destroy(&pt);
    assert_int_equal(tables, 0);
    return 0;
}

static void random_operations(void **state)
{
    static void (*const ops[])(unsigned) = {op_map,       op_map,     op_map,   op_map_run,
                                            op_map_block, op_replace, op_split, op_protect,
                                            op_unmap,     op_move,    op_next};

    (void)state;
    for (unsigned i = 0; i < 4000; i++) {
        ops[random_below(sizeof(ops) / sizeof(ops[0]))]((unsigned)random_below(PAGES));
        check();
        assert_int_equal(pt.table_pages, tables);
    }
}

/* Tables go with the last mapping that needed them, and only then. */
static void tables_are_freed(void **state)
{
    uint64_t va = UINT64_C(0x123456600000);

    (void)state;
    assert_int_equal(tables, 1);
    assert_int_equal(pgtable_map(&pt, va, 0x1000, PGTABLE_READ, 0), 0);
    assert_int_equal(pgtable_map(&pt, va + 0x200000, 0x1000, PGTABLE_READ, 0), 0);
    assert_int_equal(tables, 5);
    pgtable_unmap(&pt, va, va + 4096);
    pgtable_trim(&pt, va, va + 4096, 0, va + 0x200000);
    assert_int_equal(tables, 4);
    pgtable_unmap(&pt, va + 0x200000, va + 0x201000);
    pgtable_trim(&pt, va + 0x200000, va + 0x201000, va + 0x1000, UINT64_C(1) << 48);
    assert_int_equal(tables,
                     3); /* something may be mapped below va + 0x1000 that shares the upper ones */
    pgtable_trim(&pt, va, va + 4096, 0, UINT64_C(1) << 48);
    assert_int_equal(tables, 1);
}

static void activation(void **state)
{
    (void)state;
    pgtable_activate(&pt);
    assert_int_equal(ttbr0, (uint64_t)pt.asid << 48 | pt.root);
    assert_true(pt.asid > 0 && pt.asid < 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_operations, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_are_freed, setup, teardown),
        cmocka_unit_test_setup_teardown(activation, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
