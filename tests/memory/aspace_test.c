/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces against a model that is an array with an entry for each page of a window: random
 * operations, the same results, the same bytes read back. The model knows nothing of regions, trees
 * or page tables.
 */
#include "kernel/core/aspace.h"
#include "abi/errno.h"
#include "abi/linux_mman.h"
#include "kernel/arch/arm64/tlb.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/slab.h"
#include "tests/fake/machine.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MIB = 1 << 20, RAM = 48 * MIB, WINDOW = 1600, FILE_PAGES = 64, ROM_PAGES = 40 };

#define BASE     UINT64_C(0x4000000000)      /* of the window */
#define STAMP(i) (0x1000000 + (uint64_t)(i)) /* what page i of the file holds at first */

static paddr_t ram;
static struct aspace *as;
static uint64_t free_before;
static size_t slab_before;

/* ---- an object that sleeps, and one that is simply there ---- */

static paddr_t file_pages[FILE_PAGES]; /* PAGE_NONE: a hole */
static struct vmobj file, rom;
static char *rom_bytes;

/* What another CPU does while a fault waits for a page; called once. */
static void (*meanwhile)(void);

static int file_get_page(struct vmobj *o, uint64_t index, bool write, paddr_t *pa)
{
    void (*f)(void) = meanwhile;

    (void)o;
    if (index >= FILE_PAGES)
        return -ERANGE;
    (void)write;
    if (!file_pages[index])
        file_pages[index] = page_alloc(0, PAGE_ZERO);
    *pa = file_pages[index];
    page_get(*pa);
    meanwhile = NULL;
    if (f)
        f();
    return 0;
}

static const struct vmobj_ops file_ops = {.get_page = file_get_page};

static void make_objects(void)
{
    vmobj_init(&file, &file_ops);
    for (unsigned i = 0; i < FILE_PAGES; i++) {
        file_pages[i] = i % 5 == 4 ? PAGE_NONE : page_alloc(0, PAGE_ZERO);
        if (file_pages[i])
            *(uint64_t *)phys_to_virt(file_pages[i]) = STAMP(i);
    }
    for (unsigned i = 0; i < ROM_PAGES; i++)
        memcpy(rom_bytes + i * 4096u, &(uint64_t){STAMP(i + 1000)}, 8);
    vmobj_init_pinned(&rom, virt_to_phys(rom_bytes), ROM_PAGES * 4096u - 100);
}

/* ---- a program that touches memory ---- */

/* What the hardware would do: use the entry if it allows the access, else fault and try again. */
static enum aspace_fault touch(vaddr_t va, unsigned access, uint64_t **word)
{
    for (unsigned tries = 0;; tries++) {
        struct pgtable_entry e;
        bool there = pgtable_query(&as->pgtable, va, &e) && e.accessible;
        bool writable = there && e.prot & PGTABLE_WRITE && !(e.flags & PGTABLE_COW);
        if (there && (access == ASPACE_READ || (access == ASPACE_WRITE && writable) ||
                      (access == ASPACE_EXEC && e.prot & PGTABLE_EXEC))) {
            *word = phys_to_virt(e.pa);
            return ASPACE_FAULT_NONE;
        }
        assert_true(tries < 2);
        enum aspace_fault f = aspace_fault(as, va + 8 * random_below(512), access);
        if (f)
            return f;
    }
}

/* ---- the model ---- */

enum kind { NONE, ANON, ANON_SHARED, FILE_PRIVATE, FILE_SHARED, ROM };

struct page {
    enum kind kind;
    unsigned prot, max_prot;
    uint64_t index; /* in the object */
    bool own;       /* the program has written to this private page (or anonymous memory) */
    uint64_t value; /* what it wrote */
    bool locked;
};

static struct page model[WINDOW];
static uint64_t file_value[FILE_PAGES];

static vaddr_t va_of(unsigned page)
{
    return BASE + (vaddr_t)page * 4096;
}

static enum aspace_fault expected_fault(const struct page *p, unsigned access)
{
    if (p->kind == NONE)
        return ASPACE_FAULT_MAPERR;
    if (access == ASPACE_READ ? !p->prot : !(p->prot & access))
        return ASPACE_FAULT_ACCERR;
    if ((p->kind == FILE_PRIVATE || p->kind == FILE_SHARED) && p->index >= FILE_PAGES && !p->own)
        return ASPACE_FAULT_BUS;
    if (p->kind == ROM && p->index >= ROM_PAGES && !p->own)
        return ASPACE_FAULT_BUS;
    return ASPACE_FAULT_NONE;
}

static uint64_t expected_value(const struct page *p)
{
    if (p->own)
        return p->value;
    switch (p->kind) {
    case FILE_PRIVATE:
    case FILE_SHARED:
        return file_value[p->index];
    case ROM:
        return STAMP(p->index + 1000);
    default:
        return 0;
    }
}

static void op_touch(unsigned page)
{
    static const unsigned accesses[] = {ASPACE_READ, ASPACE_WRITE, ASPACE_WRITE, ASPACE_EXEC};
    struct page *p = &model[page];
    unsigned access = accesses[random_below(4)];
    uint64_t *word;
    enum aspace_fault f = touch(va_of(page), access, &word);

    assert_int_equal(f, expected_fault(p, access));
    if (f)
        return;
    assert_int_equal(*word, expected_value(p));
    if (access != ASPACE_WRITE)
        return;
    *word = random_next();
    if (p->kind == FILE_SHARED) {
        file_value[p->index] = *word;
    } else {
        p->own = true;
        p->value = *word;
    }
}

static void random_range(unsigned *first, unsigned *count)
{
    *first = (unsigned)random_below(WINDOW);
    *count = 1 + (unsigned)random_below(random_below(12) ? 12 : 700);
    if (*count > WINDOW - *first)
        *count = WINDOW - *first;
}

static bool range_free(unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++)
        if (model[i].kind)
            return false;
    return true;
}

static void describe(struct aspace_map *m, enum kind kind)
{
    m->flags |= kind == ANON_SHARED || kind == FILE_SHARED ? ASPACE_SHARED : 0;
    m->obj = kind == FILE_PRIVATE || kind == FILE_SHARED ? &file : kind == ROM ? &rom : NULL;
    m->offset = m->obj ? random_below(kind == ROM ? ROM_PAGES + 4 : FILE_PAGES + 4) * 4096 : 0;
    m->max_prot = random_below(4) ? 7 : (unsigned)random_below(8) | m->prot;
    m->name = random_below(8) ? NULL : "test";
}

static void op_map(unsigned unused)
{
    struct aspace_map m = {.prot = random_below(3) ? 3 : (unsigned)random_below(8)};
    enum kind kind = 1 + (enum kind)random_below(5);
    unsigned first, count;
    vaddr_t at;

    (void)unused;
    random_range(&first, &count);
    describe(&m, kind);
    m.addr = va_of(first);
    m.size_bytes = count * UINT64_C(4096) - random_below(4096);
    m.flags |= random_below(2) ? ASPACE_FIXED : ASPACE_NOREPLACE;
    int err = aspace_map(as, &m, &at);
    if (m.flags & ASPACE_NOREPLACE && !range_free(first, count)) {
        assert_int_equal(err, -EEXIST);
        return;
    }
    assert_int_equal(err, 0);
    assert_int_equal(at, m.addr);
    for (unsigned i = 0; i < count; i++)
        model[first + i] = (struct page){
            .kind = kind, .prot = m.prot, .max_prot = m.max_prot, .index = m.offset / 4096 + i};
}

static void op_unmap(unsigned unused)
{
    unsigned first, count;

    (void)unused;
    random_range(&first, &count);
    assert_int_equal(aspace_unmap(as, va_of(first), count * UINT64_C(4096)), 0);
    memset(&model[first], 0, count * sizeof(model[0]));
}

static void op_protect(unsigned unused)
{
    unsigned prot = (unsigned)random_below(8), first, count, i;
    int expected = 0;

    (void)unused;
    random_range(&first, &count);
    for (i = first; i < first + count && !expected; i++) {
        if (!model[i].kind)
            expected = -ENOMEM;
        else if (prot & ~model[i].max_prot)
            expected = -EACCES;
        else
            model[i].prot = prot;
    }
    assert_int_equal(aspace_protect(as, va_of(first), count * UINT64_C(4096), prot, false),
                     expected);
}

static void op_dontneed(unsigned unused)
{
    unsigned first, count;
    int expected = 0;

    (void)unused;
    random_range(&first, &count);
    for (unsigned i = first; i < first + count; i++) {
        if (!model[i].kind)
            expected = -ENOMEM;
        if (model[i].kind != ANON_SHARED)
            model[i].own = false;
    }
    assert_int_equal(aspace_advise(as, va_of(first), count * UINT64_C(4096), LINUX_MADV_DONTNEED),
                     expected);
}

static void op_free(unsigned page)
{
    struct page *p = &model[page];
    int expected = p->kind == NONE ? -ENOMEM : p->kind == ANON ? 0 : -EINVAL;

    assert_int_equal(aspace_advise(as, va_of(page), 4096, LINUX_MADV_FREE), expected);
    if (!expected)
        p->own = false;
}

static void op_huge(unsigned unused)
{
    static const int advice[] = {LINUX_MADV_HUGEPAGE, LINUX_MADV_NOHUGEPAGE, LINUX_MADV_COLLAPSE};
    unsigned first, count;

    (void)unused;
    random_range(&first, &count);
    int err = aspace_advise(as, va_of(first), count * UINT64_C(4096), advice[random_below(3)]);
    assert_true(err == 0 || err == -ENOMEM || err == -EINVAL);
}

static void op_mincore(unsigned page)
{
    uint8_t vec;
    int err = aspace_mincore(as, va_of(page), 4096, &vec);

    assert_int_equal(err, model[page].kind ? 0 : -ENOMEM);
    if (!err && model[page].own)
        assert_int_equal(vec, 1);
}

static bool same_mapping(unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++)
        if (model[i].kind != model[first].kind || model[i].prot != model[first].prot ||
            model[i].max_prot != model[first].max_prot ||
            (model[i].kind > ANON_SHARED && model[i].index != model[first].index + (i - first)))
            return false;
    return model[first].kind != NONE;
}

/* To a place within the window; what may fail for reasons that the model can't see is left out. */
static void op_remap(unsigned unused)
{
    unsigned first, count, to, new_count;
    vaddr_t at;

    (void)unused;
    random_range(&first, &count);
    random_range(&to, &new_count);
    if (!same_mapping(first, count) || (to < first + count && first < to + new_count))
        return;
    int err = aspace_remap(as, va_of(first), count * UINT64_C(4096), new_count * UINT64_C(4096),
                           LINUX_MREMAP_MAYMOVE | LINUX_MREMAP_FIXED, va_of(to), &at);
    if (err == -EFAULT) { /* alike, but two mappings: shared or private, named or not */
        return;
    }
    assert_int_equal(err, 0);
    assert_int_equal(at, va_of(to));
    for (unsigned i = 0; i < new_count; i++) {
        model[to + i] = i < count ? model[first + i] : model[first];
        model[to + i].index = model[first].index + i;
        if (i >= count)
            model[to + i].own = false;
    }
    memset(&model[first], 0, count * sizeof(model[0]));
}

static void op_resize(unsigned unused)
{
    unsigned first, count, new_count = 1 + (unsigned)random_below(20);
    vaddr_t at;

    (void)unused;
    random_range(&first, &count);
    if (!same_mapping(first, count) || first + new_count > WINDOW)
        return;
    int err = aspace_remap(as, va_of(first), count * UINT64_C(4096), new_count * UINT64_C(4096), 0,
                           0, &at);
    if (new_count > count && (err == -ENOMEM || err == -EFAULT))
        return;
    if (err == -EFAULT)
        return;
    assert_int_equal(err, 0);
    assert_int_equal(at, va_of(first));
    if (new_count > count)
        assert_true(range_free(first + count, new_count - count));
    for (unsigned i = count; i < new_count; i++) {
        model[first + i] = model[first];
        model[first + i].index = model[first].index + i;
        model[first + i].own = false;
    }
    if (new_count < count)
        memset(&model[first + new_count], 0, (count - new_count) * sizeof(model[0]));
}

/* The file loses a page: mappings of it show a hole, copies stay. */
static void op_punch(unsigned unused)
{
    unsigned i = (unsigned)random_below(FILE_PAGES);

    (void)unused;
    if (file_pages[i])
        page_put(file_pages[i]);
    file_pages[i] = PAGE_NONE;
    file_value[i] = 0;
    vmobj_invalidate(&file, i, i + 1, false);
}

static void op_name(unsigned page)
{
    struct page *p = &model[page];
    int expected = p->kind == NONE ? -ENOMEM : p->kind > ANON_SHARED ? -EBADF : 0;

    assert_int_equal(aspace_name(as, va_of(page), 4096, random_below(2) ? "Go: heap" : NULL),
                     expected);
}

/* ---- tests ---- */

static vaddr_t map_at(vaddr_t hint, uint64_t size, unsigned flags, unsigned prot)
{
    struct aspace_map m = {
        .addr = hint, .size_bytes = size, .prot = prot, .max_prot = 7, .flags = flags};
    vaddr_t at = 0;
    int err = aspace_map(as, &m, &at);

    return err ? (vaddr_t)err : at;
}

static uint64_t free_bytes(void)
{
    struct page_stats s;

    page_stats(&s);
    return s.free_bytes;
}

static int setup(void **state)
{
    struct mem_range all;

    (void)state;
    random_seed(3);
    ram = fake_ram(RAM);
    all = (struct mem_range){ram, ram + RAM};
    struct mem_range taken = {ram, ram + ROM_PAGES * 4096u};
    page_init(&all, 1, &taken, 1);
    rom_bytes = (char *)ram;
    make_objects();
    for (unsigned i = 0; i < FILE_PAGES; i++)
        file_value[i] = file_pages[i] ? STAMP(i) : 0;
    memset(model, 0, sizeof(model));
    as = aspace_create(0); /* the page of zeros, the slabs' first pages */
    map_at(BASE, 4096, 0, 3);
    assert_int_equal(aspace_name(as, BASE, 4096, "test"), 0);
    aspace_put(as);
    free_before = free_bytes();
    slab_before = slab_in_use_bytes();
    as = aspace_create(0);
    assert_non_null(as);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_true(spin_trylock(&as->lock)); /* a test that failed in the middle */
    spin_unlock(&as->lock);
    assert_true(aspace_check(as));
    aspace_put(as);
    assert_int_equal(slab_in_use_bytes(), slab_before);
    return 0;
}

/* What the file has gained or lost in pages meanwhile. */
static uint64_t file_bytes(void)
{
    uint64_t pages = 0;

    for (unsigned i = 0; i < FILE_PAGES; i++)
        pages += file_pages[i] != PAGE_NONE;
    return pages * 4096;
}

static void random_operations(void **state)
{
    static void (*const ops[])(unsigned) = {op_map,      op_map,   op_unmap, op_protect, op_protect,
                                            op_dontneed, op_free,  op_huge,  op_mincore, op_remap,
                                            op_resize,   op_punch, op_name};
    uint64_t file_before = file_bytes();

    (void)state;
    for (unsigned i = 0; i < 150000; i++) {
        if (random_below(10))
            op_touch((unsigned)random_below(WINDOW));
        else
            ops[random_below(sizeof(ops) / sizeof(ops[0]))]((unsigned)random_below(WINDOW));
        if (i % 128 == 0)
            assert_true(aspace_check(as));
    }
    for (unsigned i = 0; i < WINDOW; i++)
        op_touch(i);
    assert_true(aspace_check(as));
    assert_int_equal(aspace_unmap(as, BASE, WINDOW * UINT64_C(4096)), 0);
    assert_int_equal(as->resident_pages, 0);
    aspace_put(as);
    assert_int_equal(free_bytes() + file_bytes(), free_before + file_before);
    as = aspace_create(0);
}

static void places(void **state)
{
    vaddr_t a, b, c;

    (void)state;
    assert_int_equal(map_at(0xc000000000, 64 * MIB, 0, 0), 0xc000000000); /* a free hint is taken */
    assert_int_equal(map_at(0x1df550000000, MIB, 0, 3), 0x1df550000000);
    a = map_at(0, MIB, 0, 3);
    b = map_at(0, MIB, 0, 3);
    assert_int_equal(b, a - MIB); /* top-down */
    assert_true(a < as->map_top && a > UINT64_C(0x700000000000));
    assert_int_equal(map_at(0xc000001000, MIB, 0, 3), b - MIB); /* not free: anywhere */
    assert_int_equal(aspace_unmap(as, a, MIB), 0);
    c = map_at(0, 2 * MIB, 0, 3); /* too large for the gap */
    assert_int_equal(c, b - 3 * MIB);
    assert_int_equal(map_at(0, MIB / 2, 0, 3), a + MIB / 2); /* the gap is found again */
    assert_int_equal(map_at(0, MIB / 2, 0, 3), a);
    assert_int_equal(map_at(0xc000000fff, 4096, 0, 3), a - 4 * MIB - 4096);
    assert_int_equal((long)map_at(0x1000, 0, 0, 3), -EINVAL);
    assert_int_equal((long)map_at(0x1001, 4096, ASPACE_FIXED, 3), -EINVAL);
    assert_int_equal((long)map_at(ASPACE_END - 4096, 8192, ASPACE_FIXED, 3), -ENOMEM);
    assert_int_equal((long)map_at(0, UINT64_MAX, 0, 3), -ENOMEM);
    assert_int_equal((long)map_at(0, ASPACE_END, 0, 3), -ENOMEM);
    assert_int_equal((long)map_at(0, 4096, ASPACE_FIXED, 3), -EPERM);
}

/* A machine's worth of reservations costs nothing but regions. */
static void reservations_are_free(void **state)
{
    uint64_t before = free_bytes();

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        assert_true((long)map_at(0, UINT64_C(1) << 36, 0, i % 2 ? 0 : 3) > 0);
    assert_true(before - free_bytes() < 8 * 4096);
    assert_int_equal(as->resident_pages, 0);
}

static void stack_grows(void **state)
{
    vaddr_t top = as->stack_top, at = top - 65536;
    uint64_t *word;

    (void)state;
    assert_int_equal(map_at(at, 65536, ASPACE_GROWSDOWN | ASPACE_STACK | ASPACE_NOREPLACE, 3), at);
    assert_int_equal(touch(at - 4096, ASPACE_WRITE, &word), 0);
    assert_int_equal(touch(top - 8 * MIB, ASPACE_WRITE, &word), 0);
    assert_int_equal(touch(top - 8 * MIB - 4096, ASPACE_WRITE, &word), ASPACE_FAULT_MAPERR);
    /* nothing else comes within the guard gap, and the stack does not come close to others */
    vaddr_t other = top - 8 * MIB - 65536;
    assert_true(map_at(other, 4096, 0, 3) < other);
    as->limit_stack_bytes = 64 * MIB;
    vaddr_t low = top - 16 * MIB;
    assert_int_equal(map_at(low, 4096, 0, 3), low);
    assert_int_equal(touch(low + 4096 + MIB, ASPACE_WRITE, &word), 0);
    assert_int_equal(touch(low + MIB, ASPACE_WRITE, &word), ASPACE_FAULT_MAPERR);
}

static void brk_moves(void **state)
{
    uint64_t *word;

    (void)state;
    as->brk_start = as->brk = 0x500123;
    assert_int_equal(aspace_brk(as, 0), 0x500123);
    assert_int_equal(aspace_brk(as, 0x500fff), 0x500fff);
    assert_int_equal(aspace_brk(as, 0x503001), 0x503001);
    assert_int_equal(touch(0x503000, ASPACE_WRITE, &word), 0);
    *word = 5;
    assert_int_equal(touch(0x504000, ASPACE_WRITE, &word), ASPACE_FAULT_MAPERR);
    assert_int_equal(aspace_brk(as, 0x502000), 0x502000);
    assert_int_equal(touch(0x503000, ASPACE_READ, &word), ASPACE_FAULT_MAPERR);
    assert_int_equal(aspace_brk(as, 0x504000), 0x504000);
    assert_int_equal(touch(0x503000, ASPACE_READ, &word), 0);
    assert_int_equal(*word, 0);
    map_at(0x600000, 4096, ASPACE_FIXED, 3);
    assert_int_equal(aspace_brk(as, 0x700000), 0x504000);
    assert_int_equal(as->region_count, 2);
}

static void limits(void **state)
{
    (void)state;
    as->limit_as_bytes = 3 * MIB;
    assert_true((long)map_at(0, 2 * MIB, 0, 3) > 0);
    assert_int_equal((long)map_at(0, 2 * MIB, 0, 3), -ENOMEM);
    assert_true((long)map_at(0, MIB, 0, 0) > 0);
    as->limit_as_bytes = UINT64_MAX;
    as->limit_data_bytes = 3 * MIB;
    assert_int_equal((long)map_at(0, 2 * MIB, 0, 3), -ENOMEM);
    assert_true((long)map_at(0, 2 * MIB, 0, 1) > 0);
    as->limit_locked_bytes = 0;
    assert_int_equal((long)map_at(0, 4096, ASPACE_LOCKED, 1), -EAGAIN);
}

static void huge_pages(void **state)
{
    vaddr_t at = map_at(0x4000000000, 8 * MIB, 0, 3);
    struct pgtable_entry e;
    uint64_t *word;

    (void)state;
    assert_int_equal(aspace_advise(as, at, 8 * MIB, LINUX_MADV_HUGEPAGE), 0);
    assert_int_equal(touch(at + 3 * MIB, ASPACE_WRITE, &word), 0);
    *word = 77;
    assert_true(pgtable_query(&as->pgtable, at + 2 * MIB, &e) && e.block);
    assert_int_equal(as->resident_pages, 512);
    assert_int_equal(aspace_advise(as, at + 2 * MIB, 4096, LINUX_MADV_DONTNEED), 0);
    assert_int_equal(as->resident_pages, 511);
    assert_int_equal(touch(at + 3 * MIB, ASPACE_READ, &word), 0);
    assert_int_equal(*word, 77);
    assert_true(aspace_check(as));
    assert_int_equal(aspace_advise(as, at + 2 * MIB, 2 * MIB, LINUX_MADV_COLLAPSE), 0);
    assert_true(pgtable_query(&as->pgtable, at + 3 * MIB, &e) && e.block);
    assert_int_equal(*(uint64_t *)phys_to_virt(e.pa), 77);
    assert_int_equal(as->resident_pages, 512);
}

/* Memory runs out: a fault says so, nothing is lost, and what is given back can be used. */
static void out_of_memory(void **state)
{
    vaddr_t at = map_at(0, 64 * MIB, 0, 3);
    uint64_t *word, pages = 0;

    (void)state;
    while (touch(at + pages * 4096, ASPACE_WRITE, &word) == ASPACE_FAULT_NONE)
        pages++;
    assert_true(pages > RAM / 4096 * 9 / 10);
    assert_int_equal(touch(at + pages * 4096, ASPACE_WRITE, &word), ASPACE_FAULT_OOM);
    assert_true(aspace_check(as));
    assert_int_equal(aspace_unmap(as, at + 4096, 4096), 0); /* needs a region: there is a reserve */
    assert_int_equal(touch(at + pages * 4096, ASPACE_WRITE, &word), 0);
}

/* ---- regions that change while a fault waits ---- */

static vaddr_t race_at;

static void map_file(uint64_t first_page, unsigned flags)
{
    struct aspace_map m = {.addr = race_at,
                           .size_bytes = 4096,
                           .prot = 3,
                           .max_prot = 7,
                           .obj = &file,
                           .offset = first_page * 4096,
                           .flags = ASPACE_FIXED | flags};
    vaddr_t at;

    assert_int_equal(aspace_map(as, &m, &at), 0);
}

static void unmap_it(void)
{
    assert_int_equal(aspace_unmap(as, race_at, 4096), 0);
}

static void map_another_page(void)
{
    map_file(7, 0);
}

static void fault_it(void)
{
    assert_int_equal(aspace_fault(as, race_at, ASPACE_WRITE), 0);
    uint64_t *word;
    assert_int_equal(touch(race_at, ASPACE_WRITE, &word), 0);
    *word = 1234;
}

static void lose_the_page(void)
{
    paddr_t pa = file_pages[2];

    file_pages[2] = PAGE_NONE;
    vmobj_invalidate(&file, 2, 3, false);
    page_put(pa);
}

static void changes_during_a_fetch(void **state)
{
    uint64_t *word;

    (void)state;
    race_at = BASE;
    map_file(1, 0);
    meanwhile = unmap_it;
    assert_int_equal(aspace_fault(as, race_at, ASPACE_READ), ASPACE_FAULT_MAPERR);
    map_file(1, 0);
    meanwhile = map_another_page;
    assert_int_equal(touch(race_at, ASPACE_READ, &word), 0);
    assert_int_equal(*word, STAMP(7));
    map_file(1, 0);
    meanwhile = fault_it; /* served by two: the first one's copy stays */
    assert_int_equal(aspace_fault(as, race_at, ASPACE_WRITE), 0);
    assert_int_equal(touch(race_at, ASPACE_READ, &word), 0);
    assert_int_equal(*word, 1234);
    assert_int_equal(as->resident_pages, 1);
    map_file(2, ASPACE_SHARED);
    meanwhile = lose_the_page; /* the page was found, but is no longer the file's */
    assert_int_equal(touch(race_at, ASPACE_READ, &word), 0);
    assert_int_equal(*word, 0);
}

static vaddr_t shared_at;

static void *toucher(void *arg)
{
    fake_cpu = (unsigned)(uintptr_t)arg;
    for (unsigned i = 0; i < 400; i++)
        assert_int_equal(aspace_fault(as, shared_at + i * 4096u, ASPACE_WRITE), 0);
    return NULL;
}

static void four_cpus_fault_on_the_same_pages(void **state)
{
    pthread_t t[4];

    (void)state;
    for (unsigned round = 0; round < 20; round++) {
        shared_at = map_at(0, 400 * 4096, 0, 3);
        for (uintptr_t i = 0; i < 4; i++)
            pthread_create(&t[i], NULL, toucher, (void *)i);
        for (unsigned i = 0; i < 4; i++)
            pthread_join(t[i], NULL);
        assert_int_equal(as->resident_pages, 400);
        assert_true(aspace_check(as));
        assert_int_equal(aspace_unmap(as, shared_at, 400 * 4096), 0);
    }
}

static unsigned allocations_left; /* until one is refused */
static unsigned refused_one_in;   /* of all */

bool page_refuse(void)
{
    static unsigned asked;
    if (refused_one_in)
        return __atomic_add_fetch(&asked, 1, __ATOMIC_RELAXED) % refused_one_in == 0;
    return allocations_left && --allocations_left == 0;
}

static void *heap_mover(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    fake_cpu = seed;
    for (unsigned i = 0; i < 20000; i++)
        aspace_brk(as, as->brk_start + (vaddr_t)rand_r(&seed) % 0x4000);
    return NULL;
}

/* Whoever wins, and whatever is refused meanwhile, nothing stays mapped behind the heap's end. */
static void four_cpus_move_the_heaps_end(void **state)
{
    pthread_t t[4];

    (void)state;
    as->brk_start = as->brk = 0x500000;
    for (refused_one_in = 0; refused_one_in < 4; refused_one_in++) {
        page_refusing = refused_one_in != 0;
        slab_refuse();
        for (uintptr_t i = 0; i < 4; i++)
            pthread_create(&t[i], NULL, heap_mover, (void *)i);
        for (unsigned i = 0; i < 4; i++)
            pthread_join(t[i], NULL);
        page_refusing = false;
        assert_int_equal(aspace_brk(as, 0x500000), 0x500000);
        assert_int_equal(as->region_count, 0);
        assert_int_equal(as->mapped_bytes, 0);
    }
    refused_one_in = 0;
}

/* Whichever allocation fails, the pages are where they were, and nothing else is there. */
static void a_move_without_memory_changes_nothing(void **state)
{
    uint64_t *word;
    vaddr_t from = map_at(0, 12 * 4096, 0, 3), at;
    int err = -1;

    (void)state;
    for (unsigned i = 0; i < 12; i++) {
        assert_int_equal(touch(from + i * 4096, ASPACE_WRITE, &word), 0);
        *word = i;
    }
    for (unsigned nth = 1; err; nth++) {
        uint32_t regions = as->region_count;
        allocations_left = nth;
        page_refusing = true;
        slab_refuse();
        err = aspace_remap(as, from + 4 * 4096, 4 * 4096, 6 * 4096, 3, 0x700000000000, &at);
        page_refusing = false;
        assert_true(aspace_check(as));
        assert_int_equal(as->region_count, err ? regions : regions + 2);
        for (unsigned i = 0; i < 12; i++) {
            bool moved = !err && i >= 4 && i < 8;
            vaddr_t now = moved ? 0x700000000000 + (i - 4) * 4096u : from + i * 4096;
            assert_int_equal(touch(now, ASPACE_READ, &word), 0);
            assert_int_equal(*word, i);
        }
        assert_true(nth < 50);
    }
    allocations_left = 0;
}

static void lists_regions(void **state)
{
    struct aspace_info info;
    vaddr_t at = 0;
    unsigned n = 0;

    (void)state;
    map_at(0x100000, 4096, ASPACE_FIXED, 5);
    map_at(0x200000, 8192, ASPACE_FIXED | ASPACE_HEAP, 3);
    assert_int_equal(aspace_name(as, 0x100000, 4096, "Go: heap"), 0);
    for (; aspace_next(as, at, &info); at = info.end)
        n++;
    assert_int_equal(n, 2);
    assert_string_equal(info.name, "[heap]");
    assert_true(aspace_next(as, 0, &info));
    assert_string_equal(info.name, "[anon:Go: heap]");
    assert_int_equal(info.prot, 5);
}

static void locked_memory(void **state)
{
    vaddr_t at = map_at(0, 10 * 4096, 0, 3);

    (void)state;
    assert_int_equal(aspace_lock(as, at + 4096 + 5, 4096, true), 0); /* two pages */
    assert_int_equal(as->locked_bytes, 8192);
    assert_int_equal(aspace_advise(as, at, 4 * 4096, LINUX_MADV_DONTNEED), -EINVAL);
    assert_int_equal(aspace_sync(as, at, 4 * 4096, true), -EBUSY);
    assert_int_equal(aspace_lock(as, at, 10 * 4096, false), 0);
    assert_int_equal(as->locked_bytes, 0);
    assert_int_equal(as->region_count, 1);
    assert_int_equal(aspace_lock(as, at, 11 * 4096, true), -ENOMEM);
    assert_int_equal(aspace_lock_all(as, LINUX_MCL_CURRENT | LINUX_MCL_FUTURE), 0);
    assert_int_equal(as->locked_bytes, 10 * 4096);
    vaddr_t next = map_at(0, 4096, 0, 3);
    assert_int_equal(as->locked_bytes, 11 * 4096);
    assert_int_equal(aspace_lock_all(as, 0), 0);
    assert_int_equal(as->locked_bytes, 0);
    assert_int_equal(next, at - 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_operations, setup, teardown),
        cmocka_unit_test_setup_teardown(places, setup, teardown),
        cmocka_unit_test_setup_teardown(reservations_are_free, setup, teardown),
        cmocka_unit_test_setup_teardown(stack_grows, setup, teardown),
        cmocka_unit_test_setup_teardown(brk_moves, setup, teardown),
        cmocka_unit_test_setup_teardown(a_move_without_memory_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(four_cpus_move_the_heaps_end, setup, teardown),
        cmocka_unit_test_setup_teardown(limits, setup, teardown),
        cmocka_unit_test_setup_teardown(huge_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(out_of_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(four_cpus_fault_on_the_same_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_during_a_fetch, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_regions, setup, teardown),
        cmocka_unit_test_setup_teardown(locked_memory, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
