/* SPDX-License-Identifier: Apache-2.0 */
/* Regions and their tree; see region.h. */
#include "kernel/core/region.h"
#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "lib/str.h"

static struct region *region_of(struct rb_node *n)
{
    return n ? rb_entry(n, struct region, node) : NULL;
}

struct region *region_first(const struct aspace *as)
{
    return region_of(rb_first(&as->regions));
}

struct region *region_last(const struct aspace *as)
{
    return region_of(rb_last(&as->regions));
}

struct region *region_next(const struct region *r)
{
    return region_of(rb_next(&r->node));
}

struct region *region_prev(const struct region *r)
{
    return region_of(rb_prev(&r->node));
}

struct region *region_above(const struct aspace *as, vaddr_t addr)
{
    struct region *best = NULL;

    for (struct rb_node *n = as->regions.root; n;) {
        struct region *r = rb_entry(n, struct region, node);
        if (r->end > addr) {
            best = r;
            n = n->left;
        } else {
            n = n->right;
        }
    }
    return best;
}

struct region *region_find(struct aspace *as, vaddr_t addr)
{
    struct region *r = as->last;

    if (LIKELY(r && addr - r->start < r->end - r->start))
        return r;
    r = region_above(as, addr);
    if (!r || r->start > addr)
        return NULL;
    as->last = r;
    return r;
}

void region_count(struct aspace *as, const struct region *r)
{
    as->mapped_bytes += region_bytes(r);
    if (region_writable_private(r))
        as->data_bytes += region_bytes(r);
    if (r->flags & ASPACE_LOCKED)
        as->locked_bytes += region_bytes(r);
}

void region_uncount(struct aspace *as, const struct region *r)
{
    as->mapped_bytes -= region_bytes(r);
    if (region_writable_private(r))
        as->data_bytes -= region_bytes(r);
    if (r->flags & ASPACE_LOCKED)
        as->locked_bytes -= region_bytes(r);
}

void region_insert(struct aspace *as, struct region *r)
{
    struct rb_node **link = &as->regions.root, *parent = NULL;

    while (*link) {
        parent = *link;
        link = r->start < rb_entry(parent, struct region, node)->start ? &parent->left
                                                                       : &parent->right;
    }
    rb_insert(&as->regions, &r->node, parent, link);
    region_count(as, r);
    as->region_count++;
    as->sequence++;
}

void region_unlink(struct aspace *as, struct region *r)
{
    rb_remove(&as->regions, &r->node);
    region_uncount(as, r);
    as->region_count--;
    as->sequence++;
    if (as->last == r)
        as->last = NULL;
}

static void name_get(struct region_name *name)
{
    __atomic_fetch_add(&name->refs, 1, __ATOMIC_RELAXED);
}

void region_set_name(struct region *r, struct region_name *name)
{
    if (name)
        name_get(name);
    region_name_put(r->name);
    r->name = name;
}

void region_name_put(struct region_name *name)
{
    if (name && __atomic_fetch_sub(&name->refs, 1, __ATOMIC_ACQ_REL) == 1)
        kfree(name);
}

/* The offset in the object that stands at va. */
static uint64_t offset_at(const struct region *r, vaddr_t va)
{
    return r->obj ? r->offset + (va - r->start) : 0;
}

int region_split(struct aspace *as, struct region *r, vaddr_t at)
{
    struct region *upper;

    if (as->region_count >= ASPACE_MAPS_MAX)
        return -ENOMEM;
    upper = kmalloc(sizeof(*upper));
    if (!upper)
        return -ENOMEM;
    *upper = *r;
    upper->offset = offset_at(r, at);
    upper->start = at;
    if (upper->obj)
        vmobj_get(upper->obj);
    if (upper->name)
        name_get(upper->name);
    region_uncount(as, r);
    r->end = at;
    region_count(as, r);
    region_insert(as, upper);
    return 0;
}

int region_isolate(struct aspace *as, struct region **r, vaddr_t start, vaddr_t end)
{
    if ((*r)->start < start) {
        if (region_split(as, *r, start))
            return -ENOMEM;
        *r = region_next(*r);
    }
    return (*r)->end > end ? region_split(as, *r, end) : 0;
}

static bool same_name(const struct region *a, const struct region *b)
{
    return a->name == b->name || (a->name && b->name && !strcmp(a->name->text, b->name->text));
}

bool region_joinable(const struct region *a, const struct region *b)
{
    return a->end == b->start && a->prot == b->prot && a->max_prot == b->max_prot &&
           a->flags == b->flags && a->obj == b->obj && same_name(a, b) &&
           offset_at(a, a->end) == b->offset && !(a->flags & ASPACE_GROWSDOWN);
}

/* b, just above a, becomes part of it. */
static void absorb(struct aspace *as, struct region *a, struct region *b)
{
    region_unlink(as, b);
    region_uncount(as, a);
    a->end = b->end;
    region_count(as, a);
    if (b->obj)
        vmobj_put(b->obj); /* a holds another reference: never the last */
    region_name_put(b->name);
    kfree(b);
}

struct region *region_merge_below(struct aspace *as, struct region *r)
{
    struct region *prev = region_prev(r);

    if (!prev || !region_joinable(prev, r))
        return r;
    absorb(as, prev, r);
    return prev;
}

struct region *region_merge(struct aspace *as, struct region *r)
{
    struct region *next = region_next(r);

    if (next && region_joinable(r, next))
        absorb(as, r, next);
    return region_merge_below(as, r);
}

void region_free(struct region *r)
{
    if (r->obj && r->obj->ops->unmapped)
        r->obj->ops->unmapped(r->obj);
    if (r->obj)
        vmobj_put(r->obj);
    region_name_put(r->name);
    kfree(r);
}
