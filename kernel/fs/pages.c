/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, writing, resizing and mapping a file's pages. */
#include "kernel/fs/pages.h"

#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/slab.h"
#include "kernel/fs/pages_tree.h"
#include "lib/str.h"

#define SIZE_LIMIT INT64_MAX

static uint64_t index_of(int64_t offset)
{
    return (uint64_t)offset >> PAGE_SHIFT;
}

static size_t in_page(int64_t offset)
{
    return (size_t)offset & (PAGE_SIZE - 1);
}

/* How many bytes from offset on, within its page, lie in the bytes below. */
static size_t below_at(const struct pages *p, int64_t offset)
{
    if ((uint64_t)offset >= p->below_bytes)
        return 0;
    return MIN(PAGE_SIZE - in_page(offset), p->below_bytes - (uint64_t)offset);
}

/* ---- pages for writing ---- */

/* Put `page` at index unless somebody was faster; then ours goes. What is there now, with a
 * reference for the caller. */
static paddr_t insert_or_use(struct pages *p, uint64_t index, paddr_t page)
{
    spin_lock(&p->lock);
    paddr_t there = pages_tree_find(p, index);
    if (!there && !pages_tree_insert(p, index, page)) {
        there = page;
        page = PAGE_NONE;
    }
    if (there)
        page_get(there);
    spin_unlock(&p->lock);
    if (page)
        page_put(page);
    return there;
}

/* A new page with what the file has there: zeros or a copy of the bytes below. */
static paddr_t fresh_page(struct pages *p, uint64_t index)
{
    int64_t offset = (int64_t)(index << PAGE_SHIFT);
    paddr_t page = page_alloc(0, PAGE_ZERO);
    if (!page)
        return PAGE_NONE;
    spin_lock(&p->lock);
    size_t below = below_at(p, offset);
    if (below)
        memcpy(phys_to_virt(page), p->below + offset, below);
    spin_unlock(&p->lock);
    return page;
}

static paddr_t find_get(struct pages *p, uint64_t index)
{
    spin_lock(&p->lock);
    paddr_t page = pages_tree_find(p, index);
    if (page)
        page_get(page);
    spin_unlock(&p->lock);
    return page;
}

static paddr_t get_writable(struct pages *p, uint64_t index)
{
    paddr_t page = find_get(p, index);
    if (page)
        return page;
    page = fresh_page(p, index);
    return page ? insert_or_use(p, index, page) : PAGE_NONE;
}

/* The same for write and fallocate: the last of the memory is for the program, whom a full file
 * system must not kill. */
static paddr_t get_spare(struct pages *p, uint64_t index)
{
    paddr_t page = find_get(p, index);
    return page || page_is_scarce() ? page : get_writable(p, index);
}

/* ---- mappings ---- */

static struct pages *pages_of(struct vmobj *o)
{
    return container_of(o, struct pages, obj);
}

/* A hole gets a page also to be read: what write(2) puts there later must show in the mapping. */
static int get_page(struct vmobj *o, uint64_t index, bool write, paddr_t *pa)
{
    struct pages *p = pages_of(o);
    (void)write;
    spin_lock(&p->lock);
    bool beyond = index >= (((uint64_t)p->size + PAGE_SIZE - 1) >> PAGE_SHIFT);
    spin_unlock(&p->lock);
    if (beyond)
        return -ERANGE;
    *pa = get_writable(p, index);
    return *pa ? 0 : -ENOMEM;
}

static void release(struct vmobj *o)
{
    struct pages *p = pages_of(o);
    pages_tree_remove(p, 0, UINT64_MAX);
    kfree(p);
}

static const struct vmobj_ops pages_obj_ops = {.get_page = get_page, .release = release};

struct pages *pages_new(void)
{
    struct pages *p = kzalloc(sizeof(*p));
    if (p)
        vmobj_init(&p->obj, &pages_obj_ops);
    return p;
}

void pages_below(struct pages *p, const void *bytes, uint64_t size_bytes)
{
    p->below = bytes;
    p->below_bytes = size_bytes;
    p->size = (int64_t)size_bytes;
}

uint64_t pages_count(struct pages *p)
{
    spin_lock(&p->lock);
    uint64_t n = p->count + ((p->below_bytes + PAGE_SIZE - 1) >> PAGE_SHIFT);
    spin_unlock(&p->lock);
    return n;
}

/* ---- reading ---- */

/* Up to want bytes at offset within one page; holes read as zeros. */
static size_t read_piece(struct pages *p, struct uio *u, int64_t offset, size_t want)
{
    paddr_t page = find_get(p, index_of(offset));
    if (page) {
        size_t n = uio_write(u, (char *)phys_to_virt(page) + in_page(offset), want);
        page_put(page);
        return n;
    }
    size_t below = MIN(want, below_at(p, offset));
    size_t n = below ? uio_write(u, p->below + offset, below) : 0;
    return n < below ? n : n + uio_zero(u, want - below);
}

long pages_read(struct pages *p, struct uio *u, int64_t *pos)
{
    long done = 0;
    while (u->left) {
        int64_t size = __atomic_load_n(&p->size, __ATOMIC_ACQUIRE);
        if (*pos >= size)
            break;
        size_t want = MIN(MIN(u->left, PAGE_SIZE - in_page(*pos)), (uint64_t)(size - *pos));
        size_t n = read_piece(p, u, *pos, want);
        *pos += (int64_t)n;
        done += (long)n;
        if (n < want)
            return done ? done : -EFAULT;
    }
    return done;
}

/* ---- writing ---- */

static void set_size(struct pages *p, int64_t size)
{
    spin_lock(&p->lock);
    if (size > p->size)
        __atomic_store_n(&p->size, size, __ATOMIC_RELEASE);
    spin_unlock(&p->lock);
}

/* Up to want bytes into one page. Bytes, or -ENOSPC. */
static long write_piece(struct pages *p, struct uio *u, int64_t offset, size_t want)
{
    paddr_t page = get_spare(p, index_of(offset));
    if (!page)
        return -ENOSPC;
    size_t n = uio_read(u, (char *)phys_to_virt(page) + in_page(offset), want);
    page_put(page);
    if (offset + (int64_t)n > __atomic_load_n(&p->size, __ATOMIC_RELAXED))
        set_size(p, offset + (int64_t)n);
    return (long)n;
}

long pages_write(struct pages *p, struct uio *u, int64_t *pos)
{
    long done = 0;
    if (u->left && *pos >= SIZE_LIMIT)
        return -EFBIG;
    while (u->left && *pos < SIZE_LIMIT) {
        size_t room = MIN(PAGE_SIZE - in_page(*pos), (uint64_t)(SIZE_LIMIT - *pos));
        size_t want = MIN(u->left, room);
        long n = write_piece(p, u, *pos, want);
        if (n > 0) {
            *pos += n;
            done += n;
        }
        if (n < (long)want)
            return done ? done : n ? n : -EFAULT;
    }
    return done;
}

/* ---- size and holes ---- */

static void zero_in_page(struct pages *p, int64_t start, int64_t end)
{
    paddr_t page = start < end ? find_get(p, index_of(start)) : PAGE_NONE;
    if (!page)
        return;
    memset((char *)phys_to_virt(page) + in_page(start), 0, (size_t)(end - start));
    page_put(page);
}

static void drop_pages(struct pages *p, uint64_t first, uint64_t end)
{
    spin_lock(&p->lock);
    pages_tree_remove(p, first, end);
    spin_unlock(&p->lock);
    vmobj_invalidate(&p->obj, first, end, true);
}

void pages_resize(struct pages *p, int64_t size)
{
    spin_lock(&p->lock);
    int64_t old = p->size;
    __atomic_store_n(&p->size, size, __ATOMIC_RELEASE);
    p->below_bytes = MIN(p->below_bytes, (uint64_t)size);
    spin_unlock(&p->lock);
    if (size >= old)
        return;
    int64_t page_end = (int64_t)MIN(ALIGN_UP((uint64_t)size, PAGE_SIZE), (uint64_t)INT64_MAX);
    zero_in_page(p, size, page_end);
    drop_pages(p, index_of(page_end), UINT64_MAX);
}

/* More than there can be is refused before any of it is taken. */
int pages_allocate(struct pages *p, int64_t start, int64_t end)
{
    struct page_stats memory;
    page_stats(&memory);
    if ((uint64_t)(end - start) > memory.total_bytes)
        return -ENOSPC;
    for (uint64_t i = index_of(start); i <= index_of(end - 1); i++) {
        paddr_t page = get_spare(p, i);
        if (!page)
            return -ENOSPC;
        page_put(page);
    }
    return 0;
}

/* Pages of their own for what lies over bytes below, so that these don't show through the hole. */
static int cover_below(struct pages *p, int64_t start, int64_t end)
{
    end = MIN(end, (int64_t)p->below_bytes);
    return start < end ? pages_allocate(p, start, end) : 0;
}

static void zero_range(struct pages *p, int64_t start, int64_t end)
{
    while (start < end) {
        int64_t stop = MIN(end, (int64_t)ALIGN_DOWN((uint64_t)start, PAGE_SIZE) + PAGE_SIZE);
        zero_in_page(p, start, stop);
        start = stop;
    }
}

int pages_punch(struct pages *p, int64_t start, int64_t end)
{
    end = MIN(end, (int64_t)ALIGN_UP((uint64_t)p->size, PAGE_SIZE));
    if (start >= end)
        return 0;
    if (cover_below(p, start, end))
        return -ENOSPC;
    int64_t below = MIN(end, (int64_t)ALIGN_UP(p->below_bytes, PAGE_SIZE));
    int64_t first = (int64_t)ALIGN_UP((uint64_t)MAX(start, below), PAGE_SIZE);
    int64_t last = (int64_t)ALIGN_DOWN((uint64_t)end, PAGE_SIZE);
    if (first >= last) {
        zero_range(p, start, end);
        return 0;
    }
    zero_range(p, start, first);
    drop_pages(p, index_of(first), index_of(last));
    zero_range(p, last, end);
    return 0;
}

/* ---- SEEK_DATA, SEEK_HOLE ---- */

static uint64_t next_data_locked(const struct pages *p, uint64_t index)
{
    if (below_at(p, (int64_t)(index << PAGE_SHIFT)))
        return index;
    return pages_tree_next(p, index);
}

static uint64_t next_hole_locked(const struct pages *p, uint64_t index)
{
    while (below_at(p, (int64_t)(index << PAGE_SHIFT)) || pages_tree_find(p, index))
        index++;
    return index;
}

int64_t pages_seek(struct pages *p, int64_t offset, int whence)
{
    int64_t found = -ENXIO;
    spin_lock(&p->lock);
    if (offset >= 0 && offset < p->size) {
        uint64_t i = index_of(offset);
        uint64_t at = whence == SEEK_DATA ? next_data_locked(p, i) : next_hole_locked(p, i);
        int64_t where =
            at > (uint64_t)INT64_MAX >> PAGE_SHIFT ? INT64_MAX : (int64_t)(at << PAGE_SHIFT);
        if (where < p->size)
            found = MAX(where, offset);
        else if (whence == SEEK_HOLE)
            found = p->size;
    }
    spin_unlock(&p->lock);
    return found;
}
