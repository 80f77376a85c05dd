/* SPDX-License-Identifier: Apache-2.0 */
/* What others may ask of an address space and mark in it: mincore, locked memory, names, the list
 * for /proc/self/maps. */
#include "abi/errno.h"
#include "abi/linux_mman.h"
#include "kernel/core/aspace_internal.h"
#include "kernel/core/slab.h"
#include "lib/fmt.h"
#include "lib/str.h"

enum { MINCORE_PAGES_MAX = 4096 };

/* An object's pages are in memory whether mapped or not. */
static bool in_core(const struct aspace *as, const struct region *r, vaddr_t va)
{
    struct pgtable_entry e;

    return r->obj || pgtable_query(&as->pgtable, va, &e);
}

int aspace_mincore(struct aspace *as, vaddr_t addr, uint64_t size_bytes, uint8_t *vec)
{
    vaddr_t end;
    int err = 0;

    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (size_bytes > MINCORE_PAGES_MAX * (uint64_t)PAGE_SIZE ||
        !aspace_range_ok(addr, size_bytes, &end))
        return -ENOMEM;
    spin_lock(&as->lock);
    for (vaddr_t va = addr; va < end && !err; va += PAGE_SIZE) {
        const struct region *r = region_find(as, va);
        if (r)
            *vec++ = in_core(as, r, va);
        else
            err = -ENOMEM;
    }
    spin_unlock(&as->lock);
    return err;
}

/* ---- locked memory ---- */

static int set_locked(struct aspace *as, struct region *r, void *arg)
{
    bool on = *(bool *)arg;

    if (on && !(r->flags & ASPACE_LOCKED) &&
        as->locked_bytes + region_bytes(r) > as->limit_locked_bytes)
        return -ENOMEM;
    region_uncount(as, r);
    r->flags = on ? r->flags | ASPACE_LOCKED : r->flags & ~(uint32_t)ASPACE_LOCKED;
    region_count(as, r);
    return 0;
}

int aspace_lock(struct aspace *as, vaddr_t addr, uint64_t size_bytes, bool on)
{
    vaddr_t start = ALIGN_DOWN(addr, (vaddr_t)PAGE_SIZE), end;
    int err;

    size_bytes += addr - start;
    if (size_bytes < addr - start)
        return -EINVAL;
    if (!aspace_range_ok(start, size_bytes, &end))
        return -ENOMEM;
    if (start == end)
        return 0;
    spin_lock(&as->lock);
    err = aspace_each(as, start, end, false, set_locked, &on);
    spin_unlock(&as->lock);
    if (!err && on && aspace_populate(as, start, end - start, ASPACE_READ))
        return -ENOMEM;
    return err;
}

int aspace_lock_all(struct aspace *as, uint32_t flags)
{
    bool on = flags & LINUX_MCL_CURRENT;
    int err = 0;

    spin_lock(&as->lock);
    as->lock_future = flags & LINUX_MCL_FUTURE;
    if (on && as->mapped_bytes > as->limit_locked_bytes)
        err = -ENOMEM;
    else if (on || !flags)
        err = aspace_each(as, 0, ASPACE_END, true, set_locked, &on);
    spin_unlock(&as->lock);
    return err && as->mapped_bytes > as->limit_locked_bytes ? err : 0; /* holes are no error here */
}

/* The objects of [addr, end), one after the other: each may sleep, so the next region is looked for
 * anew. */
static int sync_objects(struct aspace *as, vaddr_t addr, vaddr_t end)
{
    int err = 0;

    while (!err && addr < end) {
        struct vmobj *o = NULL;
        uint64_t first = 0, last = 0;
        spin_lock(&as->lock);
        struct region *r = region_above(as, addr);
        vaddr_t from = r ? MAX(addr, r->start) : end, to = r ? MIN(end, r->end) : end;
        if (r && from < to && r->obj && r->obj->ops->sync) {
            o = vmobj_get(r->obj);
            first = (r->offset + (from - r->start)) >> PAGE_SHIFT;
            last = first + ((to - from) >> PAGE_SHIFT);
        }
        spin_unlock(&as->lock);
        if (o) {
            err = o->ops->sync(o, first, last);
            vmobj_put(o);
        }
        addr = MAX(to, addr + PAGE_SIZE);
    }
    return err;
}

int aspace_sync(struct aspace *as, vaddr_t addr, uint64_t size_bytes, bool invalidate)
{
    bool hole = false, busy = false;
    vaddr_t end, pos = addr;

    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (!aspace_range_ok(addr, size_bytes, &end))
        return -ENOMEM;
    spin_lock(&as->lock);
    for (struct region *r = region_above(as, addr); r && r->start < end; r = region_next(r)) {
        hole |= r->start > pos;
        busy |= invalidate && r->flags & ASPACE_LOCKED;
        pos = r->end;
    }
    spin_unlock(&as->lock);
    int err = busy ? -EBUSY : sync_objects(as, addr, end);
    return err ? err : hole || pos < end ? -ENOMEM : 0;
}

/* ---- names ---- */

static int set_name(struct aspace *as, struct region *r, void *arg)
{
    (void)as;
    if (r->obj)
        return -EBADF;
    region_set_name(r, arg);
    return 0;
}

int aspace_name(struct aspace *as, vaddr_t addr, uint64_t size_bytes, const char *text)
{
    struct region_name *name = NULL;
    vaddr_t end;
    int err;

    if (!aspace_range_ok(addr, size_bytes, &end))
        return -EINVAL;
    if (text) {
        size_t size = strlen(text) + 1;
        name = kmalloc(sizeof(*name) + size);
        if (!name)
            return -ENOMEM;
        name->refs = 1;
        memcpy(name->text, text, size);
    }
    spin_lock(&as->lock);
    err = aspace_each(as, addr, end, true, set_name, name);
    spin_unlock(&as->lock);
    region_name_put(name);
    return err;
}

/* ---- the list ---- */

static void describe_name(const struct region *r, struct vmobj *o, char *buf, size_t size)
{
    buf[0] = 0;
    if (o) {
        if (r->flags & ASPACE_VDSO)
            fmt_print(buf, size, "[vdso]");
        else if (o->ops->name)
            o->ops->name(o, buf, size);
    } else if (r->name) {
        fmt_print(buf, size, "[%s:%s]", r->flags & ASPACE_SHARED ? "anon_shmem" : "anon",
                  r->name->text);
    } else if (r->flags & (ASPACE_HEAP | ASPACE_STACK)) {
        fmt_print(buf, size, r->flags & ASPACE_HEAP ? "[heap]" : "[stack]");
    }
}

static uint64_t count_resident(const struct aspace *as, const struct region *r)
{
    struct pgtable_entry e;
    uint64_t pages = 0;

    for (vaddr_t va = r->start; (va = pgtable_next(&as->pgtable, va, r->end)) < r->end;
         va += PAGE_SIZE)
        pages += pgtable_query(&as->pgtable, va, &e) && e.pa != aspace_zero_page;
    return pages;
}

static void describe(const struct aspace *as, const struct region *r, struct aspace_info *info)
{
    *info = (struct aspace_info){
        .start = r->start,
        .end = r->end,
        .prot = r->prot,
        .max_prot = r->max_prot,
        .flags = r->flags,
        .offset = r->offset,
        .inode = r->obj ? r->obj->inode : 0,
        .device = r->obj ? r->obj->device : 0,
        .has_object = r->obj,
        .resident_pages = count_resident(as, r),
    };
    describe_name(r, NULL, info->name, sizeof(info->name));
}

bool aspace_next(struct aspace *as, vaddr_t addr, struct aspace_info *info)
{
    struct vmobj *o = NULL;
    struct region copy = {0};

    spin_lock(&as->lock);
    const struct region *r = region_above(as, addr);
    if (r) {
        describe(as, r, info);
        copy = *r;
        o = r->obj ? vmobj_get(r->obj) : NULL;
    }
    spin_unlock(&as->lock);
    if (o) { /* a file's name is asked for without the lock */
        describe_name(&copy, o, info->name, sizeof(info->name));
        vmobj_put(o);
    }
    return r;
}
