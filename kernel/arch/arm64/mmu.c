/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's tables (Arm DDI 0487 D8): 4 levels, 4 KiB granule. Entries only ever go from invalid
 * to valid here, so a barrier is enough and no TLB maintenance is needed (D8.13: break-before-make
 * concerns valid to valid).
 */
#include "kernel/arch/mmu.h"
#include "abi/errno.h"
#include "kernel/core/page.h"
#include "kernel/core/panic.h"

enum {
    PTE_VALID = 1,
    PTE_TABLE = 3,
    PTE_PAGE = 3,
    PTE_BLOCK = 1,
    ROOM_FIRST_FREE = 10, /* pages of the boot room: see start.S */
    ROOM_LAST_FREE = 18,
    ENTRIES = 512,
};

#define PTE_AF        (UINT64_C(1) << 10)
#define PTE_INNER     (UINT64_C(3) << 8)
#define PTE_XN        (UINT64_C(3) << 53)
#define PTE_DEVICE    (UINT64_C(1) << 2)
#define PTE_ADDR_MASK UINT64_C(0x0000fffffffff000)
#define NORMAL_RW     (PTE_AF | PTE_INNER | PTE_XN)
#define DEVICE_RW     (PTE_AF | PTE_DEVICE | PTE_XN)
#define SIZE_2M       (UINT64_C(1) << 21)
#define SIZE_1G       (UINT64_C(1) << 30)

static uint64_t *root;
static paddr_t early_next, early_end;

static void table_barrier(void)
{
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

void mmu_init(paddr_t room)
{
    root = phys_to_virt(room);
    early_next = room + ROOM_FIRST_FREE * PAGE_SIZE;
    early_end = room + ROOM_LAST_FREE * PAGE_SIZE;
}

paddr_t mmu_early_end(void)
{
    paddr_t end = early_next;
    early_next = early_end;
    return end;
}

static paddr_t table_alloc(void)
{
    if (early_next == early_end)
        return page_alloc(0, PAGE_ZERO | PAGE_RESERVE);
    paddr_t pa = early_next;
    early_next += PAGE_SIZE;
    clear_page(phys_to_virt(pa));
    return pa;
}

static bool is_table(uint64_t e)
{
    return (e & PTE_TABLE) == PTE_TABLE;
}

/* The table below entry e, made if there is none. NULL: out of memory, or a block is there already.
 */
static uint64_t *table_below(uint64_t *e)
{
    if (!(*e & PTE_VALID)) {
        paddr_t pa = table_alloc();
        if (pa == PAGE_NONE)
            return NULL;
        *e = pa | PTE_TABLE;
    }
    if (!is_table(*e))
        return NULL;
    return phys_to_virt(*e & PTE_ADDR_MASK);
}

/* The entry for va at `level` (1: 1 GiB, 2: 2 MiB, 3: 4 KiB). */
static uint64_t *entry_at(uint64_t va, unsigned level)
{
    uint64_t *table = root;
    for (unsigned l = 0; l < level; l++) {
        table = table_below(&table[(va >> (39 - 9 * l)) % ENTRIES]);
        if (!table)
            return NULL;
    }
    return &table[(va >> (39 - 9 * level)) % ENTRIES];
}

/* The ends of RAM that aren't whole blocks; pages that the boot code mapped stay. */
static void map_pages(paddr_t start, paddr_t end)
{
    for (paddr_t pa = start; pa < end; pa += PAGE_SIZE) {
        uint64_t *e = entry_at(DIRECT_MAP_BASE + pa, 3);
        if (e && !(*e & PTE_VALID))
            *e = pa | NORMAL_RW | PTE_PAGE;
    }
}

/* Part of one gigabyte in 2 MiB blocks. A table in the place of a block is the image's own: the
 * boot code has filled it. */
static void map_blocks(paddr_t start, paddr_t end)
{
    paddr_t first = ALIGN_UP(start, SIZE_2M), last = ALIGN_DOWN(end, SIZE_2M);
    if (first >= last) {
        map_pages(start, end);
        return;
    }
    map_pages(start, first);
    uint64_t *e = entry_at(DIRECT_MAP_BASE + first, 2);
    for (paddr_t pa = first; e && pa < last; pa += SIZE_2M, e++)
        if (!(*e & PTE_VALID))
            *e = pa | NORMAL_RW | PTE_BLOCK;
    map_pages(last, end);
}

void mmu_map_ram(paddr_t start, paddr_t end)
{
    paddr_t next, limit = ALIGN_DOWN(end, PAGE_SIZE);
    for (paddr_t pa = ALIGN_UP(start, PAGE_SIZE); pa < limit; pa = next) {
        next = MIN(ALIGN_DOWN(pa, SIZE_1G) + SIZE_1G, limit);
        uint64_t *e = entry_at(DIRECT_MAP_BASE + pa, 1);
        if (e && next - pa == SIZE_1G && !(*e & PTE_VALID))
            *e = pa | NORMAL_RW | PTE_BLOCK;
        else if (e && (!(*e & PTE_VALID) || is_table(*e)))
            map_blocks(pa, next);
    }
    table_barrier();
}

volatile void *mmio_map(paddr_t pa, size_t size_bytes)
{
    for (paddr_t block = ALIGN_DOWN(pa, SIZE_2M); block < pa + size_bytes; block += SIZE_2M) {
        uint64_t *e = entry_at(MMIO_BASE + block, 2);
        if (!e)
            return NULL;
        if (!(*e & PTE_VALID))
            *e = block | DEVICE_RW | PTE_BLOCK;
    }
    table_barrier();
    return (volatile void *)(MMIO_BASE + pa);
}

int mmu_map_page(void *va, paddr_t pa)
{
    uint64_t *e = entry_at((uint64_t)va, 3);
    if (!e)
        return -ENOMEM;
    ASSERT(!(*e & PTE_VALID));
    *e = pa | NORMAL_RW | PTE_PAGE;
    table_barrier();
    return 0;
}
