/* SPDX-License-Identifier: Apache-2.0 */
/* Opening. */
#include "kernel/fs/open.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/device.h"
#include "kernel/fs/inotify.h"
#include "kernel/fs/names.h"
#include "kernel/fs/pipe.h"

/* Status flags that an open file keeps. */
#define KEPT_FLAGS                                                                                \
    (O_ACCMODE | O_APPEND | O_NONBLOCK | O_DSYNC | O_ASYNC | O_DIRECT | O_LARGEFILE | O_NOATIME | \
     O_SYNC | O_PATH | O_DIRECTORY | O_NOFOLLOW | (O_TMPFILE & ~O_DIRECTORY))

static int open_inode(struct inode *inode, struct file *f)
{
    if (inode_is(inode, S_IFREG) || inode_is(inode, S_IFDIR))
        f->mode |= FILE_SEEK;
    if (inode->ops->open)
        return inode->ops->open(inode, f);
    switch (inode->mode & S_IFMT) {
    case S_IFCHR:
    case S_IFBLK:
        return device_open(inode, f);
    case S_IFIFO:
        return pipe_open(inode, f);
    case S_IFSOCK:
        return -ENXIO;
    default: /* the nameless inode, through /proc/self/fd, can't be opened anew */
        return inode->fops ? 0 : -ENXIO;
    }
}

/* Who may write a regular file is counted, so that nobody changes a program that runs. */
static int open_counted(struct inode *inode, struct file *f)
{
    if ((f->mode & FILE_WRITE) && inode_is(inode, S_IFREG)) {
        int err = inode_begin_write(inode);
        if (err)
            return err;
        f->mode |= FILE_WRITER;
    }
    return open_inode(inode, f);
}

static const struct file_ops no_ops;

int dentry_open(struct dentry *d, uint32_t flags, struct file **out)
{
    bool only_path = flags & O_PATH;
    struct inode *inode = inode_get(d->inode);
    struct file *f = file_new(only_path ? &no_ops : inode->fops, inode, flags & KEPT_FLAGS);
    if (!f) {
        inode_put(inode);
        return -ENOMEM;
    }
    int err = only_path ? 0 : open_counted(inode, f);
    if (err) {
        f->ops = &no_ops;
        f->mode = FILE_PATH | (f->mode & FILE_WRITER);
        file_put(f);
        return err;
    }
    f->dentry = dentry_get(d);
    if (!only_path)
        fs_notify_file(f, IN_OPEN);
    *out = f;
    return 0;
}

static int wanted_access(uint32_t flags)
{
    uint32_t access = flags & O_ACCMODE;
    int want = (access != O_WRONLY ? R_OK : 0) | (access != O_RDONLY ? W_OK : 0);
    return want | (flags & O_TRUNC ? W_OK : 0);
}

/* The checks of an existing file, after its kind is known to be openable. */
static int may_open(struct inode *inode, uint32_t flags)
{
    if (inode_is(inode, S_IFLNK))
        return -ELOOP;
    int want = wanted_access(flags);
    if (inode_is(inode, S_IFDIR) && (want & W_OK))
        return -EISDIR;
    int err = inode_access(inode, want);
    if (!err && (flags & O_NOATIME))
        err = inode_owner(inode);
    return err;
}

static int open_existing(struct dentry *d, uint32_t flags, bool made, struct file **out)
{
    struct inode *inode = d->inode;
    if ((flags & O_CREAT) && !made && inode_is(inode, S_IFDIR))
        return -EISDIR;
    if ((flags & O_DIRECTORY) && !inode_is(inode, S_IFDIR))
        return -ENOTDIR;
    int err = made || (flags & O_PATH) ? 0 : may_open(inode, flags);
    if (!err && (flags & O_TRUNC) && !made && inode_is(inode, S_IFREG))
        err = inode_truncate(inode, 0);
    if (!err)
        err = dentry_open(d, flags, out);
    return err;
}

static uint32_t after_umask(uint32_t mode)
{
    return mode & S_IALLUGO & ~fs_context_self()->umask;
}

/* Find the last component or make it. *made tells which. */
static int find_or_make(struct walk *w, uint32_t flags, uint32_t mode, struct dentry **d,
                        bool *made)
{
    *made = false;
    if (w->kind != LAST_NAME)
        return flags & O_EXCL ? -EEXIST : walk_final(w, d);
    if (w->slash)
        return -EISDIR;
    int err = walk_child(w, d);
    if (!err && (flags & O_EXCL)) {
        dentry_put(*d);
        return -EEXIST;
    }
    if (err != -ENOENT)
        return err;
    err = names_create(w, S_IFREG | after_umask(mode), 0, NULL, d);
    if (err == -EEXIST && !(flags & O_EXCL))
        return walk_child(w, d);
    *made = !err;
    return err;
}

static COLD int create_at(struct walk *w, uint32_t flags, uint32_t mode, struct file **out)
{
    struct dentry *d, *to;
    bool made;
    for (;;) {
        int err = find_or_make(w, flags, mode, &d, &made);
        if (err)
            return err;
        if (!inode_is(d->inode, S_IFLNK) || (flags & O_NOFOLLOW))
            break;
        err = walk_follow(w, d, &to);
        dentry_put(d);
        if (err)
            return err;
        d = to;
        if (d)
            break;
    }
    int err = open_existing(d, flags, made, out);
    dentry_put(d);
    return err;
}

static COLD int open_create(struct dentry *base, const char *path, uint32_t flags, uint32_t mode,
                            struct file **out)
{
    struct walk w;
    int err = walk_begin(&w, base, path);
    if (err)
        return err;
    err = create_at(&w, flags, mode, out);
    walk_end(&w);
    return err;
}

/* A file without a name in the directory d; linkat may give it one unless O_EXCL. */
static COLD int open_unnamed(struct dentry *d, uint32_t flags, uint32_t mode, struct file **out)
{
    struct inode *dir = d->inode, *inode;
    int err = inode_access(dir, W_OK | X_OK);
    if (err)
        return err;
    if (!dir->ops->link)
        return -EOPNOTSUPP;
    err = dir->ops->make(dir, NULL, S_IFREG | after_umask(mode), 0, NULL, &inode);
    if (err)
        return err;
    inode->nlink = 0;
    struct dentry *nameless = dentry_new(&(struct name){.s = "#tmpfile", .len = 8}, inode);
    if (!nameless) {
        inode_put(inode);
        return -ENOMEM;
    }
    err = dentry_open(nameless, flags, out);
    dentry_put(nameless);
    return err;
}

static int open_lookup(struct dentry *base, const char *path, uint32_t flags, uint32_t mode,
                       struct file **out)
{
    struct dentry *d;
    bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;
    unsigned how = (flags & O_NOFOLLOW ? 0u : WALK_FOLLOW) | (unnamed ? WALK_DIRECTORY : 0u);
    int err = path_lookup(base, path, how, &d);
    if (err)
        return err;
    err = unnamed ? open_unnamed(d, flags, mode, out) : open_existing(d, flags, false, out);
    dentry_put(d);
    return err;
}

int open_flags_check(uint32_t flags)
{
    uint32_t unnamed = O_TMPFILE & ~O_DIRECTORY;
    if (flags & O_PATH)
        return 0;
    if (flags & unnamed)
        return (flags & O_DIRECTORY) && !(flags & O_CREAT) && (flags & O_ACCMODE) != O_RDONLY
                   ? 0
                   : -EINVAL;
    return (flags & O_CREAT) && (flags & O_DIRECTORY) ? -EINVAL : 0;
}

int fs_open(struct dentry *base, const char *path, uint32_t flags, uint32_t mode, struct file **out)
{
    if (flags & O_PATH)
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if (flags & O_CREAT)
        return open_create(base, path, flags, mode, out);
    return open_lookup(base, path, flags, mode, out);
}
