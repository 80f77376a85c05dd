/* SPDX-License-Identifier: Apache-2.0 */
/* A volume's regular files: what system calls do with them. */
#include "kernel/fs/p9_volume.h"

#include "abi/errno.h"
#include "kernel/arch/mmu.h"

/* ---- opening ---- */

static int have_handle(struct p9_inode *p, enum p9_handle kind)
{
    struct p9_fid *fid;
    int err = p9_handle(p, kind, &fid);
    if (!err)
        p9_fid_put(fid);
    return err;
}

/* Also for appending it is opened for plain writing: the flag may go, when the name has gone. */
static int open_file(struct inode *inode, struct file *f)
{
    struct p9_inode *p = p9_of(inode);
    int err = f->mode & FILE_READ ? have_handle(p, P9_READING) : 0;
    if (!err && (f->mode & FILE_WRITE))
        err = have_handle(p, P9_WRITING);
    if (!err && (f->mode & FILE_WRITE) && (f->flags & O_APPEND))
        err = have_handle(p, P9_APPENDING);
    if (!err)
        p9_refresh(inode);
    return err;
}

/* ---- reading ---- */

static long read(struct file *f, struct uio *u, int64_t *pos)
{
    return p9_cache_read(p9_of(f->inode), u, pos);
}

/* ---- writing ---- */

/* What is in the block goes to the server, and what is cached of it becomes the same. Bytes. */
static long write_block(struct p9_inode *p, struct p9_fid *fid, int64_t offset, paddr_t pa,
                        uint32_t bytes)
{
    p9_change_begin(p);
    long n = p9_write(fid, offset, &(struct p9_run){pa, bytes}, 1, bytes);
    if (n > 0)
        p9_cache_update(p, offset, pa, (size_t)n);
    p9_change_end(p);
    return n;
}

/* The same page by page. Of a longer write the server doesn't say what it has written before its
 * disk was full. */
static long write_pages(struct p9_inode *p, struct p9_fid *fid, int64_t offset, paddr_t pa,
                        uint32_t bytes)
{
    uint32_t done = 0;
    long n = 1;
    while (done < bytes && n > 0) {
        uint32_t in_page = (uint32_t)(offset + done) % PAGE_SIZE;
        n = write_block(p, fid, offset + done, pa + done, MIN(PAGE_SIZE - in_page, bytes - done));
        done += n > 0 ? (uint32_t)n : 0;
    }
    return done ? (long)done : n;
}

/* One block from u to offset. Bytes, 0 when the program's memory is bad, or an error. appends: the
 * server puts it where it likes, so that it can't be written once more. */
static long write_some(struct p9_inode *p, struct p9_fid *fid, struct uio *u, int64_t offset,
                       bool appends)
{
    paddr_t pa;
    uint32_t room = p9_block_alloc(u->left, p->volume->session.data_max, &pa);
    if (!room)
        return -ENOMEM;
    size_t got = uio_read(u, phys_to_virt(pa), (size_t)MIN(u->left, (uint64_t)room));
    long n = got ? write_block(p, fid, offset, pa, (uint32_t)got) : 0;
    if (n == -ENOSPC && !appends)
        n = write_pages(p, fid, offset, pa, (uint32_t)got);
    p9_block_free(pa, room);
    return n;
}

static long write_at(struct p9_inode *p, struct p9_fid *fid, struct uio *u, int64_t *pos,
                     bool appends)
{
    long done = 0;
    while (u->left) {
        uint64_t want = MIN(u->left, (uint64_t)p->volume->session.data_max);
        if (*pos > INT64_MAX - (int64_t)want)
            return done ? done : -EFBIG;
        long n = write_some(p, fid, u, *pos, appends);
        if (n <= 0)
            return done ? done : n ? n : -EFAULT;
        *pos += n;
        done += n;
        if (n < (long)want)
            break;
    }
    return done;
}

/* The server appends; where that was its new size tells. */
static long append_there(struct p9_inode *p, struct p9_fid *fid, struct uio *u, int64_t *pos)
{
    int64_t at = p->pages.size;
    long n = write_at(p, fid, u, &at, true);
    if (n > 0) {
        p9_stale(p->inode);
        p9_refresh(p->inode);
        *pos = p->pages.size;
    }
    return n;
}

static long write_plain(struct p9_inode *p, struct uio *u, int64_t *pos)
{
    struct p9_fid *fid;
    int err = p9_handle(p, P9_WRITING, &fid);
    if (err)
        return err;
    long n = write_at(p, fid, u, pos, false);
    p9_fid_put(fid);
    return n;
}

/* A file that got the flag after it had lost its name can't be opened that way any more, and is
 * ours alone. */
static long append(struct p9_inode *p, struct uio *u, int64_t *pos)
{
    struct p9_fid *fid;
    int err = p9_handle(p, P9_APPENDING, &fid);
    if (err == -ESTALE) {
        *pos = p->pages.size;
        return write_plain(p, u, pos);
    }
    if (err)
        return err;
    long n = append_there(p, fid, u, pos);
    p9_fid_put(fid);
    return n;
}

static long write_locked(struct file *f, struct uio *u, int64_t *pos)
{
    struct p9_inode *p = p9_of(f->inode);
    bool appends = f->flags & O_APPEND;
    if (!u->left)
        return 0;
    if (p->detached) {
        *pos = appends ? p->pages.size : *pos;
        return pages_write(&p->pages, u, pos);
    }
    long n = appends ? append(p, u, pos) : write_plain(p, u, pos);
    p9_stale(f->inode);
    return n;
}

static long write(struct file *f, struct uio *u, int64_t *pos)
{
    struct inode *inode = f->inode;
    int err = mutex_lock(&inode->write_lock);
    if (err)
        return err;
    long n = write_locked(f, u, pos);
    mutex_unlock(&inode->write_lock);
    if (n > 0 && (f->flags & (O_DSYNC | O_SYNC)))
        err = p9_fsync_op(f, !(f->flags & O_SYNC));
    return err ? err : n;
}

/* ---- position ---- */

/* The protocol doesn't tell holes: all is data, as for Linux' own client. */
static int64_t seek(struct file *f, int64_t offset, int whence)
{
    p9_refresh(f->inode);
    int64_t size = p9_of(f->inode)->pages.size;
    if (whence != SEEK_DATA && whence != SEEK_HOLE)
        return file_seek_within(f, size, offset, whence);
    if (offset < 0 || offset >= size)
        return -ENXIO;
    return file_seek_within(f, size, whence == SEEK_DATA ? offset : size, SEEK_SET);
}

/* ---- size ---- */

/* Without a name a size can't be set at the server: the file comes here, where nobody else will
 * ever see it again. */
static int detach(struct p9_inode *p, int64_t size)
{
    if (p->inode->nlink)
        return -ESTALE; /* it has another name, which we don't know */
    int err = p->detached ? 0 : p9_cache_load(p, MIN(size, p->pages.size));
    if (err)
        return err;
    p->detached = true;
    p9_cache_resize(p, size);
    return 0;
}

static int truncate(struct inode *inode, int64_t size)
{
    struct p9_inode *p = p9_of(inode);
    struct p9_fid *name = p9_name(p);
    if (!name)
        return detach(p, size);
    p9_change_begin(p);
    int err = p9_setsize(name, size);
    if (!err)
        p9_cache_resize(p, size);
    p9_change_end(p);
    p9_fid_put(name);
    p9_stale(inode);
    return err;
}

/* ---- the rest ---- */

/* A mapping's references are the object's; the first holds the inode, until p9_cache.c's release.
 */
static int map(struct file *f, struct vmobj **obj)
{
    struct p9_inode *p = p9_of(f->inode);
    if (!__atomic_fetch_add(&p->pages.obj.refs, 1, __ATOMIC_ACQ_REL))
        inode_get(f->inode);
    *obj = &p->pages.obj;
    return 0;
}

static void release(struct file *f)
{
    p9_write_back(p9_of(f->inode), 0, UINT64_MAX);
}

const struct file_ops p9_file_fops = {
    .read = read,
    .write = write,
    .seek = seek,
    .mmap = map,
    .fsync = p9_fsync_op,
    .release = release,
};

const struct inode_ops p9_file_ops = {
    .open = open_file,
    .setattr = p9_setattr_op,
    .truncate = truncate,
    .refresh = p9_refresh,
    .evict = p9_evict,
};
