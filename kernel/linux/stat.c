/* SPDX-License-Identifier: Apache-2.0 */
/* Asking about files: stat, statx, statfs, access, readlink. */
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/super.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/path.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

long sys_fstat(int fd, vaddr_t buf)
{
    struct linux_stat st;
    struct file *f = fd_get(fd);
    if (!f)
        return -EBADF;
    inode_stat(f->inode, &st);
    fd_put(f);
    return copy_to_user(buf, &st, sizeof(st));
}

static int stat_at(int dirfd, vaddr_t path, uint32_t flags, struct linux_stat *st, int64_t *btime,
                   uint64_t *mount)
{
    struct path_target t;
    int err = path_target_at(dirfd, path, flags, &t);
    if (err)
        return err;
    inode_stat(t.inode, st);
    *btime = t.inode->btime_ns;
    *mount = t.inode->super->id;
    path_target_put(&t);
    return 0;
}

long sys_newfstatat(int dirfd, vaddr_t path, vaddr_t buf, uint32_t flags)
{
    struct linux_stat st;
    int64_t btime;
    uint64_t mount;
    if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
        return -EINVAL;
    int err = stat_at(dirfd, path, flags, &st, &btime, &mount);
    return err ? err : copy_to_user(buf, &st, sizeof(st));
}

static struct linux_statx_timestamp timestamp(int64_t sec, uint64_t nsec)
{
    return (struct linux_statx_timestamp){.tv_sec = sec, .tv_nsec = (uint32_t)nsec};
}

static void fill_statx(struct linux_statx *x, const struct linux_stat *st, int64_t btime)
{
    *x = (struct linux_statx){
        .stx_mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID,
        .stx_blksize = (uint32_t)st->st_blksize,
        .stx_nlink = st->st_nlink,
        .stx_uid = st->st_uid,
        .stx_gid = st->st_gid,
        .stx_mode = (uint16_t)st->st_mode,
        .stx_ino = st->st_ino,
        .stx_size = (uint64_t)st->st_size,
        .stx_blocks = (uint64_t)st->st_blocks,
        .stx_atime = timestamp(st->st_atime, st->st_atime_nsec),
        .stx_btime = timestamp(btime / NSEC_PER_SEC, (uint64_t)(btime % NSEC_PER_SEC)),
        .stx_ctime = timestamp(st->st_ctime, st->st_ctime_nsec),
        .stx_mtime = timestamp(st->st_mtime, st->st_mtime_nsec),
        .stx_rdev_major = DEV_MAJOR(st->st_rdev),
        .stx_rdev_minor = DEV_MINOR(st->st_rdev),
        .stx_dev_major = DEV_MAJOR(st->st_dev),
        .stx_dev_minor = DEV_MINOR(st->st_dev),
    };
}

long sys_statx(int dirfd, vaddr_t path, uint32_t flags, uint32_t mask, vaddr_t buf)
{
    struct linux_statx x;
    struct linux_stat st;
    int64_t btime;
    uint64_t mount;
    if ((mask & STATX_RESERVED) || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE ||
        (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)))
        return -EINVAL;
    int err = stat_at(dirfd, path, flags, &st, &btime, &mount);
    if (err)
        return err;
    fill_statx(&x, &st, btime);
    x.stx_mnt_id = mount;
    return copy_to_user(buf, &x, sizeof(x));
}

/* ---- statfs ---- */

static long statfs_of(struct path_target *t, vaddr_t buf)
{
    struct super *s = t->inode->super;
    struct linux_statfs st = {.f_type = s->magic,
                              .f_bsize = 4096,
                              .f_frsize = 4096,
                              .f_namelen = NAME_MAX,
                              .f_fsid = {(int32_t)s->dev, 0}};
    if (s->statfs)
        s->statfs(s, &st);
    path_target_put(t);
    return copy_to_user(buf, &st, sizeof(st));
}

long sys_statfs(vaddr_t path, vaddr_t buf)
{
    struct path_target t;
    int err = path_target_at(AT_FDCWD, path, 0, &t);
    return err ? err : statfs_of(&t, buf);
}

long sys_fstatfs(int fd, vaddr_t buf)
{
    struct path_target t;
    int err = path_target_fd(fd, false, &t);
    return err ? err : statfs_of(&t, buf);
}

/* ---- access ---- */

long sys_faccessat2(int dirfd, vaddr_t path, uint32_t mode, uint32_t flags)
{
    struct path_target t;
    if ((mode & ~7u) || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
        return -EINVAL;
    int err = path_target_at(dirfd, path, flags, &t);
    if (err)
        return err;
    err = inode_access(t.inode, (int)mode);
    path_target_put(&t);
    return err;
}

long sys_faccessat(int dirfd, vaddr_t path, uint32_t mode)
{
    return sys_faccessat2(dirfd, path, mode, 0);
}

/* ---- readlink ---- */

static long readlink_to(struct inode *inode, vaddr_t buf, uint64_t size)
{
    char *text = NULL;
    int err = inode_is(inode, S_IFLNK) ? dentry_readlink(inode, &text) : -EINVAL;
    if (err)
        return err;
    uint64_t n = MIN((uint64_t)strlen(text), size);
    err = copy_to_user(buf, text, n);
    kfree(text);
    return err ? err : (long)n;
}

long sys_readlinkat(int dirfd, vaddr_t path, vaddr_t buf, uint64_t size)
{
    struct path_target t;
    if ((int64_t)(int32_t)size <= 0)
        return -EINVAL;
    int err = path_target_at(dirfd, path, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, &t);
    if (err)
        return err;
    long n = readlink_to(t.inode, buf, size);
    path_target_put(&t);
    return n;
}
