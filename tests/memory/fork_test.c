/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of address spaces (kernel/core/aspace_fork.c) against a model: a few processes, each an
 * array with a number for each page of a window, and what they share as cells behind it. And what
 * the model can't see: every page has exactly as many references as entries that hold it.
 */
#include "kernel/core/aspace.h"
#include "abi/errno.h"
#include "abi/linux_mman.h"
#include "kernel/arch/arm64/tlb.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/slab.h"
#include "tests/fake/machine.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MIB = 1 << 20, RAM = 32 * MIB, WINDOW = 96, FILE_PAGES = 24, PROCESSES = 5, CELLS = 4096 };

#define BASE UINT64_C(0x4000000000)

static paddr_t ram;

static unsigned allocations_left; /* until one is refused */

bool page_refuse(void)
{
    return allocations_left && --allocations_left == 0;
}

/* ---- a file ---- */

static paddr_t file_pages[FILE_PAGES];
static struct vmobj file;

static int file_get_page(struct vmobj *o, uint64_t index, bool write, paddr_t *pa)
{
    (void)o, (void)write;
    if (index >= FILE_PAGES)
        return -ERANGE;
    *pa = file_pages[index];
    page_get(*pa);
    return 0;
}

static const struct vmobj_ops file_ops = {.get_page = file_get_page};

/* ---- the model ---- */

enum kind { NONE, ANON, ANON_SHARED, FILE_PRIVATE, FILE_SHARED };

struct page {
    enum kind kind;
    bool readonly;
    bool own;       /* private: written to since it was mapped */
    uint64_t value; /* then */
    unsigned cell;  /* of ANON_SHARED, index of the file's page otherwise */
};

static struct process {
    struct aspace *as; /* NULL: there is none */
    struct page pages[WINDOW];
} processes[PROCESSES];

static uint64_t cells[CELLS]; /* of shared memory; each is used once */
static unsigned cells_used;
static uint64_t file_values[FILE_PAGES];

static vaddr_t va_of(unsigned page)
{
    return BASE + (vaddr_t)page * PAGE_SIZE;
}

static uint64_t *shared_value(const struct page *p)
{
    return p->kind == ANON_SHARED ? &cells[p->cell] : &file_values[p->cell];
}

static uint64_t expected(const struct page *p)
{
    if (p->own)
        return p->value;
    return p->kind == ANON ? 0 : *shared_value(p);
}

/* As the hardware would: the word, or NULL with the fault that the program gets. */
static uint64_t *access_word(struct aspace *as, vaddr_t va, unsigned access,
                             enum aspace_fault *fault)
{
    for (unsigned tries = 0; tries < 3; tries++) {
        struct pgtable_entry e;
        bool there = pgtable_query(&as->pgtable, va, &e) && e.accessible;
        if (there &&
            (access == ASPACE_READ || ((e.prot & PGTABLE_WRITE) && !(e.flags & PGTABLE_COW))))
            return phys_to_virt(e.pa);
        *fault = aspace_fault(as, va, access);
        if (*fault)
            return NULL;
    }
    fail_msg("a fault is served, but the page isn't there");
    return NULL;
}

static void touch(struct process *me, unsigned page, bool write)
{
    struct page *p = &me->pages[page];
    enum aspace_fault fault = ASPACE_FAULT_NONE;
    uint64_t *word = access_word(me->as, va_of(page), write ? ASPACE_WRITE : ASPACE_READ, &fault);
    if (p->kind == NONE || (write && p->readonly)) {
        assert_null(word);
        assert_int_equal(fault, p->kind ? ASPACE_FAULT_ACCERR : ASPACE_FAULT_MAPERR);
        return;
    }
    assert_non_null(word);
    assert_int_equal(*word, expected(p));
    if (!write)
        return;
    *word = random_next();
    if (p->kind == ANON || p->kind == FILE_PRIVATE) {
        p->own = true;
        p->value = *word;
    } else {
        *shared_value(p) = *word;
    }
}

/* ---- operations ---- */

static void random_range(unsigned *first, unsigned *count)
{
    *first = (unsigned)random_below(WINDOW);
    *count = 1 + (unsigned)random_below(12);
    *count = MIN(*count, WINDOW - *first);
}

static void map_pages(struct process *me)
{
    enum kind kind = 1 + (enum kind)random_below(4);
    bool of_file = kind == FILE_PRIVATE || kind == FILE_SHARED;
    unsigned first, count, index;
    vaddr_t at;
    random_range(&first, &count);
    index = of_file ? (unsigned)random_below(FILE_PAGES - 12) : cells_used;
    if (kind == ANON_SHARED && cells_used + count > CELLS)
        return;
    struct aspace_map m = {.addr = va_of(first),
                           .size_bytes = count * (uint64_t)PAGE_SIZE,
                           .prot = ASPACE_READ | ASPACE_WRITE,
                           .max_prot = ASPACE_ALL,
                           .flags = ASPACE_FIXED,
                           .obj = of_file ? &file : NULL,
                           .offset = of_file ? index * (uint64_t)PAGE_SIZE : 0};
    if (kind == ANON_SHARED || kind == FILE_SHARED)
        m.flags |= ASPACE_SHARED;
    assert_int_equal(aspace_map(me->as, &m, &at), 0);
    for (unsigned i = 0; i < count; i++)
        me->pages[first + i] = (struct page){.kind = kind, .cell = index + i};
    if (kind == ANON_SHARED)
        cells_used += count;
}

static void unmap_pages(struct process *me)
{
    unsigned first, count;
    random_range(&first, &count);
    assert_int_equal(aspace_unmap(me->as, va_of(first), count * (uint64_t)PAGE_SIZE), 0);
    memset(&me->pages[first], 0, count * sizeof me->pages[0]);
}

static void protect_pages(struct process *me)
{
    bool readonly = random_below(2);
    unsigned first = (unsigned)random_below(WINDOW);
    if (me->pages[first].kind == NONE)
        return;
    assert_int_equal(aspace_protect(me->as, va_of(first), PAGE_SIZE,
                                    readonly ? ASPACE_READ : ASPACE_READ | ASPACE_WRITE, false),
                     0);
    me->pages[first].readonly = readonly;
}

static void drop_page(struct process *me)
{
    unsigned i = (unsigned)random_below(WINDOW);
    struct page *p = &me->pages[i];
    if (p->kind == NONE)
        return;
    assert_int_equal(aspace_advise(me->as, va_of(i), PAGE_SIZE, LINUX_MADV_DONTNEED), 0);
    if (p->kind != ANON_SHARED)
        p->own = false;
}

static void fork_one(struct process *me)
{
    struct process *child = &processes[random_below(PROCESSES)];
    if (child->as)
        return;
    child->as = aspace_fork(me->as);
    assert_non_null(child->as);
    memcpy(child->pages, me->pages, sizeof me->pages);
}

static void end_one(struct process *me)
{
    if (me == processes)
        return;
    aspace_put(me->as);
    me->as = NULL;
}

/* ---- references ---- */

static unsigned entries_of(paddr_t pa)
{
    unsigned n = 0;
    for (struct process *p = processes; p < processes + PROCESSES; p++)
        for (unsigned i = 0; p->as && i < WINDOW; i++) {
            struct pgtable_entry e;
            n += pgtable_query(&p->as->pgtable, va_of(i), &e) && e.pa == pa &&
                 (e.flags & PGTABLE_OWNED);
        }
    return n;
}

static bool is_file_page(paddr_t pa)
{
    for (unsigned i = 0; i < FILE_PAGES; i++)
        if (file_pages[i] == pa)
            return true;
    return false;
}

/* And what several have, or the file does, nobody may simply write to if it is private. */
static void check_page(const struct process *p, unsigned i)
{
    struct pgtable_entry e;
    if (!pgtable_query(&p->as->pgtable, va_of(i), &e) || !(e.flags & PGTABLE_OWNED))
        return;
    unsigned holders = entries_of(e.pa) + is_file_page(e.pa);
    bool private = p->pages[i].kind == ANON || p->pages[i].kind == FILE_PRIVATE;
    assert_int_equal(page_refs(e.pa), holders);
    if (private && holders > 1)
        assert_true(e.flags & PGTABLE_COW);
    if (!private)
        assert_false(e.flags & PGTABLE_COW);
}

static void check_all(void)
{
    for (struct process *p = processes; p < processes + PROCESSES; p++) {
        if (!p->as)
            continue;
        assert_true(aspace_check(p->as));
        for (unsigned i = 0; i < WINDOW; i++)
            check_page(p, i);
    }
}

/* ---- tests ---- */

static uint64_t free_before;
static size_t slab_before;

static uint64_t free_bytes(void)
{
    struct page_stats s;
    page_stats(&s);
    return s.free_bytes + slab_page_bytes(); /* pages that wait for objects come and go */
}

static int setup(void **state)
{
    (void)state;
    random_seed(7);
    ram = fake_ram(RAM);
    struct mem_range all = {ram, ram + RAM};
    page_init(&all, 1, NULL, 0);
    vmobj_init(&file, &file_ops);
    for (unsigned i = 0; i < FILE_PAGES; i++) {
        file_pages[i] = page_alloc(0, PAGE_ZERO);
        file_values[i] = 0;
    }
    memset(processes, 0, sizeof processes);
    cells_used = 0;
    memset(cells, 0, sizeof cells);
    aspace_put(aspace_create(0)); /* the page of zeros */
    free_before = free_bytes();
    slab_before = slab_in_use_bytes();
    processes[0].as = aspace_create(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (struct process *p = processes; p < processes + PROCESSES; p++)
        if (p->as)
            aspace_put(p->as);
    assert_int_equal(slab_in_use_bytes(), slab_before);
    return 0;
}

static void copies_are_copies(void **state)
{
    static void (*const ops[])(struct process *) = {
        map_pages, map_pages, unmap_pages, drop_page, fork_one, fork_one, end_one, protect_pages};
    (void)state;
    for (unsigned i = 0; i < 60000; i++) {
        struct process *me = &processes[random_below(PROCESSES)];
        if (!me->as)
            continue;
        if (random_below(6))
            touch(me, (unsigned)random_below(WINDOW), random_below(2));
        else
            ops[random_below(ARRAY_SIZE(ops))](me);
        if (i % 64 == 0)
            check_all();
    }
    for (struct process *p = processes; p < processes + PROCESSES; p++) {
        for (unsigned i = 0; p->as && i < WINDOW; i++)
            touch(p, i, false);
        if (p->as)
            aspace_put(p->as);
        p->as = NULL;
    }
    assert_int_equal(free_bytes(), free_before);
}

static void map_as(struct process *me, unsigned first, unsigned count, enum kind kind)
{
    vaddr_t at;
    struct aspace_map m = {.addr = va_of(first),
                           .size_bytes = count * (uint64_t)PAGE_SIZE,
                           .prot = ASPACE_READ | ASPACE_WRITE,
                           .max_prot = ASPACE_ALL,
                           .flags = ASPACE_FIXED | (kind == ANON_SHARED ? ASPACE_SHARED : 0),
                           .obj = kind == FILE_PRIVATE ? &file : NULL};
    assert_int_equal(aspace_map(me->as, &m, &at), 0);
    for (unsigned i = 0; i < count; i++)
        me->pages[first + i] =
            (struct page){.kind = kind, .cell = kind == ANON_SHARED ? cells_used++ : i};
    for (unsigned i = 0; i < count; i++)
        touch(me, first + i, true);
}

/* All memory but so many pages is taken, and given back. */
static paddr_t hoarded;

static void hoard(unsigned but)
{
    for (paddr_t pa; (pa = page_alloc(0, PAGE_RESERVE)) != PAGE_NONE; hoarded = pa)
        *(paddr_t *)phys_to_virt(pa) = hoarded;
    for (; but > 0 && hoarded; but--) {
        paddr_t pa = hoarded;
        hoarded = *(paddr_t *)phys_to_virt(pa);
        page_put(pa);
    }
}

static void give_back(void)
{
    hoard(UINT_MAX);
}

/* Refused: the nth allocation of an object or of pages beyond those at hand. */
static struct aspace *fork_refused(struct aspace *as, unsigned nth)
{
    allocations_left = nth;
    page_refusing = true;
    slab_refuse();
    struct aspace *child = aspace_fork(as);
    page_refusing = false;
    allocations_left = 0;
    return child;
}

/* Refused: every page beyond the first ones. */
static struct aspace *fork_poor(struct aspace *as, unsigned pages)
{
    hoard(pages - 1);
    struct aspace *child = aspace_fork(as);
    give_back();
    return child;
}

/* Whichever allocation fails: nothing is left of the copy, and the original is as it was. */
static void without_memory(struct aspace *(*attempt)(struct aspace *, unsigned), unsigned least)
{
    struct process *me = &processes[0], *child = &processes[1];
    unsigned nth = 0;
    map_as(me, 0, 8, ANON);
    map_as(me, 10, 6, ANON_SHARED);
    map_as(me, 20, 10, FILE_PRIVATE);
    map_as(me, 40, 3, ANON);
    aspace_put(aspace_fork(me->as)); /* what only the first one takes */
    uint64_t free_then = free_bytes();
    size_t slab_then = slab_in_use_bytes();
    while (!(child->as = attempt(me->as, ++nth))) {
        assert_int_equal(slab_in_use_bytes(), slab_then);
        assert_int_equal(free_bytes(), free_then);
        check_all();
        assert_true(nth < 100);
    }
    assert_true(nth > least);
    memcpy(child->pages, me->pages, sizeof me->pages);
    check_all();
    for (unsigned i = 0; i < WINDOW; i++) {
        touch(me, i, true);
        touch(child, i, false);
    }
    check_all();
}

static void a_copy_without_objects_leaves_nothing(void **state)
{
    (void)state;
    without_memory(fork_refused, 5); /* the address space, its regions */
}

static void a_copy_without_pages_leaves_nothing(void **state)
{
    (void)state;
    without_memory(fork_poor, 4); /* the levels of its tables */
}

/* Whoever writes has a page of its own from then on: a copy, but for the last one. */
static void each_writer_gets_a_page(void **state)
{
    struct process *me = &processes[0], *child = &processes[1];
    struct pgtable_entry first, now;
    (void)state;
    map_as(me, 0, 1, ANON);
    assert_true(pgtable_query(&me->as->pgtable, BASE, &first));
    child->as = aspace_fork(me->as);
    memcpy(child->pages, me->pages, sizeof me->pages);
    assert_int_equal(page_refs(first.pa), 2);
    touch(child, 0, true);
    assert_true(pgtable_query(&child->as->pgtable, BASE, &now));
    assert_true(now.pa != first.pa && !(now.flags & PGTABLE_COW));
    assert_int_equal(page_refs(first.pa), 1);
    touch(me, 0, true);
    touch(child, 0, false);
    assert_true(pgtable_query(&me->as->pgtable, BASE, &now));
    assert_true(now.pa == first.pa && !(now.flags & PGTABLE_COW));
    assert_int_equal(page_refs(first.pa), 1);
}

/* A block of 2 MiB becomes pages, each of them with two holders. */
static void huge_pages_are_split(void **state)
{
    struct process *me = &processes[0];
    struct aspace_map m = {.addr = UINT64_C(0x5000000000),
                           .size_bytes = 2 * MIB,
                           .prot = ASPACE_READ | ASPACE_WRITE,
                           .max_prot = ASPACE_ALL,
                           .flags = ASPACE_FIXED | ASPACE_HUGE};
    struct pgtable_entry e;
    enum aspace_fault fault;
    vaddr_t at;
    (void)state;
    assert_int_equal(aspace_map(me->as, &m, &at), 0);
    *access_word(me->as, at + 5 * PAGE_SIZE, ASPACE_WRITE, &fault) = 55;
    assert_true(pgtable_query(&me->as->pgtable, at, &e) && e.block);
    struct aspace *child = aspace_fork(me->as);
    assert_non_null(child);
    assert_true(pgtable_query(&me->as->pgtable, at + 5 * PAGE_SIZE, &e) && !e.block);
    assert_int_equal(page_refs(e.pa), 2);
    *access_word(child, at + 5 * PAGE_SIZE, ASPACE_WRITE, &fault) = 66;
    assert_int_equal(*access_word(me->as, at + 5 * PAGE_SIZE, ASPACE_READ, &fault), 55);
    assert_int_equal(page_refs(e.pa), 1);
    assert_true(aspace_check(child) && aspace_check(me->as));
    aspace_put(child);
}

/* Limits and places come along; locks don't (mlock(2)). */
static void what_else_is_copied(void **state)
{
    struct process *me = &processes[0];
    (void)state;
    map_as(me, 0, 4, ANON);
    assert_int_equal(aspace_lock(me->as, BASE, 2 * PAGE_SIZE, true), 0);
    me->as->brk_start = me->as->brk = 0x700000;
    assert_int_equal(aspace_brk(me->as, 0x703000), 0x703000);
    me->as->limit_data_bytes = 12345;
    struct aspace *child = aspace_fork(me->as);
    assert_int_equal(child->locked_bytes, 0);
    assert_int_equal(me->as->locked_bytes, 2 * PAGE_SIZE);
    assert_int_equal(child->limit_data_bytes, 12345);
    assert_int_equal(aspace_brk(child, 0), 0x703000);
    assert_int_equal(child->mapped_bytes, me->as->mapped_bytes);
    assert_int_equal(child->map_top, me->as->map_top);
    aspace_put(child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(copies_are_copies, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_without_objects_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_copy_without_pages_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(each_writer_gets_a_page, setup, teardown),
        cmocka_unit_test_setup_teardown(huge_pages_are_split, setup, teardown),
        cmocka_unit_test_setup_teardown(what_else_is_copied, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
