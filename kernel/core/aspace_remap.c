/* SPDX-License-Identifier: Apache-2.0 */
/* mremap: shrink, grow where there is room, or move the pages to another place. */
#include "abi/errno.h"
#include "abi/linux_mman.h"
#include "kernel/core/aspace_internal.h"
#include "kernel/core/slab.h"

struct remap {
    vaddr_t addr;
    uint64_t old_bytes, new_bytes; /* whole pages */
    uint32_t flags;
    vaddr_t new_addr;
};

static int check(const struct remap *m)
{
    bool fixed = m->flags & LINUX_MREMAP_FIXED, keep = m->flags & LINUX_MREMAP_DONTUNMAP;

    if (m->flags & ~(uint32_t)(LINUX_MREMAP_MAYMOVE | LINUX_MREMAP_FIXED | LINUX_MREMAP_DONTUNMAP))
        return -EINVAL;
    if ((fixed || keep) && !(m->flags & LINUX_MREMAP_MAYMOVE))
        return -EINVAL;
    if (keep && m->old_bytes != m->new_bytes)
        return -EINVAL;
    if (!IS_ALIGNED(m->addr, PAGE_SIZE) || !m->new_bytes || !m->old_bytes ||
        m->new_bytes > ASPACE_END)
        return -EINVAL;
    if (!fixed)
        return 0;
    if (!IS_ALIGNED(m->new_addr, PAGE_SIZE) || m->new_addr > ASPACE_END - m->new_bytes ||
        m->new_addr < PAGE_SIZE)
        return -EINVAL;
    if (m->new_addr < m->addr + m->old_bytes && m->addr < m->new_addr + m->new_bytes)
        return -EINVAL;
    return 0;
}

/* Room behind the region for the rest? Then it just grows. */
static bool grow_in_place(struct aspace *as, struct region *r, const struct remap *m)
{
    vaddr_t end = m->addr + m->new_bytes;

    if (m->flags & (LINUX_MREMAP_FIXED | LINUX_MREMAP_DONTUNMAP) ||
        r->end != m->addr + m->old_bytes || end > ASPACE_END || end < m->addr ||
        !aspace_is_free(as, r->end, end))
        return false;
    region_uncount(as, r);
    r->end = end;
    region_count(as, r);
    as->sequence++;
    region_merge(as, r);
    return true;
}

/* A region like r, for [to, to + new_bytes). */
static struct region *region_like(const struct region *r, const struct remap *m, vaddr_t to)
{
    struct region *n = kmalloc(sizeof(*n));

    if (!n)
        return NULL;
    *n = *r;
    n->name = NULL;
    region_set_name(n, r->name);
    if (n->obj)
        vmobj_get(n->obj);
    n->offset = r->obj ? r->offset + (m->addr - r->start) : 0;
    n->start = to;
    n->end = to + m->new_bytes;
    return n;
}

/* No 2 MiB page is moved as one: its new place need not be aligned. */
static int split_all(struct aspace *as, vaddr_t start, vaddr_t end)
{
    if (!as->blocks)
        return 0;
    for (vaddr_t va = start; va < end; va = ALIGN_DOWN(va, PGTABLE_BLOCK) + PGTABLE_BLOCK)
        if (pgtable_split(&as->pgtable, va))
            return -ENOMEM;
    return 0;
}

/* The pages go over; on failure those that went come back. */
static int move_pages(struct aspace *as, const struct remap *m, vaddr_t to)
{
    uint64_t bytes = MIN(m->old_bytes, m->new_bytes), moved, back;
    int err = split_all(as, m->addr, m->addr + bytes);

    if (err)
        return err;
    err = pgtable_move(&as->pgtable, m->addr, to, bytes, &moved);
    if (err && pgtable_move(&as->pgtable, to, m->addr, moved,
                            &back)) /* can't fail: its tables are still there */
        return -ENOMEM;
    return err;
}

static int find_place(struct aspace *as, const struct remap *m, vaddr_t *to,
                      struct region_chain *dead)
{
    if (!(m->flags & LINUX_MREMAP_FIXED))
        return aspace_place(as, m->flags & LINUX_MREMAP_DONTUNMAP ? m->new_addr : 0, m->new_bytes,
                            to);
    *to = m->new_addr;
    return aspace_unmap_locked(as, *to, *to + m->new_bytes, dead);
}

/* r, of which only the old place is left, ends there, and n begins. Nothing of this takes memory.
 */
static int change_over(struct aspace *as, const struct remap *m, struct region *r, struct region *n,
                       struct region_chain *dead)
{
    int err = 0;

    region_insert(as, n);
    if (m->flags & LINUX_MREMAP_DONTUNMAP)
        region_merge(as, r);
    else
        err = aspace_unmap_locked(as, m->addr, m->addr + m->old_bytes, dead);
    region_merge(as, n);
    return err;
}

static int move(struct aspace *as, const struct remap *m, vaddr_t *at, struct region_chain *dead)
{
    vaddr_t to;
    struct region *n = NULL, *r;
    int err = find_place(as, m, &to, dead);

    if (err)
        return err;
    r = region_find(as, m->addr);
    if (!r)
        return -EFAULT;
    err = region_isolate(as, &r, m->addr, m->addr + m->old_bytes);
    if (!err)
        err = aspace_split_blocks(as, m->addr, m->addr + m->old_bytes);
    if (!err && !(n = region_like(r, m, to)))
        err = -ENOMEM;
    if (!err)
        err = move_pages(as, m, to);
    if (!err) {
        *at = to;
        return change_over(as, m, r, n, dead);
    }
    region_merge(as, r);
    if (n) {
        n->node.left = dead->head;
        dead->head = &n->node;
    }
    return err;
}

static int remap_locked(struct aspace *as, const struct remap *m, vaddr_t *at,
                        struct region_chain *dead)
{
    struct region *r = region_find(as, m->addr);
    int err;

    if (!r || m->old_bytes > r->end - m->addr)
        return -EFAULT;
    if (m->flags & LINUX_MREMAP_DONTUNMAP && (r->obj || r->flags & ASPACE_SHARED))
        return -EINVAL;
    *at = m->addr;
    if (m->new_bytes <= m->old_bytes && !(m->flags & (LINUX_MREMAP_FIXED | LINUX_MREMAP_DONTUNMAP)))
        return m->new_bytes == m->old_bytes
                   ? 0
                   : aspace_unmap_locked(as, m->addr + m->new_bytes, m->addr + m->old_bytes, dead);
    if (m->new_bytes > m->old_bytes) {
        err = aspace_may_map(as, m->new_bytes - m->old_bytes, r->prot, r->flags);
        if (err)
            return err;
        if (grow_in_place(as, r, m))
            return 0;
    }
    return m->flags & LINUX_MREMAP_MAYMOVE ? move(as, m, at, dead) : -ENOMEM;
}

int aspace_remap(struct aspace *as, vaddr_t addr, uint64_t old_bytes, uint64_t new_bytes,
                 uint32_t flags, vaddr_t new_addr, vaddr_t *at)
{
    struct region_chain dead = {NULL};
    struct remap m = {
        .addr = addr,
        .old_bytes = ALIGN_UP(old_bytes, (uint64_t)PAGE_SIZE),
        .new_bytes = ALIGN_UP(new_bytes, (uint64_t)PAGE_SIZE),
        .flags = flags,
        .new_addr = new_addr,
    };
    int err = check(&m);

    if (err)
        return err;
    spin_lock(&as->lock);
    err = remap_locked(as, &m, at, &dead);
    spin_unlock(&as->lock);
    aspace_release(&dead);
    return err;
}
