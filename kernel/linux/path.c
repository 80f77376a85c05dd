/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/path.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/linux/fd.h"

static COLD int read_large(struct path_arg *p, vaddr_t at)
{
    p->large = kmalloc(PATH_MAX);
    if (!p->large)
        return -ENOMEM;
    long n = copy_string_from_user(p->large, at, PATH_MAX);
    if (n < 0) {
        kfree(p->large);
        return (int)n;
    }
    p->text = p->large;
    return 0;
}

int path_read(struct path_arg *p, vaddr_t at)
{
    p->large = NULL;
    p->text = p->small;
    long n = copy_string_from_user(p->small, at, sizeof(p->small));
    if (n == -ENAMETOOLONG)
        return read_large(p, at);
    return n < 0 ? (int)n : 0;
}

void path_done(struct path_arg *p)
{
    kfree(p->large);
}

int path_base(int dirfd, const char *path, struct dentry **base)
{
    *base = NULL;
    if (*path == '/')
        return 0;
    if (dirfd == AT_FDCWD) {
        *base = fs_cwd();
        return 0;
    }
    struct file *f = fd_get(dirfd);
    if (!f)
        return -EBADF;
    bool dir = f->dentry && inode_is(f->inode, S_IFDIR);
    if (dir)
        *base = dentry_get(f->dentry);
    fd_put(f);
    return dir ? 0 : -ENOTDIR;
}

int path_target_fd(int fd, bool io, struct path_target *t)
{
    struct file *f = io ? fd_get_io(fd) : fd_get(fd);
    if (!f)
        return -EBADF;
    t->dentry = f->dentry ? dentry_get(f->dentry) : NULL;
    t->inode = inode_get(f->inode);
    fd_put(f);
    return 0;
}

static int target_of_path(int dirfd, const char *path, uint32_t flags, struct path_target *t)
{
    struct dentry *base;
    int err = path_base(dirfd, path, &base);
    if (err)
        return err;
    unsigned how = flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW;
    err = path_lookup(base, path, how | (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0), &t->dentry);
    dentry_put(base);
    if (!err)
        t->inode = inode_get(t->dentry->inode);
    return err;
}

int path_target_at(int dirfd, vaddr_t path, uint32_t flags, struct path_target *t)
{
    struct path_arg p;
    int err = path_read(&p, path);
    if (err)
        return err;
    if (!*p.text && (flags & AT_EMPTY_PATH) && dirfd != AT_FDCWD)
        err = path_target_fd(dirfd, false, t);
    else
        err = target_of_path(dirfd, p.text, flags, t);
    path_done(&p);
    return err;
}

void path_target_put(struct path_target *t)
{
    if (t->dentry)
        dentry_put(t->dentry);
    inode_put(t->inode);
}
