/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cached pages of a volume's files: read in blocks, several at once, ahead of who reads in
 * sequence; shared with mappings, whose changes are kept in `dirty` and written back.
 *
 * What is asked of the server while bytes change there may be old when it comes: it serves the read
 * that asked, but isn't kept.
 */
#include "kernel/fs/p9_volume.h"

#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/slab.h"
#include "kernel/fs/pages_tree.h"
#include "lib/str.h"

enum {
    PIPELINE = 4,      /* blocks under way for one read */
    WINDOW_FIRST = 4,  /* pages read where reading begins, */
    WINDOW_MAX = 64,   /* and at most ahead of it */
    WINDOW_FAULT = 16, /* pages read for one touch of a mapping */
    WRITE_PAGES = P9_RUNS_MAX,
    FAULT_TRIES = 64, /* before a page that changes all the time is given up */
};

static uint64_t index_of(int64_t offset)
{
    return (uint64_t)offset >> PAGE_SHIFT;
}

static int64_t offset_of(uint64_t index)
{
    return (int64_t)(index << PAGE_SHIFT);
}

static int64_t size_of(const struct p9_inode *p)
{
    return __atomic_load_n(&p->pages.size, __ATOMIC_ACQUIRE);
}

/* ---- blocks ---- */

uint32_t p9_block_alloc(uint64_t bytes, uint32_t most, paddr_t *pa)
{
    uint32_t want = (uint32_t)ALIGN_UP(MIN(bytes, (uint64_t)most), (uint64_t)PAGE_SIZE);
    unsigned order = 0;
    while (((uint64_t)PAGE_SIZE << order) < want)
        order++;
    for (;; order--) {
        *pa = page_alloc(order, 0);
        if (*pa != PAGE_NONE || !order)
            break;
    }
    if (*pa == PAGE_NONE)
        return 0;
    uint32_t have = PAGE_SIZE << order, used = MIN(have, want);
    if (order)
        page_split(*pa);
    p9_block_free(*pa + used, have - used);
    return used;
}

void p9_block_free(paddr_t pa, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i += PAGE_SIZE)
        page_put(pa + i);
}

/* ---- changes ---- */

void p9_change_begin(struct p9_inode *p)
{
    spin_lock(&p->pages.lock);
    p->changes++;
    p->writers++;
    spin_unlock(&p->pages.lock);
}

void p9_change_end(struct p9_inode *p)
{
    spin_lock(&p->pages.lock);
    p->changes++;
    p->writers--;
    spin_unlock(&p->pages.lock);
    waitq_wake(&p->settled, ~0u, 0);
}

/* ---- looking ---- */

static paddr_t find_get(struct p9_inode *p, uint64_t index)
{
    spin_lock(&p->pages.lock);
    paddr_t page = pages_tree_find(&p->pages, index);
    if (page)
        page_get(page);
    spin_unlock(&p->pages.lock);
    return page;
}

/* How many bytes from index on, up to `want` and the end of the file, aren't here. */
static uint64_t missing_from(struct p9_inode *p, uint64_t index, uint64_t want)
{
    spin_lock(&p->pages.lock);
    uint64_t next = pages_tree_next(&p->pages, index);
    uint64_t end = ((uint64_t)p->pages.size + PAGE_SIZE - 1) >> PAGE_SHIFT;
    spin_unlock(&p->pages.lock);
    uint64_t pages = MIN(next, MAX(end, index)) - index;
    return MIN(pages << PAGE_SHIFT, ALIGN_UP(want, (uint64_t)PAGE_SIZE));
}

/* ---- fetching ---- */

struct fetch {
    struct p9_call *call;
    int64_t offset;
    paddr_t pa;
    uint32_t bytes;
    uint32_t changes;
};

static int fetch_begin(struct p9_inode *p, struct p9_fid *fid, int64_t offset, uint64_t want,
                       struct fetch *f)
{
    f->offset = offset;
    f->bytes = p9_block_alloc(want, p->volume->session.data_max, &f->pa);
    if (!f->bytes)
        return -ENOMEM;
    spin_lock(&p->pages.lock);
    f->changes = p->writers ? p->changes - 1 : p->changes;
    spin_unlock(&p->pages.lock);
    int err = p9_read_begin(fid, offset, f->pa, f->bytes, &f->call);
    if (err)
        p9_block_free(f->pa, f->bytes);
    return err;
}

/* Keep one of its pages, if nothing has changed meanwhile. */
static void keep_locked(struct p9_inode *p, uint64_t index, paddr_t page)
{
    if (pages_tree_find(&p->pages, index) || pages_tree_insert(&p->pages, index, page))
        return;
    page_get(page);
}

/* A page counts when it came whole, or up to the file's end. */
static void keep(struct p9_inode *p, const struct fetch *f, uint32_t got)
{
    spin_lock(&p->pages.lock);
    bool current = p->changes == f->changes && !p->writers;
    bool to_end = f->offset + got == p->pages.size;
    for (uint32_t i = 0; current && i < got; i += PAGE_SIZE)
        if (i + PAGE_SIZE <= got || to_end)
            keep_locked(p, index_of(f->offset + i), f->pa + i);
    spin_unlock(&p->pages.lock);
}

/* Bytes that came, the rest of the block is zero; or an error. The block is the caller's, also
 * then. */
static long fetch_end(struct p9_inode *p, const struct fetch *f, bool cache)
{
    long n = p9_read_end(f->call);
    if (n < 0)
        return n;
    memset((char *)phys_to_virt(f->pa) + n, 0, f->bytes - (size_t)n);
    if (cache)
        keep(p, f, (uint32_t)n);
    return n;
}

static void fetch_free(const struct fetch *f)
{
    p9_block_free(f->pa, f->bytes);
}

/* ---- reading ---- */

/* From one cached page. Bytes, 0: it isn't here, -EFAULT. */
static long copy_cached(struct p9_inode *p, struct uio *u, int64_t *pos, int64_t size)
{
    size_t in_page = (size_t)*pos & (PAGE_SIZE - 1);
    size_t want = (size_t)MIN(MIN(u->left, PAGE_SIZE - in_page), (uint64_t)(size - *pos));
    paddr_t page = find_get(p, index_of(*pos));
    if (!page)
        return 0;
    size_t n = uio_write(u, (char *)phys_to_virt(page) + in_page, want);
    page_put(page);
    *pos += (int64_t)n;
    return n ? (long)n : -EFAULT;
}

/* What of f, of which `got` bytes came, the reader wants. Bytes; fewer than there are at a bad
 * page. */
static long copy_fetched(const struct fetch *f, long got, struct uio *u, int64_t *pos, int64_t size)
{
    int64_t skip = *pos - f->offset, left = MIN((int64_t)got, size - f->offset) - skip;
    if (skip < 0 || left <= 0)
        return 0;
    size_t want = (size_t)MIN((uint64_t)left, u->left);
    size_t n = uio_write(u, (char *)phys_to_virt(f->pa) + skip, want);
    *pos += (int64_t)n;
    return (long)n;
}

/* How much to ask for: what is read, and in sequence a growing piece more. */
static uint64_t wanted(struct p9_inode *p, uint64_t index, uint64_t asked)
{
    if (!page_is_plentiful())
        return asked;
    p->window = index && index == p->next_index ? MIN(p->window * 2, (uint32_t)WINDOW_MAX)
                                                : (uint32_t)WINDOW_FIRST;
    return MAX(asked, (uint64_t)p->window << PAGE_SHIFT);
}

static unsigned begin_all(struct p9_inode *p, struct p9_fid *fid, uint64_t index, uint64_t bytes,
                          struct fetch *f, int *err)
{
    unsigned n = 0;
    int64_t offset = offset_of(index);
    *err = 0;
    while (n < PIPELINE && bytes) {
        *err = fetch_begin(p, fid, offset, bytes, &f[n]);
        if (*err)
            break;
        offset += f[n].bytes;
        bytes -= f[n].bytes;
        n++;
    }
    p->next_index = index_of(offset);
    return n;
}

/* All that was begun ends here, whatever becomes of the first. */
static long end_all(struct p9_inode *p, const struct fetch *f, unsigned n, struct uio *u,
                    int64_t *pos, int64_t size)
{
    long done = 0;
    bool go_on = true, cache = page_is_plentiful();
    for (unsigned i = 0; i < n; i++) {
        long got = fetch_end(p, &f[i], cache);
        if (got < 0 && go_on && !done)
            done = got;
        if (got > 0 && go_on)
            done += copy_fetched(&f[i], got, u, pos, size);
        go_on = go_on && got == (long)f[i].bytes;
        fetch_free(&f[i]);
    }
    return done;
}

/* From the server. 0: the file ends before *pos there, or nothing could be copied. */
static long read_missing(struct p9_inode *p, struct uio *u, int64_t *pos, int64_t size)
{
    struct fetch f[PIPELINE];
    struct p9_fid *fid;
    uint64_t index = index_of(*pos);
    uint64_t asked = MIN(u->left, (uint64_t)(size - *pos)) + (uint64_t)(*pos - offset_of(index));
    int err = p9_handle(p, P9_READING, &fid);
    if (err)
        return err;
    uint64_t bytes = missing_from(p, index, wanted(p, index, asked));
    unsigned n = begin_all(p, fid, index, bytes, f, &err);
    long done = n ? end_all(p, f, n, u, pos, size) : err;
    p9_fid_put(fid);
    return done;
}

static long read_some(struct p9_inode *p, struct uio *u, int64_t *pos, int64_t size)
{
    long n = copy_cached(p, u, pos, size);
    if (!n)
        n = read_missing(p, u, pos, size);
    if (n)
        return n;
    p9_stale(p->inode); /* shorter than we thought, or the program's memory is bad */
    p9_refresh(p->inode);
    return size_of(p) > *pos ? -EFAULT : 0;
}

long p9_cache_read(struct p9_inode *p, struct uio *u, int64_t *pos)
{
    long done = 0, n = 1;
    if (p->detached)
        return pages_read(&p->pages, u, pos);
    while (u->left && n > 0) {
        int64_t size = size_of(p);
        if (*pos >= size)
            break;
        n = read_some(p, u, pos, size);
        done += n > 0 ? n : 0;
    }
    return done || n > 0 ? done : n;
}

/* ---- changing what is cached ---- */

static void grow_size(struct p9_inode *p, int64_t size)
{
    spin_lock(&p->pages.lock);
    if (size > p->pages.size)
        __atomic_store_n(&p->pages.size, size, __ATOMIC_RELEASE);
    spin_unlock(&p->pages.lock);
}

void p9_cache_update(struct p9_inode *p, int64_t offset, paddr_t pa, size_t bytes)
{
    const char *from = phys_to_virt(pa);
    for (size_t done = 0; done < bytes;) {
        size_t in_page = (size_t)(offset + (int64_t)done) & (PAGE_SIZE - 1);
        size_t n = MIN(bytes - done, PAGE_SIZE - in_page);
        paddr_t page = find_get(p, index_of(offset + (int64_t)done));
        if (page) {
            memcpy((char *)phys_to_virt(page) + in_page, from + done, n);
            page_put(page);
        }
        done += n;
    }
    grow_size(p, offset + (int64_t)bytes);
}

void p9_cache_resize(struct p9_inode *p, int64_t size)
{
    spin_lock(&p->pages.lock);
    p->changes++;
    pages_tree_remove(&p->dirty, index_of(size + PAGE_SIZE - 1), UINT64_MAX);
    spin_unlock(&p->pages.lock);
    pages_resize(&p->pages, size);
}

void p9_cache_forget(struct p9_inode *p)
{
    spin_lock(&p->pages.lock);
    bool any = p->pages.count && !p->writers; /* writers: what they flush looks clean */
    if (any) {
        p->changes++;
        for (uint64_t i = 0; (i = pages_tree_next(&p->pages, i)) != UINT64_MAX; i++)
            if (!pages_tree_find(&p->dirty, i))
                pages_tree_remove(&p->pages, i, i + 1);
    }
    spin_unlock(&p->pages.lock);
    if (any)
        vmobj_invalidate(&p->pages.obj, 0, UINT64_MAX, false);
}

int p9_cache_load(struct p9_inode *p, int64_t size)
{
    for (uint64_t i = 0, end = index_of(size + PAGE_SIZE - 1); i < end; i++) {
        paddr_t page;
        int err = p->pages.obj.ops->get_page(&p->pages.obj, i, false, &page);
        if (err)
            return err;
        page_put(page);
    }
    return 0;
}

/* ---- writing back ---- */

struct batch {
    uint64_t index;
    unsigned count;
    paddr_t pages[WRITE_PAGES];
};

/* Take the first dirty pages of [first, end) that lie side by side; from then on they are being
 * written. */
static bool take_dirty(struct p9_inode *p, uint64_t first, uint64_t end, struct batch *b)
{
    spin_lock(&p->pages.lock);
    b->index = pages_tree_next(&p->dirty, first);
    b->count = 0;
    while (b->count < WRITE_PAGES && b->index < end - b->count) {
        uint64_t i = b->index + b->count;
        paddr_t page = pages_tree_find(&p->dirty, i);
        if (!page)
            break;
        page_get(page);
        b->pages[b->count++] = page;
        pages_tree_remove(&p->dirty, i, i + 1);
    }
    p->flushing += b->count;
    p->writers += b->count ? 1 : 0;
    p->changes++;
    spin_unlock(&p->pages.lock);
    return b->count;
}

static void mark_dirty_again(struct p9_inode *p, const struct batch *b)
{
    spin_lock(&p->pages.lock);
    for (unsigned i = 0; i < b->count; i++) {
        uint64_t index = b->index + i;
        if (pages_tree_find(&p->pages, index) != b->pages[i] || pages_tree_find(&p->dirty, index) ||
            pages_tree_insert(&p->dirty, index, b->pages[i]))
            continue;
        page_get(b->pages[i]);
    }
    spin_unlock(&p->pages.lock);
}

static void batch_done(struct p9_inode *p, const struct batch *b)
{
    for (unsigned i = 0; i < b->count; i++)
        page_put(b->pages[i]);
    spin_lock(&p->pages.lock);
    p->flushing -= b->count;
    spin_unlock(&p->pages.lock);
    p9_change_end(p);
}

/* The batch's bytes from `done` on, up to the file's end. How many bytes they are. */
static uint32_t runs_of(const struct batch *b, uint32_t done, int64_t size, struct p9_run *runs,
                        unsigned *count)
{
    int64_t left = MIN(size - offset_of(b->index), (int64_t)b->count * PAGE_SIZE);
    uint32_t sum = 0;
    *count = 0;
    for (int64_t at = done; at < left; *count += 1) {
        uint32_t in_page = (uint32_t)at % PAGE_SIZE;
        uint32_t n = (uint32_t)MIN(left - at, (int64_t)(PAGE_SIZE - in_page));
        runs[*count] = (struct p9_run){b->pages[at / PAGE_SIZE] + in_page, n};
        sum += n;
        at += n;
    }
    return sum;
}

static int write_batch(struct p9_inode *p, struct p9_fid *fid, const struct batch *b)
{
    struct p9_run runs[WRITE_PAGES];
    unsigned count;
    uint32_t done = 0, left;
    while ((left = runs_of(b, done, size_of(p), runs, &count)) > 0) {
        long n = p9_write(fid, offset_of(b->index) + done, runs, count, left);
        if (n < 0)
            return (int)n;
        done += (uint32_t)n;
    }
    return 0;
}

/* Mappings lose their way to the pages first: the next to write through one makes them dirty again.
 */
static int flush(struct p9_inode *p, struct p9_fid *fid, const struct batch *b)
{
    vmobj_invalidate(&p->pages.obj, b->index, b->index + b->count, false);
    int err = write_batch(p, fid, b);
    if (err)
        mark_dirty_again(p, b);
    batch_done(p, b);
    return err;
}

static bool settled(struct p9_inode *p)
{
    return !__atomic_load_n(&p->flushing, __ATOMIC_ACQUIRE);
}

int p9_write_back(struct p9_inode *p, uint64_t first, uint64_t end)
{
    struct batch b;
    struct p9_fid *fid = NULL;
    int err = 0;
    if (p->detached)
        return 0;
    if (__atomic_load_n(&p->dirty.count, __ATOMIC_RELAXED))
        err = p9_handle(p, P9_WRITING, &fid);
    while (!err && fid && take_dirty(p, first, end, &b))
        err = flush(p, fid, &b);
    wait_event_through(&p->settled, settled(p), WAIT_FOREVER);
    if (fid) {
        p9_stale(p->inode);
        p9_fid_put(fid);
    }
    return err;
}

/* ---- mappings ---- */

static struct p9_inode *inode_of(struct vmobj *o)
{
    return container_of(o, struct p9_inode, pages.obj);
}

/* The page, with a reference, dirty if it will be written. 0, 1: it isn't here, -ERANGE, -ENOMEM.
 */
static int page_here(struct p9_inode *p, uint64_t index, bool write, paddr_t *page)
{
    int err = 0;
    spin_lock(&p->pages.lock);
    *page = pages_tree_find(&p->pages, index);
    if (index >= ((uint64_t)p->pages.size + PAGE_SIZE - 1) >> PAGE_SHIFT)
        err = -ERANGE;
    else if (!*page)
        err = 1;
    else if (write && !pages_tree_find(&p->dirty, index))
        err = pages_tree_insert(&p->dirty, index, *page) ? -ENOMEM : (page_get(*page), 0);
    if (!err)
        page_get(*page);
    spin_unlock(&p->pages.lock);
    return err;
}

static bool no_writers(struct p9_inode *p)
{
    return !__atomic_load_n(&p->writers, __ATOMIC_ACQUIRE);
}

/* Read around index into the cache, as far as nothing changes meanwhile. */
static int bring(struct p9_inode *p, uint64_t index)
{
    struct fetch f;
    struct p9_fid *fid;
    wait_event_through(&p->settled, no_writers(p), WAIT_FOREVER);
    int err = p9_handle(p, P9_READING, &fid);
    if (err)
        return err;
    uint64_t bytes = missing_from(p, index, (uint64_t)WINDOW_FAULT << PAGE_SHIFT);
    err = bytes ? fetch_begin(p, fid, offset_of(index), bytes, &f) : 0;
    p9_fid_put(fid);
    if (!bytes)
        return 0;
    if (err)
        return err;
    long n = fetch_end(p, &f, true);
    fetch_free(&f);
    if (n >= 0 && n < (long)PAGE_SIZE && n < size_of(p) - offset_of(index)) {
        p9_stale(p->inode); /* it has got shorter there */
        p9_refresh(p->inode);
    }
    return n < 0 ? (int)n : 0;
}

static int make_zero_page(struct p9_inode *p, uint64_t index)
{
    paddr_t page = page_alloc(0, PAGE_ZERO);
    if (!page)
        return -ENOMEM;
    spin_lock(&p->pages.lock);
    keep_locked(p, index, page);
    spin_unlock(&p->pages.lock);
    page_put(page);
    return 0;
}

static int get_page(struct vmobj *o, uint64_t index, bool write, paddr_t *pa)
{
    struct p9_inode *p = inode_of(o);
    paddr_t page = PAGE_NONE;
    int err = 1;
    for (unsigned tries = 0; tries < FAULT_TRIES; tries++) {
        err = page_here(p, index, write, &page);
        if (err != 1)
            break;
        err = p->detached ? make_zero_page(p, index) : bring(p, index);
        if (err)
            break;
        err = 1;
    }
    if (!err)
        *pa = page;
    return err == -ENOMEM || err == -ERANGE || !err ? err : -EIO;
}

static int sync(struct vmobj *o, uint64_t first, uint64_t end)
{
    return p9_write_back(inode_of(o), first, end);
}

static void unmapped(struct vmobj *o)
{
    p9_write_back(inode_of(o), 0, UINT64_MAX);
}

static void release(struct vmobj *o)
{
    inode_put(inode_of(o)->inode);
}

static const struct vmobj_ops ops = {
    .get_page = get_page, .sync = sync, .unmapped = unmapped, .release = release};

void p9_cache_init(struct p9_inode *p)
{
    vmobj_init(&p->pages.obj, &ops);
    p->pages.obj.refs = 0; /* the mappings', see p9_file.c's map */
    p->pages.obj.tracks_writes = true;
    p->pages.obj.inode = p->inode->ino;
    p->pages.obj.device = p->inode->super->dev;
    waitq_init(&p->settled);
}

void p9_cache_end(struct p9_inode *p)
{
    pages_tree_remove(&p->dirty, 0, UINT64_MAX);
    pages_tree_remove(&p->pages, 0, UINT64_MAX);
}
