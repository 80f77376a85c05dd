/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page faults: what a region promises is brought in at the first touch.
 *
 * - anonymous: a zeroed page, with the free ones around it (pgtable_run); a read may get the page
 * of zeros, marked COW
 * - object, shared: the object's page
 * - object, private: the object's page, marked COW; a write gets a copy
 *
 * An object that is simply there (pinned) is mapped around the fault as far as one table reaches: a
 * store for each page is cheaper than a second fault. Other objects may sleep for a page: the lock
 * is dropped, and if the regions changed meanwhile everything is looked at again.
 */
#include "kernel/core/aspace.h"
#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/aspace_internal.h"
#include "lib/str.h"

enum {
    HUGE_RESIDENT_PAGES =
        4096,            /* 2 MiB pages unasked for: only for programs that have 16 MiB already, */
    HUGE_FREE_SHARE = 4, /* and while a quarter of the memory is free */
    HUGE_REGION_BYTES = 4 << 20,
    ORDER_BLOCK = 9,
};

static vaddr_t page_of(vaddr_t addr)
{
    return ALIGN_DOWN(addr, (vaddr_t)PAGE_SIZE);
}

/* ---- 2 MiB pages ---- */

static inline bool huge_wanted(const struct aspace *as, const struct region *r)
{
    if (LIKELY(as->resident_pages < HUGE_RESIDENT_PAGES) && !(r->flags & ASPACE_HUGE))
        return false;
    return !(r->flags & (ASPACE_NOHUGE | ASPACE_GROWSDOWN)) && r->prot & ASPACE_WRITE;
}

static bool nothing_mapped(const struct aspace *as, vaddr_t base)
{
    return pgtable_next(&as->pgtable, base, base + PGTABLE_BLOCK) == base + PGTABLE_BLOCK;
}

static bool room_for_huge(const struct region *r, vaddr_t base)
{
    if (base < r->start || base + PGTABLE_BLOCK > r->end)
        return false;
    return r->flags & ASPACE_HUGE || (region_bytes(r) >= HUGE_REGION_BYTES && page_is_plentiful());
}

/* NONE: done; AGAIN: look again; OOM: it has to be small pages. */
static __attribute__((noinline)) enum aspace_fault map_huge(struct aspace *as,
                                                            const struct region *r, vaddr_t addr)
{
    vaddr_t base = ALIGN_DOWN(addr, PGTABLE_BLOCK);
    uint32_t sequence = as->sequence;

    if (!room_for_huge(r, base) || !nothing_mapped(as, base))
        return ASPACE_FAULT_OOM;
    spin_unlock(&as->lock);
    paddr_t pa = page_alloc(ORDER_BLOCK, PAGE_ZERO);
    spin_lock(&as->lock);
    if (pa == PAGE_NONE)
        return as->sequence == sequence ? ASPACE_FAULT_OOM : ASPACE_FAULT_AGAIN;
    if (as->sequence != sequence || !nothing_mapped(as, base)) {
        page_put(pa);
        return ASPACE_FAULT_AGAIN;
    }
    if (pgtable_map_block(&as->pgtable, base, pa, r->prot, PGTABLE_OWNED | PGTABLE_SYNC)) {
        page_put(pa);
        return ASPACE_FAULT_OOM;
    }
    as->resident_pages += 1u << ORDER_BLOCK;
    as->blocks = true;
    return ASPACE_FAULT_NONE;
}

/* ---- pages of our own ---- */

/* Map pa, a new page, at addr. On failure the page goes back. */
static enum aspace_fault map_own(struct aspace *as, const struct region *r, vaddr_t va, paddr_t pa)
{
    if (UNLIKELY(pgtable_map(&as->pgtable, va, pa, r->prot, PGTABLE_OWNED | PGTABLE_SYNC))) {
        page_put(pa);
        return ASPACE_FAULT_OOM;
    }
    as->resident_pages++;
    return ASPACE_FAULT_NONE;
}

/* The page of zeros stands for memory that is only read, and for reads while memory is short: a
 * program that reads before it writes would otherwise fault twice. */
static inline bool zeros_will_do(const struct region *r, unsigned access)
{
    return !(access & ASPACE_WRITE) && (!(r->prot & ASPACE_WRITE) || !page_is_plentiful());
}

/* How many pages to bring in, the place being moved to the first. */
static inline unsigned pages_wanted(const struct region *r, vaddr_t va, struct pgtable_place *place)
{
    if (UNLIKELY(!page_is_plentiful()))
        return 1;
    return pgtable_run(place, va, (va - r->start) >> PAGE_SHIFT, (r->end - va) >> PAGE_SHIFT);
}

/* Zeroed pages at the place. They are cleared without the lock, which other CPUs want for their
 * faults. */
static inline enum aspace_fault map_zeroed(struct aspace *as, const struct region *r, vaddr_t va,
                                           struct pgtable_place *place)
{
    uint32_t sequence = as->sequence;
    unsigned wanted = pages_wanted(r, va, place), n;
    paddr_t pages[PGTABLE_RUN_MAX];

    spin_unlock(&as->lock);
    n = page_alloc_zeroed(pages, wanted);
    spin_lock(&as->lock);

    if (UNLIKELY(as->sequence != sequence)) { /* the place may be gone, r too */
        while (n)
            page_put(pages[--n]);
        return ASPACE_FAULT_AGAIN;
    }
    as->resident_pages += pgtable_fill(place, pages, n);
    return LIKELY(n) ? ASPACE_FAULT_NONE : ASPACE_FAULT_OOM;
}

static enum aspace_fault fault_present(struct aspace *as, const struct region *r, vaddr_t va,
                                       unsigned access);
static enum aspace_fault fault_object(struct aspace *as, const struct region *r, vaddr_t va,
                                      unsigned access);

static enum aspace_fault fault_anonymous(struct aspace *as, const struct region *r, vaddr_t va,
                                         unsigned access)
{
    bool zeros = zeros_will_do(r, access);
    unsigned flags = zeros ? PGTABLE_COW : PGTABLE_OWNED | PGTABLE_SYNC;
    struct pgtable_place place;

    if (UNLIKELY(huge_wanted(as, r))) {
        enum aspace_fault f = map_huge(as, r, va);
        if (f != ASPACE_FAULT_OOM)
            return f;
    }
    if (UNLIKELY(pgtable_find_place(&as->pgtable, va, r->prot, flags, &place)))
        return ASPACE_FAULT_OOM;
    if (UNLIKELY(place.used))
        return fault_present(as, r, va, access);
    if (LIKELY(!zeros))
        return map_zeroed(as, r, va, &place);
    pgtable_fill(&place, &aspace_zero_page, 1);
    return ASPACE_FAULT_NONE;
}

/* A page with the bytes of `from`. */
static paddr_t copy_of(paddr_t from)
{
    bool zeros = from == aspace_zero_page;
    paddr_t pa = page_alloc(0, zeros ? PAGE_ZERO : 0);

    if (pa != PAGE_NONE && !zeros)
        memcpy(phys_to_virt(pa), phys_to_virt(from), PAGE_SIZE);
    return pa;
}

/* The page of an entry for a program to write to, with a reference: itself if nobody else has it
 * any more, which only another entry could give it to. */
static paddr_t own_page(const struct pgtable_entry *e)
{
    if (!(e->flags & PGTABLE_OWNED) || page_refs(e->pa) != 1)
        return copy_of(e->pa);
    page_get(e->pa);
    return e->pa;
}

/* The program writes to a page that shows an object's bytes, zeros, or what a fork has shared. */
static enum aspace_fault break_cow(struct aspace *as, const struct region *r, vaddr_t va,
                                   const struct pgtable_entry *e)
{
    paddr_t pa = own_page(e);

    if (pa == PAGE_NONE)
        return ASPACE_FAULT_OOM;
    pgtable_replace(&as->pgtable, va, pa, r->prot, PGTABLE_OWNED | PGTABLE_SYNC);
    if (!(e->flags & PGTABLE_OWNED))
        as->resident_pages++;
    return ASPACE_FAULT_NONE;
}

/* ---- pages of objects ---- */

static uint64_t object_index(const struct region *r, vaddr_t va)
{
    return (r->offset + (va - r->start)) >> PAGE_SHIFT;
}

static unsigned object_flags(const struct region *r)
{
    return r->flags & ASPACE_SHARED ? 0 : PGTABLE_COW;
}

/* A page that is only read so far, in a mapping whose object wants to know of the first write. */
static unsigned watched(const struct region *r, unsigned access)
{
    return r->obj->tracks_writes && !(access & ASPACE_WRITE) ? PGTABLE_COW : 0;
}

/* Pages that are there: all of this table's that belong to the region. */
static enum aspace_fault map_around(struct aspace *as, const struct region *r, vaddr_t va)
{
    vaddr_t base = MAX(ALIGN_DOWN(va, PGTABLE_BLOCK), r->start);
    vaddr_t end = MIN(ALIGN_DOWN(va, PGTABLE_BLOCK) + PGTABLE_BLOCK, r->end);
    uint64_t index = object_index(r, base);
    uint64_t there = (r->obj->pinned_bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
    unsigned pages = (unsigned)MIN((end - base) >> PAGE_SHIFT, there - index);
    int n = pgtable_map_run(&as->pgtable, base, r->obj->pinned + (index << PAGE_SHIFT), pages,
                            r->prot, object_flags(r));

    return n < 0 ? ASPACE_FAULT_OOM : ASPACE_FAULT_NONE;
}

static enum aspace_fault fault_pinned(struct aspace *as, const struct region *r, vaddr_t va,
                                      unsigned access)
{
    uint64_t index = object_index(r, va);

    if (index >= (r->obj->pinned_bytes + PAGE_SIZE - 1) >> PAGE_SHIFT)
        return ASPACE_FAULT_BUS;
    if (!(access & ASPACE_WRITE) || r->flags & ASPACE_SHARED)
        return map_around(as, r, va);
    paddr_t pa = copy_of(r->obj->pinned + (index << PAGE_SHIFT));
    return pa == PAGE_NONE ? ASPACE_FAULT_OOM : map_own(as, r, va, pa);
}

static enum aspace_fault fault_of_error(int err)
{
    return err == -ENOMEM ? ASPACE_FAULT_OOM : ASPACE_FAULT_BUS;
}

/* Put the object's page (a reference of ours), or a copy for a private write, at va, where nothing
 * is. */
static enum aspace_fault map_object_page(struct aspace *as, const struct region *r, vaddr_t va,
                                         unsigned access, paddr_t page)
{
    if (access & ASPACE_WRITE && !(r->flags & ASPACE_SHARED)) {
        paddr_t copy = copy_of(page);
        page_put(page);
        return copy == PAGE_NONE ? ASPACE_FAULT_OOM : map_own(as, r, va, copy);
    }
    if (pgtable_map(&as->pgtable, va, page, r->prot,
                    object_flags(r) | watched(r, access) | PGTABLE_OWNED)) {
        page_put(page);
        return ASPACE_FAULT_OOM;
    }
    as->resident_pages++;
    return ASPACE_FAULT_NONE;
}

/* The object's page (a reference of ours) where it has been readable so far: now for writing. */
static enum aspace_fault allow_writing(struct aspace *as, const struct region *r, vaddr_t va,
                                       paddr_t page)
{
    pgtable_replace(&as->pgtable, va, page, r->prot, PGTABLE_OWNED);
    return ASPACE_FAULT_NONE;
}

/* An object that may sleep. The lock is dropped and taken again. */
static enum aspace_fault fault_object(struct aspace *as, const struct region *r, vaddr_t va,
                                      unsigned access)
{
    struct vmobj *o = vmobj_get(r->obj);
    uint32_t sequence = as->sequence;
    uint64_t index = object_index(r, va);
    bool write = access & ASPACE_WRITE && r->flags & ASPACE_SHARED;
    enum aspace_fault f = ASPACE_FAULT_AGAIN;
    struct pgtable_entry e;
    paddr_t page;

    spin_unlock(&as->lock);
    int err = o->ops->get_page(o, index, write, &page);
    spin_lock(&as->lock);

    /* Meanwhile the regions may have changed, or another CPU may have served the same fault. */
    bool same = as->sequence == sequence, there = pgtable_query(&as->pgtable, va, &e);
    if (same && err)
        f = fault_of_error(err);
    else if (same && !there)
        f = map_object_page(as, r, va, access, page);
    else if (same && write && e.flags & PGTABLE_COW)
        f = allow_writing(as, r, va, page);
    else if (!err)
        page_put(page);

    spin_unlock(&as->lock);
    vmobj_put(o);
    spin_lock(&as->lock);
    return f;
}

/* ---- the fault ---- */

/* A touch just below a region that grows down extends it, within the stack limit and not into the
 * gap above what is below. */
static struct region *grow_down(struct aspace *as, vaddr_t addr)
{
    struct region *r = region_above(as, addr), *prev;
    vaddr_t start = page_of(addr);

    if (!r || !(r->flags & ASPACE_GROWSDOWN) || r->end - start > as->limit_stack_bytes)
        return NULL;
    prev = region_prev(r);
    if (start < ASPACE_START || (prev && prev->prot && prev->end + REGION_GUARD_BYTES > start) ||
        (prev && prev->end > start))
        return NULL;
    if (aspace_may_map(as, r->start - start, r->prot, r->flags))
        return NULL;
    region_uncount(as, r);
    r->start = start;
    region_count(as, r);
    as->sequence++;
    return r;
}

static inline bool allowed(const struct region *r, unsigned access)
{
    return access & ASPACE_READ ? r->prot != 0 : (r->prot & access) != 0;
}

/* There is an entry already: served by another CPU, or a page that must be copied. */
static enum aspace_fault fault_present(struct aspace *as, const struct region *r, vaddr_t va,
                                       unsigned access)
{
    struct pgtable_entry e;

    if (!pgtable_query(&as->pgtable, va, &e))
        return ASPACE_FAULT_AGAIN;
    if (!(access & ASPACE_WRITE) || !(e.flags & PGTABLE_COW))
        return ASPACE_FAULT_NONE;
    if (r->obj && r->obj->tracks_writes && r->flags & ASPACE_SHARED)
        return fault_object(as, r, va, access);
    return break_cow(as, r, va, &e);
}

static enum aspace_fault fault_locked(struct aspace *as, vaddr_t addr, unsigned access)
{
    struct region *r = region_find(as, addr);
    vaddr_t va = page_of(addr);
    struct pgtable_entry e;

    if (UNLIKELY(!r) && !(r = grow_down(as, addr)))
        return ASPACE_FAULT_MAPERR;
    if (UNLIKELY(!allowed(r, access)))
        return ASPACE_FAULT_ACCERR;
    if (LIKELY(!r->obj))
        return fault_anonymous(as, r, va, access);
    if (UNLIKELY(pgtable_query(&as->pgtable, va, &e)))
        return fault_present(as, r, va, access);
    if (r->obj->pinned)
        return fault_pinned(as, r, va, access);
    return fault_object(as, r, va, access);
}

enum aspace_fault aspace_fault(struct aspace *as, vaddr_t addr, unsigned access)
{
    enum aspace_fault f;

    /* nothing is ever mapped in the first page, which null pointers hit */
    if (UNLIKELY(addr - PAGE_SIZE >= ASPACE_END - PAGE_SIZE))
        return ASPACE_FAULT_MAPERR;
    spin_lock(&as->lock);
    do {
        f = fault_locked(as, addr, access);
    } while (UNLIKELY(f == ASPACE_FAULT_AGAIN));
    as->faults++;
    spin_unlock(&as->lock);
    return f;
}

static int error_of_fault(enum aspace_fault f)
{
    return f == ASPACE_FAULT_NONE ? 0 : f == ASPACE_FAULT_OOM ? -ENOMEM : -EFAULT;
}

int aspace_populate(struct aspace *as, vaddr_t addr, uint64_t size_bytes, unsigned access)
{
    int err = 0;

    if (addr > ASPACE_END || size_bytes > ASPACE_END - addr)
        return -EFAULT;
    for (vaddr_t va = page_of(addr), end = addr + size_bytes; va < end && !err; va += PAGE_SIZE)
        err = error_of_fault(aspace_fault(as, va, access));
    return err;
}

/* The place of addr in the direct map, writable, or NULL with *err. Regions are not to change
 * meanwhile. */
static void *writable_page(struct aspace *as, vaddr_t addr, int *err)
{
    struct pgtable_entry e;
    bool there = false;

    *err = error_of_fault(aspace_fault(as, addr, ASPACE_WRITE));
    if (*err)
        return NULL;
    spin_lock(&as->lock);
    there = pgtable_query(&as->pgtable, addr, &e);
    spin_unlock(&as->lock);
    *err = there ? 0 : -EFAULT;
    return there ? phys_to_virt(e.pa) : NULL;
}

int aspace_write(struct aspace *as, vaddr_t addr, const void *src, size_t size_bytes)
{
    const char *s = src;

    while (size_bytes) {
        size_t into = addr % PAGE_SIZE, n = MIN(size_bytes, PAGE_SIZE - into);
        int err;
        char *page = writable_page(as, addr, &err);
        if (!page)
            return err;
        if (s)
            memcpy(page + into, s, n);
        else
            memset(page + into, 0, n);
        s = s ? s + n : NULL;
        addr += n;
        size_bytes -= n;
    }
    return 0;
}
