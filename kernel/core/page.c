/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical pages: a buddy allocator below a frontier, untouched memory above it.
 *
 * Memory comes in zones (one for each range of RAM). A zone has a descriptor of four bytes for each
 * page, valid only below the zone's frontier and only for the first page of a block; the links of
 * free blocks are in the free blocks themselves. Pages above the frontier have never been handed
 * out and cost nothing. A block is 2^order pages at a multiple of its size (of physical address),
 * so a block's buddy is always a block or split into smaller ones, never part of a larger one, and
 * its descriptor can be trusted.
 *
 * Where the machine's memory was all zeros when it started, a page from above the frontier needs no
 * clearing: its address goes about with BLANK in it until it is handed out.
 *
 * Order-0 pages pass through a cache per CPU. Kernel code is never preempted, so a CPU's cache
 * needs no lock; `lock` guards everything else.
 */
#include "kernel/core/page.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/lock.h"
#include "kernel/core/panic.h"
#include "lib/list.h"

enum {
    ORDER_MAX = 10,
    ZONES_MAX = 4,
    RESERVED_MAX = 24,
    CACHE_MAX = 32,
    CACHE_BATCH_ORDER = 4,
    RESERVE_PAGES =
        24, /* only for PAGE_RESERVE: tables, stacks and buffers needed to get out of trouble */
    PLENTY_PAGES = 512, /* below this much free memory the caches hold next to nothing */
    CACHE_MAX_SCARCE = 2,
    USED_MAX = 4,
};

#define BLANK ((paddr_t)1)

/* A descriptor: a block in use has refs > 0 and its order; a free one in a list has FREE and its
 * order; one in a cache is 0. */
#define DESC_REFS        0x00ffffffu
#define DESC_ORDER_SHIFT 24
#define DESC_FREE        0x80000000u
#define DESC_UNCOUNTED   0x40000000u /* reserved memory: never counted, never freed */

struct zone {
    paddr_t start, end; /* whole pages */
    paddr_t frontier;   /* descriptors of [start, frontier) are valid */
    uint32_t *desc;     /* of the page at start and on */
};

struct cache {
    uint32_t count;
    paddr_t pages[CACHE_MAX];
} ALIGNED(64);

static struct spinlock lock;
bool page_refusing;
static struct zone zones[ZONES_MAX];
static unsigned zone_count;
static struct mem_range reserved[RESERVED_MAX]; /* sorted */
static unsigned reserved_count;
static bool
    memory_blank; /* but for the loader's first page, what is reserved, and ranges that were: */
static struct mem_range used[USED_MAX];
static unsigned used_count;
static struct list free_blocks[ORDER_MAX + 1];
static uint64_t free_pages; /* in free_blocks and above the frontiers, without reserved ones */
static uint64_t total_pages, least_free_pages;
static struct cache caches[CPU_MAX];

static inline struct zone *zone_of(paddr_t pa)
{
    for (struct zone *z = zones; z < zones + zone_count; z++)
        if (pa - z->start < z->end - z->start)
            return z;
    return NULL;
}

static inline uint32_t *desc_of(struct zone *z, paddr_t pa)
{
    return &z->desc[(pa - z->start) >> PAGE_SHIFT];
}

static inline paddr_t block_bytes(unsigned order)
{
    return (paddr_t)PAGE_SIZE << order;
}

/* ---- blocks ---- */

static void list_free_block(struct zone *z, paddr_t pa, unsigned order)
{
    *desc_of(z, pa) = DESC_FREE | order << DESC_ORDER_SHIFT;
    list_push_front(&free_blocks[order], phys_to_virt(pa));
}

/* Free a block, joined with its buddy as often as that is free too. */
static void free_block(struct zone *z, paddr_t pa, unsigned order)
{
    free_pages += UINT64_C(1) << order;
    for (; order < ORDER_MAX; order++) {
        paddr_t buddy = pa ^ block_bytes(order);
        if (buddy < z->start || buddy + block_bytes(order) > z->frontier ||
            *desc_of(z, buddy) != (DESC_FREE | order << DESC_ORDER_SHIFT))
            break;
        list_remove(phys_to_virt(buddy));
        pa = MIN(pa, buddy);
    }
    list_free_block(z, pa, order);
}

/* Free [start, end) as the largest blocks that fit. Descriptors up to end are valid from here on.
 */
static void free_range(struct zone *z, paddr_t start, paddr_t end)
{
    while (start < end) {
        unsigned order = ORDER_MAX;
        while (start & (block_bytes(order) - 1) || start + block_bytes(order) > end)
            order--;
        free_block(z, start, order);
        start += block_bytes(order);
    }
}

static void mark_uncounted(struct zone *z, paddr_t start, paddr_t end)
{
    for (uint32_t *d = desc_of(z, start), *last = desc_of(z, end); d < last; d++)
        *d = DESC_UNCOUNTED;
}

/* The first reserved range that reaches into [start, end), or NULL. */
static const struct mem_range *reserved_in(paddr_t start, paddr_t end)
{
    for (const struct mem_range *r = reserved; r < reserved + reserved_count; r++)
        if (r->start < end && r->end > start)
            return r;
    return NULL;
}

/* Move the frontier up to `to`: what is passed goes to the free lists, except what is reserved. */
static void pass_frontier(struct zone *z, paddr_t to)
{
    while (z->frontier < to) {
        paddr_t at = z->frontier;
        const struct mem_range *r = reserved_in(at, to);
        paddr_t gap_end = r ? MAX(r->start, at) : to;

        if (gap_end > at) {
            free_pages -= (gap_end - at) >> PAGE_SHIFT; /* free_range counts them again */
            z->frontier = gap_end;
            free_range(z, at, gap_end);
        } else {
            z->frontier = MIN(r->end, to);
            mark_uncounted(z, at, z->frontier);
        }
    }
}

/* The first block of that order above the frontier, or PAGE_NONE. */
static paddr_t find_above_frontier(const struct zone *z, unsigned order)
{
    paddr_t pa = z->frontier;

    for (;;) {
        pa = ALIGN_UP(pa, block_bytes(order));
        if (pa < z->frontier || pa >= z->end || block_bytes(order) > z->end - pa)
            return PAGE_NONE;
        const struct mem_range *r = reserved_in(pa, pa + block_bytes(order));
        if (!r)
            return pa;
        pa = r->end;
    }
}

void page_memory_is_blank(void)
{
    memory_blank = true;
}

static void mark_used(paddr_t start, paddr_t end)
{
    if (used_count == USED_MAX)
        memory_blank = false;
    else
        used[used_count++] = (struct mem_range){start, end};
}

static bool is_blank(const struct zone *z, paddr_t start, paddr_t end)
{
    bool blank = memory_blank && start != z->start;

    for (unsigned i = 0; i < used_count; i++)
        blank &= end <= used[i].start || start >= used[i].end;
    return blank;
}

/* With BLANK. */
static paddr_t take_above_frontier(unsigned order)
{
    for (struct zone *z = zones; z < zones + zone_count; z++) {
        paddr_t pa = find_above_frontier(z, order);
        if (pa == PAGE_NONE)
            continue;
        pass_frontier(z, pa);
        z->frontier = pa + block_bytes(order);
        free_pages -= UINT64_C(1) << order;
        return is_blank(z, pa, z->frontier) ? pa | BLANK : pa;
    }
    return PAGE_NONE;
}

static paddr_t take_listed(unsigned order)
{
    unsigned o = order;

    while (o <= ORDER_MAX && list_empty(&free_blocks[o]))
        o++;
    if (o > ORDER_MAX)
        return PAGE_NONE;
    paddr_t pa = virt_to_phys(list_pop_front(&free_blocks[o]));
    struct zone *z = zone_of(pa);
    while (o-- > order)
        list_free_block(z, pa + block_bytes(o), o);
    free_pages -= UINT64_C(1) << order;
    return pa;
}

/* A block whose descriptor the caller writes before it unlocks. With BLANK. */
static paddr_t take_block_locked(unsigned order, unsigned flags)
{
    paddr_t pa;

    if (!(flags & PAGE_RESERVE) && free_pages < RESERVE_PAGES + (UINT64_C(1) << order))
        return PAGE_NONE;
    pa = take_listed(order);
    if (pa == PAGE_NONE)
        pa = take_above_frontier(order);
    least_free_pages = MIN(least_free_pages, free_pages);
    return pa;
}

/* ---- the caches ---- */

static inline struct cache *my_cache(void)
{
    return &caches[cpu_index()];
}

static paddr_t take_unless_refused(unsigned order, unsigned flags)
{
    return UNLIKELY(page_refusing) && page_refuse() ? PAGE_NONE : take_block_locked(order, flags);
}

static __attribute__((noinline)) bool cache_refill(struct cache *c, unsigned flags)
{
    unsigned order = CACHE_BATCH_ORDER;
    paddr_t pa = PAGE_NONE;

    spin_lock(&lock);
    if (free_pages < PLENTY_PAGES || page_refusing)
        order = 0;
    for (;; order--) {
        pa = take_unless_refused(order, flags);
        if (pa != PAGE_NONE || order == 0)
            break;
    }
    if (pa != PAGE_NONE) {
        uint32_t *d = desc_of(zone_of(pa), pa);
        for (unsigned i = 1u << order; i--;) { /* the lowest address goes out first */
            d[i] = 0;
            c->pages[c->count++] = pa + i * (paddr_t)PAGE_SIZE;
        }
    }
    spin_unlock(&lock);
    return pa != PAGE_NONE;
}

/* Give all but `keep` pages back to the lists, the longest unused first. */
static __attribute__((noinline)) void cache_trim(struct cache *c, unsigned keep)
{
    unsigned out = c->count - keep;

    spin_lock(&lock);
    for (unsigned i = 0; i < out; i++) {
        paddr_t pa = c->pages[i] & ~BLANK;
        free_block(zone_of(pa), pa, 0);
    }
    spin_unlock(&lock);
    for (unsigned i = 0; i < keep; i++)
        c->pages[i] = c->pages[out + i];
    c->count = keep;
}

static void cache_put(paddr_t pa)
{
    struct cache *c = my_cache();

    if (UNLIKELY(c->count == CACHE_MAX))
        cache_trim(c, CACHE_MAX / 2);
    c->pages[c->count++] = pa;
    if (UNLIKELY(__atomic_load_n(&free_pages, __ATOMIC_RELAXED) < PLENTY_PAGES &&
                 c->count > CACHE_MAX_SCARCE))
        cache_trim(c, CACHE_MAX_SCARCE);
}

bool (*page_reclaim)(void);

/* Before there is no page at all, caches give theirs back. */
static __attribute__((noinline)) bool cache_refill_hard(struct cache *c, unsigned flags)
{
    return cache_refill(c, flags) ||
           (page_reclaim && page_reclaim() && (c->count || cache_refill(c, flags)));
}

/* ---- the interface ---- */

/* The next page of a cache that has some. With BLANK. */
static inline paddr_t cache_take(struct cache *c)
{
    paddr_t page = c->pages[--c->count], pa = page & ~BLANK;

    *desc_of(zone_of(pa), pa) = 1;
    return page;
}

static paddr_t alloc_block(unsigned order, unsigned flags)
{
    paddr_t pa;

    if (order > ORDER_MAX)
        return PAGE_NONE;
    spin_lock(&lock);
    pa = take_unless_refused(order, flags);
    if (pa != PAGE_NONE) /* whoever frees its buddy must see that it isn't free any more */
        *desc_of(zone_of(pa), pa) = 1 | order << DESC_ORDER_SHIFT;
    spin_unlock(&lock);
    return pa;
}

static void clear_block(paddr_t pa, unsigned order)
{
    for (unsigned i = 0; i < 1u << order; i++)
        clear_page((char *)phys_to_virt(pa) + (size_t)i * PAGE_SIZE);
}

unsigned page_alloc_zeroed(paddr_t *pages, unsigned n)
{
    struct cache *c = my_cache();

    for (unsigned i = 0; i < n; i++) {
        if (UNLIKELY(!c->count) && !cache_refill_hard(c, 0))
            return i;
        paddr_t pa = cache_take(c);
        pages[i] = pa & ~BLANK;
        if (!(pa & BLANK))
            clear_page(phys_to_virt(pa));
    }
    return n;
}

paddr_t page_alloc(unsigned order, unsigned flags)
{
    paddr_t pa;

    if (LIKELY(order == 0)) {
        struct cache *c = my_cache();
        if (UNLIKELY(!c->count) && !cache_refill_hard(c, flags))
            return PAGE_NONE;
        pa = cache_take(c);
        if (flags & PAGE_ZERO && !(pa & BLANK))
            clear_page(phys_to_virt(pa));
        return pa & ~BLANK;
    }
    pa = alloc_block(order, flags);
    bool blank = pa & BLANK;
    pa &= ~BLANK;
    if (pa != PAGE_NONE && flags & PAGE_ZERO && !blank)
        clear_block(pa, order);
    return pa;
}

/* The descriptor of a counted page, or NULL. */
static inline uint32_t *counted(paddr_t pa)
{
    struct zone *z = zone_of(pa);

    /* The frontier only rises, and past a page before that page is handed out: no lock needed. */
    if (UNLIKELY(!z || pa >= __atomic_load_n(&z->frontier, __ATOMIC_RELAXED)))
        return NULL;
    uint32_t *d = desc_of(z, pa);
    return UNLIKELY(*d & DESC_UNCOUNTED) ? NULL : d;
}

void page_get(paddr_t pa)
{
    uint32_t *d = counted(pa);

    if (d)
        __atomic_fetch_add(d, 1, __ATOMIC_RELAXED);
}

static void free_unreferenced(paddr_t pa, unsigned order)
{
    if (order == 0) {
        cache_put(pa);
        return;
    }
    spin_lock(&lock);
    free_block(zone_of(pa), pa, order);
    spin_unlock(&lock);
}

void page_put(paddr_t pa)
{
    uint32_t *d = counted(pa);

    if (!d)
        return;
    uint32_t old = __atomic_load_n(d, __ATOMIC_ACQUIRE);
    ASSERT(!(old & DESC_FREE) && (old & DESC_REFS));
    if (LIKELY((old & DESC_REFS) == 1)) /* ours alone: nobody can take another one */
        *d = 0;
    else if ((__atomic_fetch_sub(d, 1, __ATOMIC_ACQ_REL) & DESC_REFS) != 1)
        return;
    free_unreferenced(pa, old >> DESC_ORDER_SHIFT & 0x1f);
}

unsigned page_refs(paddr_t pa)
{
    uint32_t *d = counted(pa);

    return d ? __atomic_load_n(d, __ATOMIC_ACQUIRE) & DESC_REFS : 0;
}

unsigned page_order(paddr_t pa)
{
    uint32_t *d = counted(pa);

    return d ? *d >> DESC_ORDER_SHIFT & 0x1f : 0;
}

void page_split(paddr_t pa)
{
    unsigned order = page_order(pa);
    uint32_t *d = counted(pa);

    ASSERT(d && (*d & DESC_REFS) == 1);
    for (unsigned i = 0; i < 1u << order; i++)
        d[i] = 1;
}

void page_stats(struct page_stats *s)
{
    uint64_t cached = 0;

    for (unsigned i = 0; i < CPU_MAX; i++)
        cached += __atomic_load_n(&caches[i].count, __ATOMIC_RELAXED);
    spin_lock(&lock);
    s->total_bytes = total_pages * PAGE_SIZE;
    s->free_bytes = (free_pages + cached) * PAGE_SIZE;
    s->peak_used_bytes = (total_pages - least_free_pages) * PAGE_SIZE;
    spin_unlock(&lock);
}

bool page_is_plentiful(void)
{
    return __atomic_load_n(&free_pages, __ATOMIC_RELAXED) > total_pages / 4;
}

bool page_is_scarce(void)
{
    return __atomic_load_n(&free_pages, __ATOMIC_RELAXED) < total_pages / 32;
}

/* ---- taking over ---- */

static void add_reserved(paddr_t start, paddr_t end)
{
    unsigned at = reserved_count;

    if (start >= end)
        return;
    if (reserved_count == RESERVED_MAX)
        panic("more than %d reserved memory ranges", RESERVED_MAX);
    for (; at && reserved[at - 1].start > start; at--)
        reserved[at] = reserved[at - 1];
    reserved[at] = (struct mem_range){start, end};
    reserved_count++;
}

static void add_zone(const struct mem_range *r)
{
    paddr_t start = ALIGN_UP(r->start, PAGE_SIZE), end = ALIGN_DOWN(r->end, PAGE_SIZE);

    if (start == 0)
        start = PAGE_SIZE; /* PAGE_NONE is nobody's */
    if (start >= end || zone_count == ZONES_MAX)
        return;
    zones[zone_count++] = (struct zone){.start = start, .end = end, .frontier = start};
    total_pages += (end - start) >> PAGE_SHIFT;
}

/* Carve the descriptor table of z out of the first gap of any zone that holds it. */
static void place_descriptors(struct zone *z)
{
    uint64_t size = ALIGN_UP(((z->end - z->start) >> PAGE_SHIFT) * sizeof(uint32_t), PAGE_SIZE);

    for (struct zone *from = zones; from < zones + zone_count; from++) {
        paddr_t at = from->start;
        const struct mem_range *r;
        while (at < from->end && size <= from->end - at) {
            r = reserved_in(at, at + size);
            if (!r) {
                add_reserved(at, at + size);
                z->desc = phys_to_virt(at);
                return;
            }
            at = r->end;
        }
    }
    boot_fail("too little memory: no room for the descriptors of %llu KiB; give the machine more",
              (unsigned long long)((z->end - z->start) >> 10));
}

static uint64_t reserved_pages_in(const struct zone *z)
{
    uint64_t pages = 0;
    paddr_t upto = z->start; /* ranges may overlap: count nothing twice */

    for (const struct mem_range *r = reserved; r < reserved + reserved_count; r++) {
        paddr_t start = MAX(r->start, upto), end = MIN(r->end, z->end);
        if (start >= end)
            continue;
        pages += (end - start) >> PAGE_SHIFT;
        upto = end;
    }
    return pages;
}

void page_init(const struct mem_range *ram, unsigned nram, const struct mem_range *taken,
               unsigned ntaken)
{
    zone_count = reserved_count = 0;
    total_pages = free_pages = 0;
    used_count = 0;
    memory_blank = false;
    for (unsigned o = 0; o <= ORDER_MAX; o++)
        list_init(&free_blocks[o]);
    for (unsigned i = 0; i < CPU_MAX; i++)
        caches[i].count = 0;
    for (unsigned i = 0; i < ntaken; i++)
        add_reserved(ALIGN_DOWN(taken[i].start, PAGE_SIZE), ALIGN_UP(taken[i].end, PAGE_SIZE));
    for (unsigned i = 0; i < nram; i++)
        add_zone(&ram[i]);
    for (unsigned i = 0; i < zone_count; i++)
        place_descriptors(&zones[i]);
    for (unsigned i = 0; i < zone_count; i++)
        free_pages +=
            ((zones[i].end - zones[i].start) >> PAGE_SHIFT) - reserved_pages_in(&zones[i]);
    least_free_pages = free_pages;
}

/* Take [start, end) out of the reserved range that holds it. False: no range does, or there is no
 * room to split it. */
static bool unreserve(paddr_t start, paddr_t end)
{
    struct mem_range *r = reserved;
    while (r < reserved + reserved_count && r->end < end)
        r++;
    if (r == reserved + reserved_count || r->start > start)
        return false;
    if (r->start < start && end < r->end) {
        if (reserved_count == RESERVED_MAX)
            return false;
        for (struct mem_range *q = reserved + reserved_count++; q > r; q--)
            *q = q[-1];
        r[0].end = start;
        r[1].start = end;
    } else if (r->start < start) {
        r->end = start;
    } else {
        r->start = end; /* empty when end == r->end: it then overlaps nothing */
    }
    return true;
}

/* Below the frontier: each run of reserved pages as the largest blocks that fit. */
static void release_passed(struct zone *z, paddr_t start, paddr_t end)
{
    for (paddr_t at = start, run; at < end; at = run + PAGE_SIZE) {
        for (run = at; run < end && *desc_of(z, run) == DESC_UNCOUNTED;)
            run += PAGE_SIZE;
        free_range(z, at, run);
    }
}

void page_release_range(paddr_t start, paddr_t end)
{
    start = ALIGN_UP(start, PAGE_SIZE);
    end = ALIGN_DOWN(end, PAGE_SIZE);
    struct zone *z = zone_of(start);
    if (!z || start >= end || end > z->end)
        return;
    spin_lock(&lock);
    if (start >= z->frontier && unreserve(start, end)) {
        mark_used(start, end);
        free_pages += (end - start) >> PAGE_SHIFT;
    } else {
        pass_frontier(z, end);
        release_passed(z, start, end);
    }
    spin_unlock(&lock);
}
