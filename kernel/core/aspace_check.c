/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants of an address space, checked by walking everything. For tests. */
#include "kernel/core/aspace_internal.h"

struct totals {
    uint64_t regions, mapped, data, locked, resident;
};

static bool check_region(const struct region *r, const struct region *prev)
{
    if (r->start >= r->end || r->end > ASPACE_END || !IS_ALIGNED(r->start, PAGE_SIZE) ||
        !IS_ALIGNED(r->end, PAGE_SIZE))
        return false;
    if (r->flags & ~(uint32_t)REGION_FLAGS || r->prot & ~r->max_prot || (!r->obj && r->offset))
        return false;
    return !prev || (prev->end <= r->start && !region_joinable(prev, r));
}

static void add_region(struct totals *t, const struct region *r)
{
    t->regions++;
    t->mapped += region_bytes(r);
    t->data += region_writable_private(r) ? region_bytes(r) : 0;
    t->locked += r->flags & ASPACE_LOCKED ? region_bytes(r) : 0;
}

/* Every entry lies in a region and has its rights; zeros are never owned. */
static bool check_entries(const struct aspace *as, struct totals *t)
{
    struct pgtable_entry e;

    for (vaddr_t va = 0; (va = pgtable_next(&as->pgtable, va, ASPACE_END)) < ASPACE_END;
         va += PAGE_SIZE) {
        const struct region *r = region_above(as, va);
        if (!r || r->start > va || !pgtable_query(&as->pgtable, va, &e))
            return false;
        uint32_t prot = r->prot ? r->prot | PGTABLE_READ : 0;
        if (e.prot != prot || e.accessible != (prot != 0))
            return false;
        if (e.pa == aspace_zero_page && (e.flags != PGTABLE_COW))
            return false;
        t->resident += e.flags & PGTABLE_OWNED ? 1 : 0;
    }
    return true;
}

static bool check_locked(const struct aspace *as)
{
    struct totals t = {0};
    const struct region *prev = NULL;

    for (struct region *r = region_first(as); r; prev = r, r = region_next(r)) {
        if (!check_region(r, prev))
            return false;
        add_region(&t, r);
    }
    return check_entries(as, &t) && t.regions == as->region_count && t.mapped == as->mapped_bytes &&
           t.data == as->data_bytes && t.locked == as->locked_bytes &&
           t.resident == as->resident_pages;
}

bool aspace_check(struct aspace *as)
{
    spin_lock(&as->lock);
    bool ok = check_locked(as);
    spin_unlock(&as->lock);
    return ok;
}
