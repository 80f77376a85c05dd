/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: their life, mapping, unmapping, protection, the heap's end. The fault path is
 * aspace_fault.c, madvise and relatives are aspace_advise.c, mremap is aspace_remap.c.
 *
 * Order of locks: the list of all address spaces, then one address space. Objects are released
 * without a lock, since that may sleep; so regions that go are chained under the lock and freed
 * after it.
 */
#include "kernel/core/aspace.h"
#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/aspace_internal.h"
#include "kernel/core/panic.h"
#include "kernel/core/slab.h"
#include "lib/str.h"

paddr_t aspace_zero_page;

static struct spinlock all_lock;
static struct aspace *all; /* under all_lock */

/* ---- what the page tables ask of us ---- */

paddr_t pgtable_table_alloc(void)
{
    return page_alloc(0, PAGE_ZERO | PAGE_RESERVE);
}

void pgtable_table_free(paddr_t pa)
{
    page_put(pa);
}

void pgtable_release_page(paddr_t pa, unsigned order)
{
    (void)order; /* a block was allocated as one and goes as one */
    page_put(pa);
}

void pgtable_split_page(paddr_t pa)
{
    page_split(pa);
}

/* ---- life ---- */

/* Random moves of up to 1 GiB for the stack and 1 TiB for mappings, by whole pages. */
static void choose_layout(struct aspace *as, uint64_t random)
{
    as->stack_top = ASPACE_STACK_TOP - ((random & 0x3ffff) << PAGE_SHIFT);
    as->map_top = as->stack_top - ASPACE_STACK_ROOM - ((random >> 18 & 0xfffffff) << PAGE_SHIFT);
    as->map_search = as->map_top;
}

struct aspace *aspace_create(uint64_t random)
{
    struct aspace *as = kzalloc(sizeof(*as));

    if (!as)
        return NULL;
    if (!aspace_zero_page)
        aspace_zero_page = page_alloc(0, PAGE_ZERO);
    if (!aspace_zero_page || pgtable_init(&as->pgtable)) {
        kfree(as);
        return NULL;
    }
    as->refs = as->holds = 1;
    as->limit_as_bytes = as->limit_data_bytes = as->limit_locked_bytes = UINT64_MAX;
    as->limit_stack_bytes = ASPACE_STACK_LIMIT;
    choose_layout(as, random);
    spin_lock(&all_lock);
    as->next = all;
    all = as;
    spin_unlock(&all_lock);
    return as;
}

struct aspace *aspace_get(struct aspace *as)
{
    __atomic_fetch_add(&as->refs, 1, __ATOMIC_RELAXED);
    return as;
}

static void forget(struct aspace *as)
{
    spin_lock(&all_lock);
    for (struct aspace **p = &all; *p; p = &(*p)->next) {
        if (*p == as) {
            *p = as->next;
            break;
        }
    }
    spin_unlock(&all_lock);
}

void aspace_put(struct aspace *as)
{
    struct region_chain dead = {NULL};

    if (__atomic_fetch_sub(&as->refs, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    forget(as);
    /* Whole regions, whole blocks: nothing has to be split, so this can't fail. */
    int err = aspace_unmap_locked(as, 0, ASPACE_END, &dead);
    ASSERT(!err && !as->resident_pages && !as->mapped_bytes);
    aspace_release(&dead);
    aspace_drop(as);
}

struct aspace *aspace_hold(struct aspace *as)
{
    __atomic_fetch_add(&as->holds, 1, __ATOMIC_RELAXED);
    return as;
}

void aspace_drop(struct aspace *as)
{
    if (__atomic_fetch_sub(&as->holds, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    pgtable_destroy(&as->pgtable);
    kfree(as);
}

void aspace_release(struct region_chain *chain)
{
    while (chain->head) {
        struct region *r = rb_entry(chain->head, struct region, node);
        chain->head = r->node.left;
        region_free(r);
    }
}

/* ---- checks ---- */

bool aspace_range_ok(vaddr_t addr, uint64_t size_bytes, vaddr_t *end)
{
    if (!IS_ALIGNED(addr, PAGE_SIZE) || addr > ASPACE_END || size_bytes > ASPACE_END - addr)
        return false;
    *end = addr + ALIGN_UP(size_bytes, (uint64_t)PAGE_SIZE);
    return *end <= ASPACE_END;
}

int aspace_may_map(const struct aspace *as, uint64_t size_bytes, uint32_t prot, uint32_t flags)
{
    bool data = (prot & ASPACE_WRITE) && !(flags & (ASPACE_SHARED | ASPACE_STACK));

    if (as->region_count >= ASPACE_MAPS_MAX || size_bytes > as->limit_as_bytes ||
        as->mapped_bytes > as->limit_as_bytes - size_bytes)
        return -ENOMEM;
    if (data &&
        (size_bytes > as->limit_data_bytes || as->data_bytes > as->limit_data_bytes - size_bytes))
        return -ENOMEM;
    if (flags & ASPACE_LOCKED && (size_bytes > as->limit_locked_bytes ||
                                  as->locked_bytes > as->limit_locked_bytes - size_bytes))
        return -EAGAIN;
    return 0;
}

/* ---- places ---- */

/* Where r begins for others: a stack keeps its distance. */
static vaddr_t guarded_start(const struct region *r)
{
    uint64_t guard = r->flags & ASPACE_GROWSDOWN ? REGION_GUARD_BYTES : 0;

    return r->start > guard ? r->start - guard : 0;
}

bool aspace_is_free(const struct aspace *as, vaddr_t start, vaddr_t end)
{
    const struct region *r = region_above(as, start);

    return !r || guarded_start(r) >= end;
}

/* Down from map_search, gap by gap. */
static int search_down(struct aspace *as, uint64_t size, vaddr_t *at)
{
    vaddr_t top = as->map_search;
    struct region *r = region_above(as, top), *below = r ? region_prev(r) : region_last(as);

    if (r && guarded_start(r) < top)
        top = guarded_start(r);
    for (;; below = region_prev(below)) {
        vaddr_t floor = below ? MAX(below->end, ASPACE_START) : ASPACE_START;
        if (top > floor && top - floor >= size) {
            *at = top - size;
            if (top == as->map_search)
                as->map_search = *at; /* used up without a gap above */
            return 0;
        }
        if (!below)
            return -ENOMEM;
        if (top == as->map_search && top == below->end)
            as->map_search = guarded_start(below);
        top = MIN(top, guarded_start(below));
    }
}

int aspace_place(struct aspace *as, vaddr_t hint, uint64_t size, vaddr_t *at)
{
    hint = ALIGN_UP(hint, (uint64_t)PAGE_SIZE);
    if (hint >= ASPACE_START && hint < ASPACE_END && size <= ASPACE_END - hint &&
        aspace_is_free(as, hint, hint + size)) {
        *at = hint;
        return 0;
    }
    if (!search_down(as, size, at))
        return 0;
    /* All of the usual area is full: whatever is above it. */
    as->map_search = ASPACE_STACK_TOP;
    int err = search_down(as, size, at);
    as->map_search = as->map_top;
    return err;
}

void aspace_freed(struct aspace *as, vaddr_t start, vaddr_t end)
{
    (void)start;
    if (end > as->map_search)
        as->map_search = MIN(end, as->map_top);
}

/* ---- mapping ---- */

static int check_request(const struct aspace_map *m, uint64_t *size)
{
    bool fixed = m->flags & (ASPACE_FIXED | ASPACE_NOREPLACE);

    if (!m->size_bytes)
        return -EINVAL;
    *size = ALIGN_UP(m->size_bytes, (uint64_t)PAGE_SIZE);
    if (m->size_bytes > ASPACE_END ||
        (fixed && (m->addr > ASPACE_END || *size > ASPACE_END - m->addr)))
        return -ENOMEM;
    if (m->obj && !IS_ALIGNED(m->offset, PAGE_SIZE))
        return -EINVAL;
    if (m->obj && m->offset + *size < m->offset)
        return -EOVERFLOW;
    if (fixed && !IS_ALIGNED(m->addr, PAGE_SIZE))
        return -EINVAL;
    if (fixed && m->addr < PAGE_SIZE)
        return -EPERM;
    return 0;
}

static int set_new_name(struct region *r, const char *text)
{
    size_t size = strlen(text) + 1;
    struct region_name *name = kmalloc(sizeof(*name) + size);

    if (!name)
        return -ENOMEM;
    name->refs = 1;
    memcpy(name->text, text, size);
    r->name = name;
    return 0;
}

/* A region for the request, not in the tree and without a place. */
static struct region *region_for(const struct aspace_map *m)
{
    struct region *r = kzalloc(sizeof(*r));

    if (!r)
        return NULL;
    r->prot = m->prot;
    r->max_prot = m->max_prot;
    r->flags = m->flags & REGION_FLAGS;
    if (m->name && set_new_name(r, m->name)) {
        kfree(r);
        return NULL;
    }
    if (m->obj) {
        r->obj = vmobj_get(m->obj);
        r->offset = m->offset;
    }
    return r;
}

static int find_room(struct aspace *as, const struct aspace_map *m, uint64_t size, vaddr_t *start,
                     struct region_chain *dead)
{
    int err;

    *start = m->addr;
    if (m->flags & ASPACE_HEAP && as->brk != m->brk_before)
        return -EAGAIN;
    if (m->flags & ASPACE_NOREPLACE && !aspace_is_free(as, m->addr, m->addr + size))
        return -EEXIST;
    err = aspace_may_map(as, size, m->prot, m->flags);
    if (err)
        return err;
    if (m->flags & ASPACE_NOREPLACE)
        return 0;
    if (m->flags & ASPACE_FIXED)
        return aspace_unmap_locked(as, m->addr, m->addr + size, dead);
    return aspace_place(as, m->addr, size, start);
}

int aspace_map(struct aspace *as, const struct aspace_map *m, vaddr_t *at)
{
    struct region_chain dead = {NULL};
    uint64_t size;
    int err = check_request(m, &size);

    if (err)
        return err;
    struct region *r = region_for(m);
    if (!r)
        return -ENOMEM;

    spin_lock(&as->lock);
    if (as->lock_future)
        r->flags |= ASPACE_LOCKED;
    err = find_room(as, m, size, &r->start, &dead);
    if (!err) {
        *at = r->start;
        r->end = r->start + size;
        region_insert(as, r);
        region_merge(as, r);
        if (m->flags & ASPACE_HEAP)
            as->brk = m->brk;
    }
    spin_unlock(&as->lock);

    aspace_release(&dead);
    if (err) {
        region_free(r);
        return err;
    }
    if (m->flags &
        (ASPACE_POPULATE | ASPACE_LOCKED)) /* as far as it goes: mmap succeeds all the same */
        (void)!aspace_populate(as, *at, size, m->prot & ASPACE_WRITE ? ASPACE_WRITE : ASPACE_READ);
    return 0;
}

/* ---- unmapping ---- */

int aspace_split_blocks(struct aspace *as, vaddr_t start, vaddr_t end)
{
    if (!as->blocks)
        return 0;
    if (!IS_ALIGNED(start, PGTABLE_BLOCK) && pgtable_split(&as->pgtable, start))
        return -ENOMEM;
    if (!IS_ALIGNED(end, PGTABLE_BLOCK) && end < ASPACE_END && pgtable_split(&as->pgtable, end))
        return -ENOMEM;
    return 0;
}

int aspace_drop_pages(struct aspace *as, vaddr_t start, vaddr_t end)
{
    if (aspace_split_blocks(as, start, end))
        return -ENOMEM;
    as->resident_pages -= pgtable_unmap(&as->pgtable, start, end);
    return 0;
}

/* Cut the regions that stick out of [start, end). 0, -ENOMEM. *first: the first one inside, or
 * NULL. */
static int cut_edges(struct aspace *as, vaddr_t start, vaddr_t end, struct region **first)
{
    struct region *r = region_above(as, start), *last;

    *first = NULL;
    if (!r || r->start >= end)
        return 0;
    if (r->start < start) {
        if (region_split(as, r, start))
            return -ENOMEM;
        r = region_next(r);
    }
    last = region_above(as, end - 1);
    if (last && last->start < end && last->end > end && region_split(as, last, end))
        return -ENOMEM;
    *first = r;
    return 0;
}

int aspace_unmap_locked(struct aspace *as, vaddr_t start, vaddr_t end, struct region_chain *dead)
{
    struct region *r, *next, *prev;

    if (cut_edges(as, start, end, &r))
        return -ENOMEM;
    if (!r)
        return 0;
    if (aspace_drop_pages(as, start, end))
        return -ENOMEM;
    prev = region_prev(r);
    for (; r && r->start < end; r = next) {
        next = region_next(r);
        region_unlink(as, r);
        r->node.left = dead->head;
        dead->head = &r->node;
    }
    pgtable_trim(&as->pgtable, start, end, prev ? prev->end : 0, r ? r->start : ASPACE_END);
    aspace_freed(as, start, end);
    return 0;
}

int aspace_unmap(struct aspace *as, vaddr_t addr, uint64_t size_bytes)
{
    struct region_chain dead = {NULL};
    vaddr_t end;
    int err;

    if (!size_bytes || !aspace_range_ok(addr, size_bytes, &end))
        return -EINVAL;
    spin_lock(&as->lock);
    err = aspace_unmap_locked(as, addr, end, &dead);
    spin_unlock(&as->lock);
    aspace_release(&dead);
    return err;
}

/* ---- changing regions ---- */

int aspace_each(struct aspace *as, vaddr_t start, vaddr_t end, bool holes, aspace_each_fn *fn,
                void *arg)
{
    struct region *r = region_above(as, start), *last = NULL;
    int hole = 0, err = 0;

    for (vaddr_t pos = start; pos < end && !err;) {
        if (!r || r->start > pos) {
            hole = -ENOMEM;
            if (!holes || !r || r->start >= end)
                break;
            pos = r->start;
        }
        err = region_isolate(as, &r, pos, end);
        if (err)
            break;
        err = fn(as, r, arg);
        pos = r->end;
        last = region_merge_below(as, r);
        r = region_next(last);
    }
    if (last)
        region_merge(as, last);
    return err ? err : hole;
}

static int protect_region(struct aspace *as, struct region *r, void *arg)
{
    uint32_t prot = *(uint32_t *)arg;
    int err;

    if (prot & ~r->max_prot)
        return -EACCES;
    if (prot == r->prot)
        return 0;
    if (prot & ASPACE_WRITE && !region_writable_private(r) && as->limit_data_bytes != UINT64_MAX) {
        err = as->data_bytes + region_bytes(r) > as->limit_data_bytes ? -ENOMEM : 0;
        if (err && !(r->flags & (ASPACE_SHARED | ASPACE_STACK)))
            return err;
    }
    region_uncount(as, r);
    r->prot = prot;
    region_count(as, r);
    as->sequence++;
    pgtable_protect(&as->pgtable, r->start, r->end, prot);
    return 0;
}

/* PROT_GROWSDOWN: the change begins where the region does, which must be one that grows down. */
static int grow_start(const struct aspace *as, vaddr_t *start)
{
    const struct region *r = region_above(as, *start);

    if (!r || r->start > *start)
        return -ENOMEM;
    if (!(r->flags & ASPACE_GROWSDOWN))
        return -EINVAL;
    *start = r->start;
    return 0;
}

int aspace_protect(struct aspace *as, vaddr_t addr, uint64_t size_bytes, uint32_t prot, bool grow)
{
    vaddr_t end;
    int err;

    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (!size_bytes)
        return 0;
    if (!aspace_range_ok(addr, size_bytes, &end))
        return -ENOMEM;
    spin_lock(&as->lock);
    err = grow ? grow_start(as, &addr) : 0;
    if (!err)
        err = aspace_split_blocks(as, addr, end);
    if (!err)
        err = aspace_each(as, addr, end, false, protect_region, &prot);
    spin_unlock(&as->lock);
    return err;
}

/* ---- the heap's end ---- */

/* Both change the heap's end together with what is mapped, if no other thread has moved it
 * meanwhile. */
static bool brk_grow(struct aspace *as, vaddr_t old, vaddr_t want)
{
    struct aspace_map m = {
        .addr = ALIGN_UP(old, (vaddr_t)PAGE_SIZE),
        .prot = ASPACE_READ | ASPACE_WRITE,
        .max_prot = ASPACE_ALL,
        .flags = ASPACE_NOREPLACE | ASPACE_HEAP,
        .brk_before = old,
        .brk = want,
    };
    vaddr_t at;

    m.size_bytes = ALIGN_UP(want, (vaddr_t)PAGE_SIZE) - m.addr;
    return !aspace_map(as, &m, &at);
}

static bool brk_shrink(struct aspace *as, vaddr_t old, vaddr_t want)
{
    struct region_chain dead = {NULL};
    vaddr_t old_end = ALIGN_UP(old, (vaddr_t)PAGE_SIZE), end = ALIGN_UP(want, (vaddr_t)PAGE_SIZE);

    spin_lock(&as->lock);
    bool ours = as->brk == old && (end == old_end || !aspace_unmap_locked(as, end, old_end, &dead));
    if (ours)
        as->brk = want;
    spin_unlock(&as->lock);
    aspace_release(&dead);
    return ours;
}

vaddr_t aspace_brk(struct aspace *as, vaddr_t want)
{
    vaddr_t old = as->brk;
    bool grows = ALIGN_UP(want, (vaddr_t)PAGE_SIZE) > ALIGN_UP(old, (vaddr_t)PAGE_SIZE);

    if (want < as->brk_start || want >= ASPACE_END || want - as->brk_start > as->limit_data_bytes)
        return old;
    return (grows ? brk_grow : brk_shrink)(as, old, want) ? want : as->brk;
}

/* ---- objects that change ---- */

/* Whether the page at va of r shows the object's own bytes, not a copy that the program made. */
static bool shows_object(const struct region *r, const struct pgtable_entry *e)
{
    return r->flags & ASPACE_SHARED || e->flags & PGTABLE_COW;
}

static void invalidate_region(struct aspace *as, struct region *r, uint64_t first, uint64_t end,
                              bool copies)
{
    uint64_t base = r->offset >> PAGE_SHIFT, pages = region_bytes(r) >> PAGE_SHIFT;
    uint64_t from = MAX(first, base), to = MIN(end, base + pages);
    struct pgtable_entry e;

    if (from >= to)
        return;
    vaddr_t va = r->start + ((from - base) << PAGE_SHIFT),
            stop = r->start + ((to - base) << PAGE_SHIFT);
    for (; (va = pgtable_next(&as->pgtable, va, stop)) < stop; va += PAGE_SIZE)
        if (pgtable_query(&as->pgtable, va, &e) && (copies || shows_object(r, &e)))
            as->resident_pages -= pgtable_unmap(&as->pgtable, va, va + PAGE_SIZE);
}

void vmobj_invalidate(struct vmobj *o, uint64_t first, uint64_t end, bool copies)
{
    spin_lock(&all_lock);
    for (struct aspace *as = all; as; as = as->next) {
        spin_lock(&as->lock);
        as->sequence++; /* a page that a fault is fetching now is looked at again */
        for (struct region *r = region_first(as); r; r = region_next(r))
            if (r->obj == o)
                invalidate_region(as, r, first, end, copies);
        spin_unlock(&as->lock);
    }
    spin_unlock(&all_lock);
}
