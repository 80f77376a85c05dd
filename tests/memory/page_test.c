/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and slabs against a map of who owns what. */
#include "kernel/arch/cpu.h"
#include "kernel/core/page.h"
#include "kernel/core/slab.h"
#include "tests/fake/machine.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ODD_PAGES: RAM need not begin where a block does. */
enum { MIB = 1 << 20, RAM = 16 * MIB, PAGES = RAM / 4096, ODD_PAGES = 3 };

static paddr_t ram;
static uint8_t owner[PAGES]; /* 0: free, else a number */

static int setup(void **state)
{
    (void)state;
    ram = fake_ram(RAM);
    memset(owner, 0, sizeof(owner));
    random_seed(7);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_ram_free(ram, RAM);
    return 0;
}

static void init(const struct mem_range *taken, unsigned n)
{
    struct mem_range all = {ram + ODD_PAGES * PAGE_SIZE, ram + RAM};

    page_init(&all, 1, taken, n);
    for (unsigned i = 0; i < n; i++)
        for (paddr_t pa = ALIGN_DOWN(taken[i].start, PAGE_SIZE); pa < taken[i].end; pa += PAGE_SIZE)
            owner[(pa - ram) / PAGE_SIZE] = 255;
}

static uint64_t free_bytes(void)
{
    struct page_stats s;

    page_stats(&s);
    return s.free_bytes;
}

static void take(paddr_t pa, unsigned order)
{
    assert_true(pa >= ram && pa + (PAGE_SIZE << order) <= ram + RAM);
    assert_int_equal(pa % (PAGE_SIZE << order), 0);
    for (unsigned i = 0; i < 1u << order; i++) {
        assert_int_equal(owner[(pa - ram) / PAGE_SIZE + i], 0);
        owner[(pa - ram) / PAGE_SIZE + i] = 1;
    }
}

static void give(paddr_t pa, unsigned order)
{
    for (unsigned i = 0; i < 1u << order; i++)
        owner[(pa - ram) / PAGE_SIZE + i] = 0;
}

static void random_allocation(void **state)
{
    struct mem_range taken[] = {{ram + 0x1234, ram + 0x5678}, {ram + 5 * MIB, ram + 7 * MIB + 1}};
    struct {
        paddr_t pa;
        unsigned order;
    } held[512];
    unsigned n = 0;

    (void)state;
    init(taken, 2);
    uint64_t start = free_bytes();
    for (unsigned i = 0; i < 60000; i++) {
        fake_cpu = (unsigned)random_below(3);
        if (n < 512 && random_below(n < 200 ? 3 : 2)) {
            unsigned order = random_below(4) ? 0 : (unsigned)random_below(8);
            bool zero = random_below(2);
            paddr_t pa = page_alloc(order, zero ? PAGE_ZERO : 0);
            if (pa == PAGE_NONE)
                continue;
            take(pa, order);
            if (zero)
                for (size_t b = 0; b < PAGE_SIZE << order; b += 509)
                    assert_int_equal(((char *)pa)[b], 0);
            memset((void *)pa, 0xee, PAGE_SIZE << order);
            assert_int_equal(page_refs(pa), 1);
            assert_int_equal(page_order(pa), order);
            held[n].pa = pa;
            held[n++].order = order;
        } else if (n) {
            unsigned k = (unsigned)random_below(n);
            page_get(held[k].pa);
            page_put(held[k].pa);
            give(held[k].pa, held[k].order);
            page_put(held[k].pa);
            held[k] = held[--n];
        }
    }
    while (n--)
        page_put(held[n].pa);
    assert_int_equal(free_bytes(), start);
}

static bool is_zeroed(paddr_t pa, unsigned order)
{
    const char *bytes = (const char *)pa;

    return !bytes[0] && !memcmp(bytes, bytes + 1, (PAGE_SIZE << order) - 1);
}

/* In memory that was zeros when the machine started, but for what the loader put there, pages asked
 * for as zeroed are so: those never in use, used ones, and ones that were reserved. */
static void blank_memory(void **state)
{
    paddr_t start = ram + MIB, tree = ram + 6 * MIB;
    struct mem_range all = {start, ram + RAM};
    struct mem_range taken[] = {{start + 2 * PAGE_SIZE, start + MIB},
                                {tree, tree + 16 * PAGE_SIZE}};
    bool met_tree = false;

    (void)state;
    memset((void *)start, 0, RAM - MIB);
    memset((void *)start, 0x55, MIB);
    memset((void *)tree, 0x55, 16 * PAGE_SIZE);
    page_init(&all, 1, taken, 2);
    page_memory_is_blank();
    fake_cpu = 0;
    page_release_range(tree, tree + 16 * PAGE_SIZE);
    assert_true(page_alloc(1, PAGE_ZERO) == start && is_zeroed(start, 1));
    for (unsigned i = 0;; i++) {
        unsigned order = i % 5 ? 0 : i % 3;
        paddr_t pa = page_alloc(order, PAGE_ZERO | PAGE_RESERVE);
        if (pa == PAGE_NONE && order == 0)
            break;
        if (pa == PAGE_NONE)
            continue;
        met_tree |= pa <= tree && pa + (PAGE_SIZE << order) > tree;
        assert_true(is_zeroed(pa, order));
        memset((void *)pa, 0xee, PAGE_SIZE << order);
        if (i % 7 == 0)
            page_put(pa);
    }
    assert_true(met_tree);
}

/* All of memory can be had by single pages, comes back, and is 2 MiB blocks again. */
static void exhaustion_and_coalescing(void **state)
{
    struct mem_range taken[] = {{ram + MIB, ram + 2 * MIB}};
    static paddr_t pages[PAGES];
    unsigned n = 0, blocks = 0;

    (void)state;
    init(taken, 1);
    fake_cpu = 0;
    for (paddr_t pa; (pa = page_alloc(0, PAGE_RESERVE)) != PAGE_NONE;) {
        take(pa, 0);
        pages[n++] = pa;
    }
    /* everything but the reserved MiB and the descriptors (4 bytes a page) */
    assert_int_equal(n, PAGES - ODD_PAGES - 256 - PAGES * 4 / PAGE_SIZE);
    assert_int_equal(free_bytes(), 0);
    while (n)
        page_put(pages[--n]);
    while ((pages[blocks] = page_alloc(9, PAGE_RESERVE)) != PAGE_NONE)
        blocks++;
    assert_in_range(blocks, 6, 7); /* 8 without the one that is partly reserved; the CPU's cache may
                                      keep pages of another */
    while (blocks)
        page_put(pages[--blocks]);
}

static void reserve_is_kept_back(void **state)
{
    unsigned n = 0;

    (void)state;
    init(NULL, 0);
    while (page_alloc(0, 0) != PAGE_NONE)
        n++;
    assert_true(n > PAGES - 64);
    assert_true(page_alloc(0, PAGE_RESERVE) != PAGE_NONE);
    assert_true(page_alloc(0, 0) == PAGE_NONE);
}

static void reserved_pages_are_not_counted(void **state)
{
    struct mem_range taken[] = {{ram + 3 * MIB, ram + 4 * MIB}};
    uint64_t before;

    (void)state;
    init(taken, 1);
    page_get(ram + 3 * MIB);
    page_put(ram + 3 * MIB);
    page_put(ram + 3 * MIB);
    assert_int_equal(page_refs(ram + 3 * MIB), 0);
    page_put(ram + RAM + 4096); /* no RAM of ours */
    before = free_bytes();
    page_release_range(ram + 3 * MIB + 1, ram + 4 * MIB);
    assert_int_equal(free_bytes(), before + MIB - PAGE_SIZE);
    page_release_range(ram + 3 * MIB, ram + 4 * MIB); /* what was released before stays so */
    assert_int_equal(free_bytes(), before + MIB);
    assert_true(page_alloc(9, 0) != PAGE_NONE);
}

static void split_block(void **state)
{
    (void)state;
    init(NULL, 0);
    uint64_t before = free_bytes();
    paddr_t pa = page_alloc(9, 0);
    page_split(pa);
    for (unsigned i = 0; i < 512; i++) {
        assert_int_equal(page_refs(pa + i * PAGE_SIZE), 1);
        page_put(pa + i * PAGE_SIZE);
    }
    assert_int_equal(free_bytes(), before);
}

static void *hammer(void *arg)
{
    paddr_t held[64] = {0};

    fake_cpu = (unsigned)(uintptr_t)arg;
    random_seed(fake_cpu + 100);
    for (unsigned i = 0; i < 20000; i++) {
        paddr_t *slot = &held[random_below(64)];
        if (*slot) {
            assert_int_equal(*(uint64_t *)*slot, (uint64_t)(uintptr_t)arg);
            page_put(*slot);
            *slot = 0;
        } else if ((*slot = page_alloc(random_below(8) ? 0 : 2, 0))) {
            *(uint64_t *)*slot = (uint64_t)(uintptr_t)arg;
        }
    }
    for (unsigned i = 0; i < 64; i++)
        if (held[i])
            page_put(held[i]);
    return NULL;
}

/* Blocks whose buddies other CPUs take and free at the same moment: each page says whose it is. */
static void *hammer_blocks(void *arg)
{
    struct {
        uint64_t *at, mark;
        unsigned order;
    } held[8] = {{0}};

    fake_cpu = (unsigned)(uintptr_t)arg;
    random_seed(fake_cpu + 200);
    for (uint64_t i = 1; i < 1500000; i++) {
        unsigned k = (unsigned)random_below(8);
        if (!held[k].at) {
            held[k].order = 1 + (unsigned)random_below(3);
            held[k].at = (uint64_t *)page_alloc(held[k].order, 0);
            held[k].mark = i << 8 | fake_cpu;
        }
        for (unsigned n = 0; held[k].at && n < 1u << held[k].order; n++) {
            uint64_t *page = held[k].at + n * PAGE_SIZE / sizeof(*page);
            if (held[k].mark >> 8 != i)
                assert_int_equal(*page, held[k].mark);
            *page = held[k].mark;
        }
        if (held[k].at && held[k].mark >> 8 != i) {
            page_put((paddr_t)held[k].at);
            held[k].at = NULL;
        }
    }
    for (unsigned k = 0; k < 8; k++)
        if (held[k].at)
            page_put((paddr_t)held[k].at);
    return NULL;
}

static void on_four_cpus(void *(*work)(void *))
{
    pthread_t t[4];

    init(NULL, 0);
    uint64_t before = free_bytes();
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, (void *)i);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    assert_int_equal(free_bytes(), before);
}

static void four_cpus(void **state)
{
    (void)state;
    on_four_cpus(hammer);
}

static void four_cpus_with_blocks(void **state)
{
    (void)state;
    on_four_cpus(hammer_blocks);
}

static void slabs(void **state)
{
    struct {
        unsigned char *p;
        size_t size;
        unsigned char fill;
    } held[400] = {{0}};
    size_t base = slab_in_use_bytes();

    (void)state;
    init(NULL, 0);
    for (unsigned i = 0; i < 40000; i++) {
        unsigned k = (unsigned)random_below(400);
        if (held[k].p) {
            for (size_t b = 0; b < held[k].size; b++)
                assert_int_equal(held[k].p[b], held[k].fill);
            kfree(held[k].p);
            held[k].p = NULL;
            continue;
        }
        size_t size = random_below(16) ? random_below(2200) : random_below(20000);
        bool zero = random_below(2);
        unsigned char *p = zero ? kzalloc(size) : kmalloc(size);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t b = 0; zero && b < size; b++)
            assert_int_equal(p[b], 0);
        held[k].p = p;
        held[k].size = size;
        held[k].fill = (unsigned char)i;
        memset(p, held[k].fill, size);
    }
    for (unsigned k = 0; k < 400; k++)
        kfree(held[k].p);
    kfree(NULL);
    assert_int_equal(slab_in_use_bytes(), base);
    assert_null(kmalloc((1 << 20) + 1));
}

/* Goes on with the slabs of the test before: each class may keep one page. */
static void slabs_give_pages_back(void **state)
{
    static void *held[20000];

    (void)state;
    uint64_t before = free_bytes();
    for (unsigned i = 0; i < 20000; i++)
        held[i] = kmalloc(16 + i % 500);
    assert_true(free_bytes() < before - 4 * MIB);
    for (unsigned i = 0; i < 20000; i++)
        kfree(held[i]);
    assert_true(free_bytes() >= before - 20 * PAGE_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_allocation, setup, teardown),
        cmocka_unit_test_setup_teardown(blank_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(exhaustion_and_coalescing, setup, teardown),
        cmocka_unit_test_setup_teardown(reserve_is_kept_back, setup, teardown),
        cmocka_unit_test_setup_teardown(reserved_pages_are_not_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(split_block, setup, teardown),
        cmocka_unit_test_setup_teardown(four_cpus, setup, teardown),
        cmocka_unit_test_setup_teardown(four_cpus_with_blocks, setup, teardown),
        cmocka_unit_test_setup(slabs, setup),
        cmocka_unit_test_teardown(slabs_give_pages_back, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
