/* SPDX-License-Identifier: Apache-2.0 */
/* read, write and their relatives, lseek. */
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/core/slab.h"
#include "kernel/fs/inode.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/iovec.h"
#include "kernel/linux/syscall.h"

typedef long transfer_fn(struct file *f, struct uio *u, int64_t *pos);

/* One piece at f's own position (offset NULL) or at an offset. */
static long transfer(int fd, vaddr_t buf, uint64_t count, int64_t *offset, transfer_fn *fn)
{
    struct uio u;
    if (offset && *offset < 0)
        return -EINVAL;
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    long n;
    if (offset && !(f->mode & FILE_SEEK))
        n = -ESPIPE;
    else if (buf > USER_END || count > USER_END - buf)
        n = -EFAULT;
    else {
        uio_user(&u, buf, MIN(count, (uint64_t)RW_COUNT_MAX));
        n = fn(f, &u, offset);
    }
    fd_put(f);
    return n;
}

long sys_read(int fd, vaddr_t buf, uint64_t count)
{
    return transfer(fd, buf, count, NULL, file_read);
}

long sys_write(int fd, vaddr_t buf, uint64_t count)
{
    return transfer(fd, buf, count, NULL, file_write);
}

long sys_pread64(int fd, vaddr_t buf, uint64_t count, int64_t offset)
{
    return transfer(fd, buf, count, &offset, file_read);
}

long sys_pwrite64(int fd, vaddr_t buf, uint64_t count, int64_t offset)
{
    return transfer(fd, buf, count, &offset, file_write);
}

/* ---- vectors ---- */

COLD int iovec_read(struct iovec_arg *v, vaddr_t at, uint64_t count)
{
    v->large = NULL;
    struct linux_iovec *vec = v->small;
    if (count > IOV_MAX)
        return -EINVAL;
    if (count > ARRAY_SIZE(v->small)) {
        vec = v->large = kmalloc(count * sizeof(*vec));
        if (!vec)
            return -ENOMEM;
    }
    if (copy_from_user(vec, at, count * sizeof(*vec))) {
        kfree(v->large);
        return -EFAULT;
    }
    v->vec = vec;
    v->count = (uint32_t)count;
    return 0;
}

COLD int iovec_check(struct iovec_arg *v)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        if ((int64_t)v->vec[i].len < 0)
            return -EINVAL;
        if (v->vec[i].base > USER_END || v->vec[i].len > USER_END - v->vec[i].base)
            return -EFAULT;
        total = MIN(total + v->vec[i].len, (uint64_t)RW_COUNT_MAX);
    }
    v->uio = (struct uio){.vec = v->vec, .count = v->count, .left = total};
    while (v->uio.count > 1 && !v->uio.vec->len) { /* the first piece is never empty */
        v->uio.vec++;
        v->uio.count--;
    }
    return 0;
}

void iovec_done(struct iovec_arg *v)
{
    kfree(v->large);
}

/* A vector without bytes asks the file nothing. */
static COLD long transfer_nothing(const struct file *f, bool read)
{
    if (!(f->mode & (read ? FILE_READ : FILE_WRITE)))
        return -EBADF;
    return (read ? f->ops->read : f->ops->write) ? 0 : -EINVAL;
}

static COLD long transfer_checked(struct file *f, struct iovec_arg *v, int64_t *offset,
                                  transfer_fn *fn)
{
    int err = iovec_check(v);
    if (err)
        return err;
    if (offset && !(f->mode & FILE_SEEK))
        return -ESPIPE;
    if (!v->uio.left && !inode_is(f->inode, S_IFDIR))
        return transfer_nothing(f, fn == file_read);
    return fn(f, &v->uio, offset);
}

static COLD long transfer_vector(int fd, vaddr_t iov, uint64_t count, int64_t *offset,
                                 transfer_fn *fn)
{
    struct iovec_arg v;
    if (offset && *offset < 0)
        return -EINVAL;
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    long n = iovec_read(&v, iov, count);
    if (!n) {
        n = transfer_checked(f, &v, offset, fn);
        iovec_done(&v);
    }
    fd_put(f);
    return n;
}

COLD long sys_readv(int fd, vaddr_t iov, uint64_t count)
{
    return transfer_vector(fd, iov, count, NULL, file_read);
}

COLD long sys_writev(int fd, vaddr_t iov, uint64_t count)
{
    return transfer_vector(fd, iov, count, NULL, file_write);
}

/* On 64-bit machines the low word carries the whole offset. */
COLD long sys_preadv(int fd, vaddr_t iov, uint64_t count, uint64_t offset_lo, uint64_t offset_hi)
{
    int64_t offset = (int64_t)offset_lo;
    (void)offset_hi;
    return transfer_vector(fd, iov, count, &offset, file_read);
}

COLD long sys_pwritev(int fd, vaddr_t iov, uint64_t count, uint64_t offset_lo, uint64_t offset_hi)
{
    int64_t offset = (int64_t)offset_lo;
    (void)offset_hi;
    return transfer_vector(fd, iov, count, &offset, file_write);
}

/* RWF_NOWAIT is refused where a call may sleep; files in memory never do. The rest asks for what
 * happens anyway. */
static COLD int rwf_check(uint32_t flags, bool write)
{
    if (flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND))
        return -EOPNOTSUPP;
    if ((flags & RWF_APPEND) && write)
        return -EOPNOTSUPP;
    return 0;
}

COLD long sys_preadv2(int fd, vaddr_t iov, uint64_t count, uint64_t offset_lo, uint64_t offset_hi,
                      uint32_t flags)
{
    int err = rwf_check(flags, false);
    if (err)
        return err;
    if (offset_lo == UINT64_MAX)
        return sys_readv(fd, iov, count);
    return sys_preadv(fd, iov, count, offset_lo, offset_hi);
}

COLD long sys_pwritev2(int fd, vaddr_t iov, uint64_t count, uint64_t offset_lo, uint64_t offset_hi,
                       uint32_t flags)
{
    int err = rwf_check(flags, true);
    if (err)
        return err;
    if (offset_lo == UINT64_MAX)
        return sys_writev(fd, iov, count);
    return sys_pwritev(fd, iov, count, offset_lo, offset_hi);
}

/* ---- positions ---- */

static COLD long seek(struct file *f, int64_t offset, int whence)
{
    if (whence < SEEK_SET || whence > SEEK_HOLE)
        return -EINVAL;
    if (f->mode & FILE_NAMELESS)
        return 0; /* Linux lets one seek in an eventfd, to nowhere */
    if (!(f->mode & FILE_SEEK) || !f->ops->seek)
        return -ESPIPE;
    int err = mutex_lock(&f->pos_lock);
    if (err)
        return err;
    long at = f->ops->seek(f, offset, whence);
    mutex_unlock(&f->pos_lock);
    return at;
}

COLD long sys_lseek(int fd, int64_t offset, int whence)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    long at = seek(f, offset, whence);
    fd_put(f);
    return at;
}
