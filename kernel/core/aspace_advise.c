/* SPDX-License-Identifier: Apache-2.0 */
/* madvise: what the program says about its memory. Advice that only tunes Linux' page cache or fork
 * is accepted and changes nothing here. */
#include "abi/errno.h"
#include "abi/linux_mman.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/aspace_internal.h"
#include "lib/str.h"

enum { ORDER_BLOCK = 9 };

struct range {
    vaddr_t start, end;
};

typedef int range_fn(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end);

/* Call fn for the part of each region in the range, without cutting regions. -ENOMEM: holes
 * (everything else was visited). */
static int each_part(struct aspace *as, struct range range, range_fn *fn)
{
    vaddr_t pos = range.start;
    bool hole = false;

    for (struct region *r = region_above(as, pos); r && r->start < range.end; r = region_next(r)) {
        hole |= r->start > pos;
        int err = fn(as, r, MAX(r->start, range.start), MIN(r->end, range.end));
        if (err)
            return err;
        pos = r->end;
    }
    return hole || pos < range.end ? -ENOMEM : 0;
}

static int nothing(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    (void)as, (void)r, (void)start, (void)end;
    return 0;
}

/* Shared anonymous memory keeps its contents: only the mapping would go, and there is no other. */
static int drop_any(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    if (!r->obj && r->flags & ASPACE_SHARED)
        return 0;
    return aspace_drop_pages(as, start, end);
}

static int drop(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    return r->flags & ASPACE_LOCKED ? -EINVAL : drop_any(as, r, start, end);
}

/* Lazily freed memory may be gone at once: so it is. */
static int free_private(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    if (r->obj || r->flags & ASPACE_SHARED)
        return -EINVAL;
    return drop(as, r, start, end);
}

/* Punch a hole. Shared anonymous memory has nothing below it but its pages; a file's pages are not
 * ours to take. */
static int remove_shared(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    if (r->flags & ASPACE_LOCKED)
        return -EINVAL;
    if (!(r->flags & ASPACE_SHARED) || !(r->max_prot & ASPACE_WRITE))
        return -EACCES;
    return r->obj ? -EOPNOTSUPP : aspace_drop_pages(as, start, end);
}

static int cold(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    (void)as, (void)start, (void)end;
    return r->flags & ASPACE_LOCKED ? -EINVAL : 0;
}

static int private_anonymous(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    (void)as, (void)start, (void)end;
    return r->obj || r->flags & ASPACE_SHARED ? -EINVAL : 0;
}

/* ---- 2 MiB pages ---- */

static void copy_block(struct aspace *as, vaddr_t base, paddr_t block)
{
    struct pgtable_entry e;

    for (uint64_t at = 0; at < PGTABLE_BLOCK; at += PAGE_SIZE)
        if (pgtable_query(&as->pgtable, base + at, &e) && e.pa != aspace_zero_page)
            memcpy((char *)phys_to_virt(block) + at, phys_to_virt(e.pa), PAGE_SIZE);
}

/* Make [base, base + 2 MiB) one page. Nobody writes meanwhile: without access a write faults, and
 * waits for our lock. */
static int collapse_block(struct aspace *as, const struct region *r, vaddr_t base)
{
    struct pgtable_entry e;
    paddr_t block;

    if (pgtable_query(&as->pgtable, base, &e) && e.block)
        return 0;
    block = page_alloc(ORDER_BLOCK, PAGE_ZERO);
    if (block == PAGE_NONE)
        return -ENOMEM;
    pgtable_protect(&as->pgtable, base, base + PGTABLE_BLOCK, 0);
    copy_block(as, base, block);
    as->resident_pages -= pgtable_unmap(&as->pgtable, base, base + PGTABLE_BLOCK);
    pgtable_trim(&as->pgtable, base, base + PGTABLE_BLOCK, base, base + PGTABLE_BLOCK);
    as->sequence++; /* the table is gone that a fault may have looked at */
    if (pgtable_map_block(&as->pgtable, base, block, r->prot, PGTABLE_OWNED | PGTABLE_SYNC)) {
        page_put(block); /* can't be: the tables above it exist */
        return -ENOMEM;
    }
    as->resident_pages += 1u << ORDER_BLOCK;
    as->blocks = true;
    return 0;
}

static int collapse(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    int err = 0;

    if (r->obj || r->flags & (ASPACE_NOHUGE | ASPACE_GROWSDOWN) || !(r->prot & ASPACE_WRITE))
        return -EINVAL;
    for (vaddr_t base = ALIGN_UP(start, PGTABLE_BLOCK); base + PGTABLE_BLOCK <= end && !err;
         base += PGTABLE_BLOCK)
        err = collapse_block(as, r, base);
    return err;
}

static int set_huge(struct aspace *as, struct region *r, void *arg)
{
    (void)as;
    r->flags = (r->flags & ~(uint32_t)(ASPACE_HUGE | ASPACE_NOHUGE)) | *(uint32_t *)arg;
    return 0;
}

/* ---- the call ---- */

static range_fn *const parts[] = {
    [LINUX_MADV_NORMAL] = nothing,       [LINUX_MADV_RANDOM] = nothing,
    [LINUX_MADV_SEQUENTIAL] = nothing,   [LINUX_MADV_WILLNEED] = nothing,
    [LINUX_MADV_DONTNEED] = drop,        [LINUX_MADV_FREE] = free_private,
    [LINUX_MADV_REMOVE] = remove_shared, [LINUX_MADV_DONTFORK] = nothing,
    [LINUX_MADV_DOFORK] = nothing,       [LINUX_MADV_DONTDUMP] = nothing,
    [LINUX_MADV_DODUMP] = nothing,       [LINUX_MADV_WIPEONFORK] = private_anonymous,
    [LINUX_MADV_KEEPONFORK] = nothing,   [LINUX_MADV_COLD] = cold,
    [LINUX_MADV_PAGEOUT] = cold,         [LINUX_MADV_DONTNEED_LOCKED] = drop_any,
    [LINUX_MADV_COLLAPSE] = collapse,
};

static int advise_huge(struct aspace *as, struct range range, uint32_t flag)
{
    return aspace_each(as, range.start, range.end, true, set_huge, &flag);
}

static int advise_locked(struct aspace *as, struct range range, int advice)
{
    switch (advice) {
    case LINUX_MADV_HUGEPAGE:
        return advise_huge(as, range, ASPACE_HUGE);
    case LINUX_MADV_NOHUGEPAGE:
        return advise_huge(as, range, ASPACE_NOHUGE);
    default:
        return each_part(as, range, parts[advice]);
    }
}

static bool is_populate(int advice)
{
    return advice == LINUX_MADV_POPULATE_READ || advice == LINUX_MADV_POPULATE_WRITE;
}

static bool is_known(int advice)
{
    return advice == LINUX_MADV_HUGEPAGE || advice == LINUX_MADV_NOHUGEPAGE ||
           is_populate(advice) || ((unsigned)advice < ARRAY_SIZE(parts) && parts[advice]);
}

/* The region's rights decide before any page comes in: -EINVAL where they forbid the access. */
static int may_read(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    (void)as, (void)start, (void)end;
    return r->prot ? 0 : -EINVAL;
}

static int may_write(struct aspace *as, struct region *r, vaddr_t start, vaddr_t end)
{
    (void)as, (void)start, (void)end;
    return r->prot & ASPACE_WRITE ? 0 : -EINVAL;
}

static int populate(struct aspace *as, struct range range, bool write)
{
    spin_lock(&as->lock);
    int err = each_part(as, range, write ? may_write : may_read);
    spin_unlock(&as->lock);
    return err ? err
               : aspace_populate(as, range.start, range.end - range.start,
                                 write ? ASPACE_WRITE : ASPACE_READ);
}

int aspace_advise(struct aspace *as, vaddr_t addr, uint64_t size_bytes, int advice)
{
    struct range range = {.start = addr};
    int err;

    if (!is_known(advice) || !IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (!aspace_range_ok(addr, size_bytes, &range.end))
        return addr + size_bytes < addr ? -EINVAL : -ENOMEM;
    if (range.end == range.start)
        return 0;
    if (is_populate(advice))
        return populate(as, range, advice == LINUX_MADV_POPULATE_WRITE);
    spin_lock(&as->lock);
    err = advise_locked(as, range, advice);
    spin_unlock(&as->lock);
    return err;
}
