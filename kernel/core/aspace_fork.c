/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of an address space: the same regions, and the same pages, which both copy when they write
 * (PGTABLE_COW). What a fault brings back as it was (an object's shared pages, zeros, pages of
 * memory that is simply there) isn't entered. Nobody else locks two address spaces.
 */
#include "abi/errno.h"
#include "kernel/core/aspace_internal.h"
#include "kernel/core/slab.h"

static bool own_shared(const struct region *r)
{
    return (r->flags & ASPACE_SHARED) && !r->obj;
}

/* Shared memory without an object is its pages: they must be there before there are two of it. */
static int complete_shared(struct aspace *as)
{
    for (vaddr_t at = 0;;) {
        spin_lock(&as->lock);
        const struct region *r = region_above(as, at);
        while (r && !(own_shared(r) && r->prot & ASPACE_WRITE))
            r = region_next(r);
        vaddr_t start = r ? r->start : 0, end = r ? r->end : 0;
        spin_unlock(&as->lock);
        if (!r)
            return 0;
        if (aspace_populate(as, start, end - start, ASPACE_WRITE))
            return -ENOMEM;
        at = end;
    }
}

static struct region *copy_region(struct aspace *to, const struct region *r)
{
    struct region *n = kzalloc(sizeof *n);
    if (!n)
        return NULL;
    n->start = r->start;
    n->end = r->end;
    n->prot = r->prot;
    n->max_prot = r->max_prot;
    n->flags = r->flags & ~(uint32_t)ASPACE_LOCKED;
    n->offset = r->offset;
    n->obj = r->obj ? vmobj_get(r->obj) : NULL;
    region_set_name(n, r->name);
    region_insert(to, n);
    return n;
}

static int share_page(struct aspace *from, struct aspace *to, vaddr_t va, uint32_t cow)
{
    struct pgtable_entry e;
    if (!pgtable_query(&from->pgtable, va, &e) || !(e.flags & PGTABLE_OWNED))
        return 0;
    if (e.block && pgtable_split(&from->pgtable, va))
        return -ENOMEM;
    page_get(e.pa);
    if (pgtable_map(&to->pgtable, va, e.pa, e.prot, PGTABLE_OWNED | cow)) {
        page_put(e.pa);
        return -ENOMEM;
    }
    to->resident_pages++;
    if (cow & ~e.flags) {
        page_get(e.pa); /* for the new entry; the old one's goes */
        pgtable_replace(&from->pgtable, va, e.pa, e.prot, PGTABLE_OWNED | cow);
    }
    return 0;
}

static int share_region(struct aspace *from, struct aspace *to, const struct region *r)
{
    uint32_t cow = r->flags & ASPACE_SHARED ? 0 : PGTABLE_COW;
    int err = copy_region(to, r) ? 0 : -ENOMEM;
    if (!cow && r->obj)
        return err;
    for (vaddr_t va = r->start; !err; va += PAGE_SIZE) {
        va = pgtable_next(&from->pgtable, va, r->end);
        if (va >= r->end)
            break;
        err = share_page(from, to, va, cow);
    }
    return err;
}

static void copy_places(struct aspace *to, const struct aspace *from)
{
    to->map_top = from->map_top;
    to->map_search = from->map_search;
    to->stack_top = from->stack_top;
    to->brk_start = from->brk_start;
    to->brk = from->brk;
    to->limit_as_bytes = from->limit_as_bytes;
    to->limit_data_bytes = from->limit_data_bytes;
    to->limit_stack_bytes = from->limit_stack_bytes;
    to->limit_locked_bytes = from->limit_locked_bytes;
}

struct aspace *aspace_fork(struct aspace *from)
{
    struct aspace *to = aspace_create(0);
    if (!to)
        return NULL;
    int err = complete_shared(from);
    spin_lock(&from->lock);
    spin_lock(&to->lock);
    copy_places(to, from);
    from->sequence++; /* a page that a fault is fetching now is looked at again */
    for (struct region *r = region_first(from); r && !err; r = region_next(r))
        err = share_region(from, to, r);
    spin_unlock(&to->lock);
    spin_unlock(&from->lock);
    if (!err)
        return to;
    aspace_put(to);
    return NULL;
}

/* ---- words that several address spaces have ---- */

static bool is_shared(struct aspace *as, vaddr_t addr, bool *writable)
{
    spin_lock(&as->lock);
    const struct region *r = region_find(as, addr);
    bool shared = r && r->flags & ASPACE_SHARED;
    *writable = shared && r->prot & ASPACE_WRITE;
    spin_unlock(&as->lock);
    return shared;
}

paddr_t aspace_shared_place(struct aspace *as, vaddr_t addr)
{
    struct pgtable_entry e;
    bool writable;
    if (!is_shared(as, addr, &writable) ||
        aspace_fault(as, addr, writable ? ASPACE_WRITE : ASPACE_READ))
        return 0;
    spin_lock(&as->lock);
    bool there = pgtable_query(&as->pgtable, addr, &e);
    spin_unlock(&as->lock);
    return there ? e.pa + addr % PAGE_SIZE : 0;
}
