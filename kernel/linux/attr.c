/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that change a file's attributes. */
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/fs/inotify.h"
#include "kernel/fs/sync.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/path.h"
#include "kernel/linux/syscall.h"

/* Apply and tell watchers. Takes over t. */
static int change(struct path_target *t, const struct attr *a)
{
    int err = inode_setattr(t->inode, a);
    if (!err && t->dentry)
        fs_notify_dentry(t->dentry, IN_ATTRIB);
    path_target_put(t);
    return err;
}

/* ---- mode ---- */

static int change_mode(struct path_target *t, uint32_t mode)
{
    struct attr a = {.valid = ATTR_MODE, .mode = mode & 07777};
    int err = inode_owner(t->inode);
    if (!err && inode_is(t->inode, S_IFLNK))
        err = -EOPNOTSUPP;
    if (!err)
        return change(t, &a);
    path_target_put(t);
    return err;
}

long sys_fchmod(int fd, uint32_t mode)
{
    struct path_target t;
    int err = path_target_fd(fd, true, &t);
    return err ? err : change_mode(&t, mode);
}

long sys_fchmodat(int dirfd, vaddr_t path, uint32_t mode)
{
    struct path_target t;
    int err = path_target_at(dirfd, path, 0, &t);
    return err ? err : change_mode(&t, mode);
}

/* ---- owner ---- */

static int change_owner(struct path_target *t, uint32_t uid, uint32_t gid)
{
    struct attr a = {.uid = uid, .gid = gid};
    a.valid = (uid != UINT32_MAX ? ATTR_UID : 0u) | (gid != UINT32_MAX ? ATTR_GID : 0u);
    struct fs_context *c = fs_context_self();
    bool same = (uid == UINT32_MAX || uid == t->inode->uid) &&
                (gid == UINT32_MAX || gid == t->inode->gid || gid == c->gid);
    if (!c->uid || (same && c->uid == t->inode->uid))
        return change(t, &a);
    path_target_put(t);
    return -EPERM;
}

long sys_fchown(int fd, uint32_t uid, uint32_t gid)
{
    struct path_target t;
    int err = path_target_fd(fd, true, &t);
    return err ? err : change_owner(&t, uid, gid);
}

long sys_fchownat(int dirfd, vaddr_t path, uint32_t uid, uint32_t gid, uint32_t flags)
{
    struct path_target t;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int err = path_target_at(dirfd, path, flags, &t);
    return err ? err : change_owner(&t, uid, gid);
}

/* ---- times ---- */

static int one_time(const struct linux_timespec *ts, uint32_t valid, int64_t *ns, struct attr *a)
{
    if (ts->tv_nsec == UTIME_OMIT)
        return 0;
    a->valid |= valid;
    if (ts->tv_nsec == UTIME_NOW) {
        *ns = clock_real_ns();
        return 0;
    }
    if (ts->tv_nsec < 0 || ts->tv_nsec >= NSEC_PER_SEC)
        return -EINVAL;
    if (__builtin_mul_overflow(ts->tv_sec, NSEC_PER_SEC, ns) ||
        __builtin_add_overflow(*ns, ts->tv_nsec, ns))
        *ns = ts->tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return 0;
}

static int times_read(vaddr_t at, struct attr *a, bool *now)
{
    struct linux_timespec ts[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    if (at && copy_from_user(ts, at, sizeof(ts)))
        return -EFAULT;
    *now = ts[0].tv_nsec == UTIME_NOW && ts[1].tv_nsec == UTIME_NOW;
    int err = one_time(&ts[0], ATTR_ATIME, &a->atime_ns, a);
    return err ? err : one_time(&ts[1], ATTR_MTIME, &a->mtime_ns, a);
}

/* Setting to now needs write permission, to anything else ownership. */
static int change_times(struct path_target *t, const struct attr *a, bool now)
{
    int err = a->valid ? inode_owner(t->inode) : 0;
    if (err && now)
        err = inode_access(t->inode, W_OK);
    if (!err && a->valid)
        return change(t, a);
    path_target_put(t);
    return err;
}

long sys_utimensat(int dirfd, vaddr_t path, vaddr_t times, uint32_t flags)
{
    struct path_target t;
    struct attr a = {0};
    bool now;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    int err = times_read(times, &a, &now);
    if (err)
        return err;
    if (path)
        err = path_target_at(dirfd, path, flags, &t);
    else if (flags)
        err = -EINVAL;
    else
        err = path_target_fd(dirfd, true, &t);
    return err ? err : change_times(&t, &a, now);
}

/* ---- size ---- */

static int truncatable(struct inode *inode)
{
    if (inode_is(inode, S_IFDIR))
        return -EISDIR;
    return inode_is(inode, S_IFREG) ? inode_access(inode, W_OK) : -EINVAL;
}

long sys_truncate(vaddr_t path, int64_t length)
{
    struct path_target t;
    if (length < 0)
        return -EINVAL;
    int err = path_target_at(AT_FDCWD, path, 0, &t);
    if (err)
        return err;
    err = truncatable(t.inode);
    if (!err)
        err = inode_truncate(t.inode, length);
    if (!err)
        fs_notify_dentry(t.dentry, IN_MODIFY);
    path_target_put(&t);
    return err;
}

long sys_ftruncate(int fd, int64_t length)
{
    if (length < 0)
        return -EINVAL;
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    int err = -EINVAL;
    if (inode_is(f->inode, S_IFREG) && (f->mode & FILE_WRITE))
        err = inode_truncate(f->inode, length);
    if (!err)
        fs_notify_file(f, IN_MODIFY);
    fd_put(f);
    return err;
}

static int allocate(struct file *f, int mode, int64_t offset, int64_t len)
{
    if (offset < 0 || len <= 0)
        return -EINVAL;
    if ((mode & FALLOC_FL_PUNCH_HOLE) && !(mode & FALLOC_FL_KEEP_SIZE))
        return -EOPNOTSUPP;
    if (!(f->mode & FILE_WRITE))
        return -EBADF;
    if (inode_is(f->inode, S_IFIFO))
        return -ESPIPE;
    if (inode_is(f->inode, S_IFDIR))
        return -EISDIR;
    if (!inode_is(f->inode, S_IFREG))
        return -ENODEV;
    if (offset > INT64_MAX - len)
        return -EFBIG;
    return f->ops->fallocate ? f->ops->fallocate(f, mode, offset, len) : -EOPNOTSUPP;
}

long sys_fallocate(int fd, int mode, int64_t offset, int64_t len)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    int err = allocate(f, mode, offset, len);
    if (!err)
        fs_notify_file(f, IN_MODIFY);
    fd_put(f);
    return err;
}

/* ---- to stable storage ---- */

static long sync_file(int fd, bool data_only)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    int err = 0;
    if (f->ops->fsync)
        err = f->ops->fsync(f, data_only);
    else if (!inode_is(f->inode, S_IFREG) && !inode_is(f->inode, S_IFDIR))
        err = -EINVAL;
    fd_put(f);
    return err;
}

long sys_fsync(int fd)
{
    return sync_file(fd, false);
}

long sys_fdatasync(int fd)
{
    return sync_file(fd, true);
}

long sys_sync_file_range(int fd, int64_t offset, int64_t len, uint32_t flags)
{
    if ((flags & ~7u) || offset < 0 || len < 0)
        return -EINVAL;
    return sync_file(fd, true);
}

long sys_sync(void)
{
    fs_sync();
    return 0;
}

long sys_fadvise64(int fd, int64_t offset, int64_t len, int advice)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    bool stream = inode_is(f->inode, S_IFIFO);
    fd_put(f);
    (void)offset;
    if (stream)
        return -ESPIPE;
    return len < 0 || advice < 0 || advice > 5 ? -EINVAL : 0;
}

long sys_readahead(int fd, int64_t offset, uint64_t count)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    bool ok = (f->mode & FILE_READ) && inode_is(f->inode, S_IFREG);
    bool readable = f->mode & FILE_READ;
    fd_put(f);
    (void)offset, (void)count;
    return ok ? 0 : readable ? -EINVAL : -EBADF;
}
