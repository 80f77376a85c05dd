/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the address space share. All with the lock held unless said otherwise. */
#ifndef KERNEL_CORE_ASPACE_INTERNAL_H
#define KERNEL_CORE_ASPACE_INTERNAL_H

#include "kernel/core/region.h"

/* The page of zeros that stands for untouched memory that is read, never owned, always COW. */
extern paddr_t aspace_zero_page;

/* Regions that have been unlinked; chained through their nodes' left pointers. */
struct region_chain {
    struct rb_node *head;
};

/* aspace_release - free the chain's regions. No lock held; may sleep. */
void aspace_release(struct region_chain *chain);

/* aspace_range_ok - addr is page-aligned and [addr, addr + size) is within a program's addresses.
 * *end: rounded up to a page. */
bool aspace_range_ok(vaddr_t addr, uint64_t size_bytes, vaddr_t *end);

/* aspace_place - where a mapping of size_bytes goes: the hint if it is free, else below map_top. 0,
 * -ENOMEM. */
int aspace_place(struct aspace *as, vaddr_t hint, uint64_t size_bytes, vaddr_t *at) MUST_CHECK;

/* aspace_is_free - nothing is mapped in [start, end), and no stack's guard gap reaches into it. */
bool aspace_is_free(const struct aspace *as, vaddr_t start, vaddr_t end);

/* aspace_freed - [start, end) is free now: it may be the highest place to look for room. */
void aspace_freed(struct aspace *as, vaddr_t start, vaddr_t end);

/* aspace_may_map - whether the limits allow `size` more bytes. 0, -ENOMEM, -EAGAIN (locked memory).
 */
int aspace_may_map(const struct aspace *as, uint64_t size_bytes, uint32_t prot,
                   uint32_t flags) MUST_CHECK;

/* aspace_unmap_locked - take [start, end) away; its regions are chained for aspace_release. 0,
 * -ENOMEM (nothing changed). */
int aspace_unmap_locked(struct aspace *as, vaddr_t start, vaddr_t end,
                        struct region_chain *dead) MUST_CHECK;

/* aspace_drop_pages - forget the pages of [start, end), keep the regions. 0, -ENOMEM (a 2 MiB page
 * had to be split). */
int aspace_drop_pages(struct aspace *as, vaddr_t start, vaddr_t end) MUST_CHECK;

/* aspace_split_blocks - no 2 MiB page crosses start or end from here on. 0, -ENOMEM. */
int aspace_split_blocks(struct aspace *as, vaddr_t start, vaddr_t end) MUST_CHECK;

/*
 * aspace_each - call fn for every region of [start, end), made a region of its own where it sticks
 * out, and join them again with their neighbours. 0; -ENOMEM: there was a hole (the regions around
 * it were visited all the same when `holes`, else the walk ended there), or no memory; or what fn
 * returned, which ends the walk.
 */
typedef int aspace_each_fn(struct aspace *as, struct region *r, void *arg);
int aspace_each(struct aspace *as, vaddr_t start, vaddr_t end, bool holes, aspace_each_fn *fn,
                void *arg) MUST_CHECK;

#endif
