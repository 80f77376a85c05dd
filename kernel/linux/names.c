/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that change the tree of names. */
#include "kernel/fs/names.h"

#include "abi/errno.h"
#include "kernel/fs/context.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/path.h"
#include "kernel/linux/syscall.h"

/* A path and where it starts. */
struct start {
    struct path_arg path;
    struct dentry *base;
};

static int start_read(struct start *s, int dirfd, vaddr_t path)
{
    int err = path_read(&s->path, path);
    if (err)
        return err;
    err = path_base(dirfd, s->path.text, &s->base);
    if (err)
        path_done(&s->path);
    return err;
}

static void start_done(struct start *s)
{
    dentry_put(s->base);
    path_done(&s->path);
}

static int make_at(int dirfd, vaddr_t path, uint32_t mode, uint64_t rdev, const char *target)
{
    struct start s;
    int err = start_read(&s, dirfd, path);
    if (err)
        return err;
    err = names_make(s.base, s.path.text, mode, rdev, target);
    start_done(&s);
    return err;
}

static uint32_t permissions(uint32_t mode)
{
    return mode & 07777 & ~fs_context_self()->umask;
}

long sys_mkdirat(int dirfd, vaddr_t path, uint32_t mode)
{
    return make_at(dirfd, path, S_IFDIR | (permissions(mode) & 01777), 0, NULL);
}

long sys_mknodat(int dirfd, vaddr_t path, uint32_t mode, uint64_t dev)
{
    uint32_t type = mode & S_IFMT;
    switch (type) {
    case 0:
        type = S_IFREG;
        break;
    case S_IFREG:
    case S_IFIFO:
    case S_IFSOCK:
        break;
    case S_IFCHR:
    case S_IFBLK:
        if (fs_context_self()->uid)
            return -EPERM;
        break;
    case S_IFDIR:
        return -EPERM;
    default:
        return -EINVAL;
    }
    return make_at(dirfd, path, type | permissions(mode), (uint32_t)dev, NULL);
}

long sys_symlinkat(vaddr_t target, int dirfd, vaddr_t path)
{
    struct path_arg t;
    int err = path_read(&t, target);
    if (err)
        return err;
    err = *t.text ? make_at(dirfd, path, S_IFLNK | 0777, 0, t.text) : -ENOENT;
    path_done(&t);
    return err;
}

long sys_linkat(int olddirfd, vaddr_t oldpath, int newdirfd, vaddr_t newpath, uint32_t flags)
{
    struct path_target t;
    struct start s;
    if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    uint32_t how = (flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW) | (flags & AT_EMPTY_PATH);
    int err = path_target_at(olddirfd, oldpath, how, &t);
    if (err)
        return err;
    err = start_read(&s, newdirfd, newpath);
    if (!err) {
        err = t.dentry ? names_link(t.dentry, s.base, s.path.text) : -EXDEV;
        start_done(&s);
    }
    path_target_put(&t);
    return err;
}

long sys_unlinkat(int dirfd, vaddr_t path, uint32_t flags)
{
    struct start s;
    if (flags & ~AT_REMOVEDIR)
        return -EINVAL;
    int err = start_read(&s, dirfd, path);
    if (err)
        return err;
    err = names_remove(s.base, s.path.text, flags & AT_REMOVEDIR);
    start_done(&s);
    return err;
}

/* A path walked to its last component. */
static int walk_at(struct walk *w, int dirfd, const char *path)
{
    struct dentry *base;
    int err = path_base(dirfd, path, &base);
    if (err)
        return err;
    err = walk_begin(w, base, path);
    dentry_put(base);
    return err;
}

static int rename_paths(int olddirfd, const char *old, int newdirfd, const char *new,
                        uint32_t flags)
{
    struct walk from, to;
    int err = walk_at(&from, olddirfd, old);
    if (err)
        return err;
    err = walk_at(&to, newdirfd, new);
    if (!err) {
        err = names_rename(&from, &to, flags);
        walk_end(&to);
    }
    walk_end(&from);
    return err;
}

long sys_renameat2(int olddirfd, vaddr_t oldpath, int newdirfd, vaddr_t newpath, uint32_t flags)
{
    struct path_arg old, new;
    if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) ||
        flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
        return -EINVAL;
    int err = path_read(&old, oldpath);
    if (err)
        return err;
    err = path_read(&new, newpath);
    if (!err) {
        err = rename_paths(olddirfd, old.text, newdirfd, new.text, flags);
        path_done(&new);
    }
    path_done(&old);
    return err;
}

long sys_renameat(int olddirfd, vaddr_t oldpath, int newdirfd, vaddr_t newpath)
{
    return sys_renameat2(olddirfd, oldpath, newdirfd, newpath, 0);
}

long sys_umask(uint32_t mask)
{
    return __atomic_exchange_n(&fs_context_self()->umask, mask & 0777, __ATOMIC_RELAXED);
}
