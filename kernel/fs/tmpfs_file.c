/* SPDX-License-Identifier: Apache-2.0 */
/* Regular files in memory: tmpfs and memfd. */
#include "kernel/fs/tmpfs.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/dentry.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs_internal.h"
#include "lib/str.h"

static struct pages *pages_of(struct file *f)
{
    return f->inode->priv;
}

/* The mount option relatime, Linux' default: the first read after a change sets the time, others
 * leave it. */
static bool atime_is_old(const struct inode *inode)
{
    return inode->atime_ns <= inode->mtime_ns || inode->atime_ns <= inode->ctime_ns;
}

static void note_access(struct file *f)
{
    if (!(f->flags & O_NOATIME) && atime_is_old(f->inode))
        inode_touch(f->inode, ATTR_ATIME);
}

static long file_read_pages(struct file *f, struct uio *u, int64_t *pos)
{
    long n = pages_read(pages_of(f), u, pos);
    note_access(f);
    return n;
}

static void take_size(struct inode *inode)
{
    struct pages *p = inode->priv;
    inode->size = __atomic_load_n(&p->size, __ATOMIC_ACQUIRE);
    inode->blocks = pages_count(p) * (PAGE_SIZE / 512);
}

static long write_locked(struct file *f, struct uio *u, int64_t *pos)
{
    struct pages *p = pages_of(f);
    uint32_t seals = f->inode->seals;
    if (f->flags & O_APPEND)
        *pos = p->size;
    if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
        return -EPERM;
    if (seals & F_SEAL_GROW) {
        if (*pos >= p->size)
            return u->left ? -EPERM : 0;
        u->left = MIN(u->left, (uint64_t)(p->size - *pos));
    }
    return pages_write(p, u, pos);
}

static long file_write_pages(struct file *f, struct uio *u, int64_t *pos)
{
    struct inode *inode = f->inode;
    int err = mutex_lock(&inode->write_lock);
    if (err)
        return err;
    long n = write_locked(f, u, pos);
    if (n > 0)
        inode->mode &= inode->mode & 0010 ? ~(S_ISUID | S_ISGID) : ~S_ISUID;
    mutex_unlock(&inode->write_lock);
    if (n > 0)
        inode_touch(inode, ATTR_MTIME);
    return n;
}

static int64_t file_seek(struct file *f, int64_t offset, int whence)
{
    struct pages *p = pages_of(f);
    if (whence != SEEK_DATA && whence != SEEK_HOLE)
        return file_seek_within(f, p->size, offset, whence);
    offset = pages_seek(p, offset, whence);
    return offset < 0 ? offset : file_seek_within(f, p->size, offset, SEEK_SET);
}

static int file_mmap(struct file *f, struct vmobj **obj)
{
    struct pages *p = pages_of(f);
    note_access(f);
    *obj = vmobj_get(&p->obj);
    return 0;
}

static int allocate_locked(struct inode *inode, int mode, int64_t offset, int64_t end)
{
    struct pages *p = inode->priv;
    if (mode & FALLOC_FL_PUNCH_HOLE)
        return inode->seals & F_SEAL_WRITE ? -EPERM : pages_punch(p, offset, end);
    if (end > p->size && !(mode & FALLOC_FL_KEEP_SIZE) && (inode->seals & F_SEAL_GROW))
        return -EPERM;
    int err = pages_allocate(p, offset, end);
    if (!err && end > p->size && !(mode & FALLOC_FL_KEEP_SIZE))
        pages_resize(p, end);
    return err;
}

static int file_fallocate(struct file *f, int mode, int64_t offset, int64_t len)
{
    struct inode *inode = f->inode;
    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
        return -EOPNOTSUPP;
    int err = mutex_lock(&inode->write_lock);
    if (err)
        return err;
    err = allocate_locked(inode, mode, offset, offset + len);
    mutex_unlock(&inode->write_lock);
    if (!err)
        inode_touch(inode, ATTR_MTIME);
    return err;
}

static const struct file_ops file_fops = {
    .read = file_read_pages,
    .write = file_write_pages,
    .seek = file_seek,
    .mmap = file_mmap,
    .fallocate = file_fallocate,
};

/* ---- the inode ---- */

static int file_truncate(struct inode *inode, int64_t size)
{
    pages_resize(inode->priv, size);
    return 0;
}

static void file_evict(struct inode *inode)
{
    struct pages *p = inode->priv;
    vmobj_put(&p->obj);
}

static const struct inode_ops file_ops = {
    .truncate = file_truncate, .refresh = take_size, .evict = file_evict};

struct inode *tmpfs_new_file(struct super *s, uint32_t mode)
{
    struct pages *p = pages_new();
    if (!p)
        return NULL;
    struct inode *inode = inode_new(s, mode, &file_ops, &file_fops);
    if (!inode) {
        vmobj_put(&p->obj);
        return NULL;
    }
    inode->priv = p;
    p->obj.inode = inode->ino;
    p->obj.device = s->dev;
    return inode;
}

void tmpfs_set_below(struct inode *inode, const void *bytes, uint64_t size_bytes)
{
    pages_below(inode->priv, bytes, size_bytes);
}

const void *tmpfs_below(struct inode *inode, uint64_t *size_bytes)
{
    const struct pages *p = inode->priv;
    bool whole =
        inode->fops == &file_fops && p->below && !p->count && p->below_bytes == (uint64_t)p->size;
    *size_bytes = whole ? p->below_bytes : 0;
    return whole ? p->below : NULL;
}

/* ---- memfd ---- */

static struct dentry *memfd_name(const char *name, struct inode *inode)
{
    char text[8 + 250] = "memfd:";
    size_t len = strnlen(name, 249);
    memcpy(text + 6, name, len);
    return dentry_new(&(struct name){.s = text, .len = (uint32_t)(6 + len)}, inode);
}

int memfd_create_file(const char *name, uint32_t flags, struct file **out)
{
    struct inode *inode = tmpfs_new_file(&super_nameless, S_IFREG | 0777);
    if (!inode)
        return -ENOMEM;
    inode->nlink = 0;
    if (flags & MFD_ALLOW_SEALING)
        inode->seals = 0;
    struct dentry *d = memfd_name(name, inode);
    if (!d) {
        inode_put(inode);
        return -ENOMEM;
    }
    struct file *f = file_new(&file_fops, inode_get(inode), O_RDWR | O_LARGEFILE);
    if (f) {
        f->mode |= FILE_SEEK;
        f->dentry = d;
        *out = f;
        return 0;
    }
    inode_put(inode);
    dentry_put(d);
    return -ENOMEM;
}

int memfd_seals(struct file *f)
{
    return f->ops == &file_fops ? (int)f->inode->seals : -EINVAL;
}

int memfd_seal(struct file *f, uint32_t seals)
{
    struct inode *inode = f->inode;
    if (f->ops != &file_fops ||
        (seals & ~(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)))
        return -EINVAL;
    if (!(f->mode & FILE_WRITE))
        return -EPERM;
    int err = mutex_lock(&inode->write_lock);
    if (err)
        return err;
    if (inode->seals & F_SEAL_SEAL)
        err = -EPERM;
    else
        inode->seals |= seals;
    mutex_unlock(&inode->write_lock);
    return err;
}
