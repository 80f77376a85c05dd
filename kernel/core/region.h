/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regions: the pieces an address space consists of, and the tree they are in. Everything here is
 * called with the address space's lock held and touches the tree and the counters only, never page
 * tables.
 */
#ifndef KERNEL_CORE_REGION_H
#define KERNEL_CORE_REGION_H

#include "kernel/core/aspace.h"

/* A name given by PR_SET_VMA, shared by the pieces of a split region. */
struct region_name {
    uint32_t refs;
    char text[];
};

struct region {
    struct rb_node node;
    vaddr_t start, end; /* whole pages, start < end */
    uint32_t prot, max_prot;
    uint32_t flags;    /* enum aspace_flags, without the ones that only steer aspace_map */
    struct vmobj *obj; /* holds a reference; NULL: anonymous */
    uint64_t offset;   /* of start in obj; 0 without */
    struct region_name *name;
};

#define REGION_FLAGS                                                                  \
    (ASPACE_SHARED | ASPACE_GROWSDOWN | ASPACE_LOCKED | ASPACE_HUGE | ASPACE_NOHUGE | \
     ASPACE_STACK | ASPACE_HEAP | ASPACE_VDSO)

/* No mapping comes closer below a region that grows down than this. */
#define REGION_GUARD_BYTES (UINT64_C(256) * PAGE_SIZE)

static inline uint64_t region_bytes(const struct region *r)
{
    return r->end - r->start;
}

static inline bool region_writable_private(const struct region *r)
{
    return (r->prot & ASPACE_WRITE) && !(r->flags & (ASPACE_SHARED | ASPACE_STACK));
}

/* region_above - the first region that ends above addr, or NULL. region_find - the one that holds
 * addr, or NULL; remembers it. */
struct region *region_above(const struct aspace *as, vaddr_t addr);
struct region *region_find(struct aspace *as, vaddr_t addr);

struct region *region_first(const struct aspace *as);
struct region *region_last(const struct aspace *as);
struct region *region_next(const struct region *r);
struct region *region_prev(const struct region *r);

/* region_insert - put r, which overlaps nothing, into the tree and count it. region_unlink - the
 * reverse; r is the caller's then. */
void region_insert(struct aspace *as, struct region *r);
void region_unlink(struct aspace *as, struct region *r);

/* region_count, region_uncount - around a change of r's bounds, rights or flags: keep the address
 * space's byte counters true. */
void region_count(struct aspace *as, const struct region *r);
void region_uncount(struct aspace *as, const struct region *r);

/* region_split - r ends at `at` from now on, a new region goes on from there. 0, -ENOMEM. */
int region_split(struct aspace *as, struct region *r, vaddr_t at) MUST_CHECK;

/* region_isolate - make the part of *r within [start, end) a region of its own, and *r that one. 0,
 * -ENOMEM. */
int region_isolate(struct aspace *as, struct region **r, vaddr_t start, vaddr_t end) MUST_CHECK;

/* region_merge_below, region_merge - join r with its lower or with both neighbours where nothing
 * distinguishes them. Returns the region that r has become. */
struct region *region_merge_below(struct aspace *as, struct region *r);
struct region *region_merge(struct aspace *as, struct region *r);

/* region_joinable - a ends where b begins and nothing else distinguishes them. */
bool region_joinable(const struct region *a, const struct region *b);

/* region_free - release an unlinked region. Drops its object: no lock held, may sleep. */
void region_free(struct region *r);

/* region_set_name - give r that name (a reference is taken), NULL: none. */
void region_set_name(struct region *r, struct region_name *name);
void region_name_put(struct region_name *name);

#endif
