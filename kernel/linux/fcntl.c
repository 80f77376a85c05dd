/* SPDX-License-Identifier: Apache-2.0 */
/* fcntl, flock, ioctl. */
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/flock.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"

/* ---- record locks ---- */

static int range_base(struct file *f, int16_t whence, int64_t *base)
{
    struct linux_stat st;
    switch (whence) {
    case SEEK_SET:
        *base = 0;
        return 0;
    case SEEK_CUR:
        *base = f->mode & FILE_SEEK ? f->pos : 0;
        return 0;
    case SEEK_END:
        inode_stat(f->inode, &st);
        *base = st.st_size;
        return 0;
    default:
        return -EINVAL;
    }
}

/* l_len may be negative: the range ends before l_start then. 0 means to the end. */
static int range_of(struct file *f, const struct linux_flock *l, struct lock_request *r)
{
    int64_t start;
    int err = range_base(f, l->l_whence, &start);
    if (err)
        return err;
    if (__builtin_add_overflow(start, l->l_start, &start))
        return -EOVERFLOW;
    if (start < 0)
        return -EINVAL;
    int64_t end = INT64_MAX;
    if (l->l_len > 0 && __builtin_add_overflow(start, l->l_len - 1, &end))
        return -EOVERFLOW;
    if (l->l_len < 0) {
        end = start - 1;
        start += l->l_len;
        if (start < 0)
            return -EINVAL;
    }
    r->start = start;
    r->end = end;
    return 0;
}

static int request_of(struct file *f, const struct linux_flock *l, bool ofd, struct lock_request *r)
{
    if (ofd && l->l_pid)
        return -EINVAL;
    int err = range_of(f, l, r);
    if (err)
        return err;
    if (l->l_type != F_RDLCK && l->l_type != F_WRLCK && l->l_type != F_UNLCK)
        return -EINVAL;
    r->type = l->l_type;
    r->owner = ofd ? (void *)f : (void *)fd_table_self();
    r->pid = ofd ? -1 : 1;
    return 0;
}

static long get_lock(struct file *f, vaddr_t arg, bool ofd)
{
    struct linux_flock l;
    struct lock_request r;
    if (copy_from_user(&l, arg, sizeof(l)))
        return -EFAULT;
    if (!ofd && l.l_type == F_UNLCK)
        return -EINVAL;
    int err = request_of(f, &l, ofd, &r);
    if (err)
        return err;
    flock_test(f, &r);
    l.l_type = r.type;
    if (r.type != F_UNLCK) {
        l.l_whence = SEEK_SET;
        l.l_start = r.start;
        l.l_len = r.end == INT64_MAX ? 0 : r.end - r.start + 1;
        l.l_pid = r.pid;
    }
    return copy_to_user(arg, &l, sizeof(l));
}

static long set_lock(struct file *f, vaddr_t arg, bool ofd, bool wait)
{
    struct linux_flock l;
    struct lock_request r;
    if (copy_from_user(&l, arg, sizeof(l)))
        return -EFAULT;
    int err = request_of(f, &l, ofd, &r);
    if (err)
        return err;
    if ((r.type == F_RDLCK && !(f->mode & FILE_READ)) ||
        (r.type == F_WRLCK && !(f->mode & FILE_WRITE)))
        return -EBADF;
    return flock_range(f, &r, wait);
}

long sys_flock(int fd, int op)
{
    int kind = op & ~LOCK_NB;
    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN)
        return -EINVAL;
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    int err = flock_whole(f, op);
    fd_put(f);
    return err == -EAGAIN ? -EWOULDBLOCK : err;
}

/* ---- fcntl ---- */

#define SETTABLE_FLAGS (O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME)

static long set_flags(struct file *f, uint32_t flags)
{
    uint32_t old = __atomic_load_n(&f->flags, __ATOMIC_RELAXED);
    uint32_t now = (old & ~SETTABLE_FLAGS) | (flags & SETTABLE_FLAGS);
    __atomic_store_n(&f->flags, now, __ATOMIC_RELAXED);
    return 0;
}

static long duplicate(struct file *f, uint64_t from, bool cloexec)
{
    if (from >= fd_table_self()->limit)
        return -EINVAL;
    return fd_install_from(file_get(f), (uint32_t)from, cloexec);
}

static long set_cloexec(int fd, uint64_t arg)
{
    int was = fd_cloexec(fd, arg & FD_CLOEXEC);
    return was < 0 ? was : 0;
}

static long fcntl_pipe(struct file *f, int cmd, uint64_t arg)
{
    struct pipe *p = pipe_of(f);
    if (!p)
        return -EBADF;
    return cmd == F_GETPIPE_SZ ? pipe_size(p) : pipe_resize(p, (uint32_t)arg);
}

/* What works on O_PATH files as well. */
static long fcntl_descriptor(struct file *f, int fd, int cmd, uint64_t arg)
{
    switch (cmd) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        return duplicate(f, arg, cmd == F_DUPFD_CLOEXEC);
    case F_GETFD:
        return fd_cloexec(fd, -1);
    case F_SETFD:
        return set_cloexec(fd, arg);
    case F_GETFL:
        return (long)f->flags;
    default:
        return -EBADF;
    }
}

static long fcntl_file(struct file *f, int cmd, uint64_t arg)
{
    switch (cmd) {
    case F_SETFL:
        return set_flags(f, (uint32_t)arg);
    case F_GETLK:
    case F_OFD_GETLK:
        return get_lock(f, arg, cmd == F_OFD_GETLK);
    case F_SETLK:
    case F_OFD_SETLK:
        return set_lock(f, arg, cmd == F_OFD_SETLK, false);
    case F_SETLKW:
    case F_OFD_SETLKW:
        return set_lock(f, arg, cmd == F_OFD_SETLKW, true);
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
        return fcntl_pipe(f, cmd, arg);
    case F_ADD_SEALS:
        return memfd_seal(f, (uint32_t)arg);
    case F_GET_SEALS:
        return memfd_seals(f);
    case F_GETOWN:
    case F_GETSIG:
    case F_SETOWN:
    case F_SETSIG:
        return 0; /* nobody is ever signalled: no file here raises SIGIO */
    case F_GETLEASE:
        return F_UNLCK;
    default:
        return -EINVAL;
    }
}

static bool is_descriptor_cmd(int cmd)
{
    return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || (cmd >= F_GETFD && cmd <= F_GETFL);
}

long sys_fcntl(int fd, int cmd, uint64_t arg)
{
    struct file *f = fd_get(fd);
    if (!f)
        return -EBADF;
    bool path = f->mode & FILE_PATH;
    long n = path || is_descriptor_cmd(cmd) ? fcntl_descriptor(f, fd, cmd, arg)
                                            : fcntl_file(f, cmd, arg);
    fd_put(f);
    return n;
}

/* ---- ioctl ---- */

static long set_nonblock(struct file *f, vaddr_t arg)
{
    int on;
    if (copy_from_user(&on, arg, sizeof(on)))
        return -EFAULT;
    uint32_t flags = __atomic_load_n(&f->flags, __ATOMIC_RELAXED);
    flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    __atomic_store_n(&f->flags, flags, __ATOMIC_RELAXED);
    return 0;
}

/* Bytes from the position to the end of a regular file. */
static long regular_readable(struct file *f, vaddr_t arg)
{
    struct linux_stat st;
    inode_stat(f->inode, &st);
    int32_t n = (int32_t)(st.st_size - f->pos);
    return copy_to_user(arg, &n, sizeof(n));
}

static long file_ioctl(struct file *f, int fd, uint32_t request, uint64_t arg)
{
    switch (request) {
    case FIONBIO:
        return set_nonblock(f, arg);
    case FIOCLEX:
        return set_cloexec(fd, FD_CLOEXEC);
    case FIONCLEX:
        return set_cloexec(fd, 0);
    default:
        break;
    }
    if (request == FIONREAD && inode_is(f->inode, S_IFREG))
        return regular_readable(f, arg);
    return f->ops->ioctl ? f->ops->ioctl(f, request, arg) : -ENOTTY;
}

long sys_ioctl(int fd, uint32_t request, uint64_t arg)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    long n = file_ioctl(f, fd, request, arg);
    fd_put(f);
    return n;
}
