/* SPDX-License-Identifier: Apache-2.0 */
/* The life of open files, and the rules that all kinds share: modes, positions, notification. */
#include "kernel/fs/file.h"

#include "abi/errno.h"
#include "kernel/core/refs.h"
#include "kernel/core/slab.h"
#include "kernel/fs/dentry.h"
#include "kernel/fs/epoll.h"
#include "kernel/fs/flock.h"
#include "kernel/fs/inotify.h"

static uint32_t mode_of_flags(uint32_t flags)
{
    if (flags & O_PATH)
        return FILE_PATH;
    uint32_t access = flags & O_ACCMODE;
    return (access != O_WRONLY ? FILE_READ : 0u) | (access != O_RDONLY ? FILE_WRITE : 0u);
}

struct file *file_new(const struct file_ops *ops, struct inode *inode, uint32_t flags)
{
    struct file *f = kmalloc(sizeof(*f));
    if (!f)
        return NULL;
    *f = (struct file){.ops = ops,
                       .refs = 1,
                       .flags = flags,
                       .mode = mode_of_flags(flags),
                       .inode = inode,
                       .pos_lock = MUTEX_INIT(f->pos_lock),
                       .watches = LIST_INIT(f->watches)};
    return f;
}

COLD struct file *file_new_nameless(const struct file_ops *ops, void *priv, uint32_t flags)
{
    struct inode *inode = inode_nameless();
    struct file *f = file_new(ops, inode, flags);
    if (!f) {
        inode_put(inode);
        return NULL;
    }
    f->priv = priv;
    f->mode |= FILE_NAMELESS;
    return f;
}

struct file *file_get(struct file *f)
{
    __atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
    return f;
}

COLD struct file *file_get_live(struct file *f)
{
    return refs_get_live(&f->refs) ? f : NULL;
}

static __attribute__((noinline)) void file_free(struct file *f)
{
    if (!list_empty(&f->watches))
        epoll_forget(f);
    if (f->inode->locks)
        flock_release(f);
    if (f->dentry && !(f->mode & FILE_PATH))
        fs_notify_file(f, f->mode & FILE_WRITE ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
    if (f->ops->release)
        f->ops->release(f);
    if (f->mode & FILE_WRITER)
        inode_end_write(f->inode);
    if (f->dentry)
        dentry_put(f->dentry);
    inode_put(f->inode);
    kfree(f);
}

void file_put(struct file *f)
{
    if (!__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL))
        file_free(f);
}

typedef long transfer_fn(struct file *f, struct uio *u, int64_t *pos);

/* Streams have no position; a file that has one is locked while its own position is in use. */
static long transfer(struct file *f, struct uio *u, int64_t *pos, transfer_fn *fn)
{
    if (!(f->mode & FILE_SEEK))
        return fn(f, u, NULL);
    if (pos)
        return fn(f, u, pos);
    int err = mutex_lock(&f->pos_lock);
    if (err)
        return err;
    long n = fn(f, u, &f->pos);
    mutex_unlock(&f->pos_lock);
    return n;
}

long file_read(struct file *f, struct uio *u, int64_t *pos)
{
    if (!(f->mode & FILE_READ))
        return -EBADF;
    if (!f->ops->read)
        return inode_is(f->inode, S_IFDIR) ? -EISDIR : -EINVAL;
    long n = transfer(f, u, pos, f->ops->read);
    if (n > 0)
        fs_notify_file(f, IN_ACCESS);
    return n;
}

long file_write(struct file *f, struct uio *u, int64_t *pos)
{
    if (!(f->mode & FILE_WRITE))
        return -EBADF;
    if (!f->ops->write)
        return -EINVAL;
    long n = transfer(f, u, pos, f->ops->write);
    if (n > 0)
        fs_notify_file(f, IN_MODIFY);
    return n;
}

unsigned file_poll(struct file *f, struct poll_table *pt)
{
    if (!f->ops->poll)
        return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    return f->ops->poll(f, pt);
}

COLD long file_pread_kernel(struct file *f, void *buf, size_t size_bytes, int64_t offset)
{
    struct uio u;
    uio_kernel(&u, buf, size_bytes);
    return file_read(f, &u, &offset);
}

int64_t file_seek_within(struct file *f, int64_t size, int64_t offset, int whence)
{
    int64_t base = whence == SEEK_END ? size : whence == SEEK_CUR ? f->pos : 0, at;
    if (whence != SEEK_SET && whence != SEEK_CUR && whence != SEEK_END)
        return -EINVAL;
    if (__builtin_add_overflow(base, offset, &at))
        return -EOVERFLOW;
    if (at < 0)
        return -EINVAL;
    f->pos = at;
    return at;
}
