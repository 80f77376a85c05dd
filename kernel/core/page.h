/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical pages. Memory comes in as ranges at boot; a page's descriptor is initialised only when
 * the allocator's frontier passes it, so boot costs nothing per megabyte. Order-0 pages go through
 * a small per-CPU cache.
 */
#ifndef KERNEL_CORE_PAGE_H
#define KERNEL_CORE_PAGE_H

#include "kernel/core/optional.h"
#include "lib/types.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096u
#define PAGE_NONE  ((paddr_t)0) /* no page: page 0 is never handed out */

enum page_flags {
    PAGE_ZERO = 1,    /* contents zeroed */
    PAGE_RESERVE = 2, /* may use the last pages kept back for the kernel itself */
};

struct page_stats {
    uint64_t total_bytes, free_bytes, peak_used_bytes;
};

/*
 * page_init - take over the machine's memory. Called once, on the boot CPU, before anything else
 * allocates. ranges: RAM, sorted, not overlapping; reserved: parts of it that are taken (image,
 * payload, device tree). Both are copied. The descriptor table is carved out of RAM.
 */
struct mem_range {
    paddr_t start, end; /* [start, end) */
};
void page_init(const struct mem_range *ram, unsigned nram, const struct mem_range *reserved,
               unsigned nreserved);

/* page_memory_is_blank - whoever started the machine says that its memory was all zeros, but for
 * what is reserved and the first page: pages that were never in use need no clearing. After
 * page_init, before anything is allocated. */
void page_memory_is_blank(void);

/* page_release_range - hand a reserved range to the allocator (boot stub, device tree, symbol table
 * once read). Whole pages within it. */
void page_release_range(paddr_t start, paddr_t end);

/* page_alloc - 2^order pages, naturally aligned, one reference. PAGE_NONE when there is no memory.
 * Any context. */
paddr_t page_alloc(unsigned order, unsigned flags) MUST_CHECK;

/* page_alloc_zeroed - up to n single zeroed pages, each as page_alloc gives it. How many there
 * were. Any context. */
unsigned page_alloc_zeroed(paddr_t *pages, unsigned n) MUST_CHECK;

/* page_get, page_put - references; the last page_put frees the block (as a whole, from its first
 * page). Pages outside RAM's descriptors or reserved ones (the payload's) are not counted: both
 * calls do nothing for them. */
void page_get(paddr_t pa);
void page_put(paddr_t pa);
unsigned page_refs(paddr_t pa);

/* page_order - log2 of the pages of the block that begins at pa. page_split - an allocated block
 * with one reference becomes 2^order pages of order 0, each with one reference. */
unsigned page_order(paddr_t pa);
void page_split(paddr_t pa);

/* page_reclaim - for whoever keeps pages that can be had again (NULL: nobody): called when there
 * are none, in any context with any lock held; gives back what it can without waiting for a lock or
 * freeing kmalloc's memory. Whether that was anything. */
extern bool (*page_reclaim)(void);

/* page_stats - how much memory there is, is free, and was in use at most. */
void page_stats(struct page_stats *s);

/* page_refuse - while page_refusing is set: whether the next block, or object of kmalloc, shall not
 * be had (--inject). Any context, any lock held. */
extern bool page_refusing;
bool page_refuse(void) OPTIONAL;

/* page_is_plentiful - more than a quarter of the memory is free. Cheap, and as old as the last
 * refill of a CPU's cache. */
bool page_is_plentiful(void);

/* page_is_scarce - less than a thirty-second is: files get no more of it. As old as above. */
bool page_is_scarce(void);

#endif
