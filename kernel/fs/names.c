/* SPDX-License-Identifier: Apache-2.0 */
/* Making and removing names. Renaming is in rename.c. */
#include "kernel/fs/names.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/inotify.h"
#include "kernel/fs/names_internal.h"
#include "kernel/fs/super.h"
#include "lib/str.h"

int names_may_change(struct dentry *dir)
{
    if (!inode_is(dir->inode, S_IFDIR))
        return -ENOTDIR;
    int err = inode_access(dir->inode, W_OK | X_OK);
    if (!err && (dir->flags & DENTRY_UNLINKED))
        err = -ENOENT;
    return err;
}

/* A dentry for a fresh inode, in the tree. Takes over the inode's reference. Where the file system
 * has the names, somebody who looked may have been faster. */
static int hook(struct dentry *dir, const struct name *n, struct inode *inode, struct dentry **out)
{
    struct dentry *d = dentry_new(n, inode);
    int err = d ? dentry_add(dir, d, !dir->inode->ops->lookup) : -ENOMEM;
    if (!err) {
        *out = d;
        return 0;
    }
    if (err == -EEXIST && dir->inode->ops->lookup) {
        dentry_put(d);
        return dentry_lookup(dir, n, out);
    }
    if (dir->inode->ops->unlink && dir->inode->ops->unlink(dir->inode, n, inode))
        err = -EIO;
    if (d)
        dentry_put(d);
    else
        inode_put(inode);
    return err;
}

static int create_locked(struct walk *w, uint32_t mode, uint64_t rdev, const char *target,
                         struct dentry **out)
{
    struct inode *dir = w->dir->inode, *inode;
    int err = walk_child(w, out);
    if (!err) {
        dentry_put(*out);
        return -EEXIST;
    }
    if (err != -ENOENT)
        return err;
    err = names_may_change(w->dir);
    if (err)
        return err;
    if (!dir->ops->make)
        return -EPERM;
    err = dir->ops->make(dir, &w->last, mode, rdev, target, &inode);
    if (err)
        return err;
    return hook(w->dir, &w->last, inode, out);
}

int names_create(struct walk *w, uint32_t mode, uint64_t rdev, const char *target,
                 struct dentry **out)
{
    int err = mutex_lock(&names_mutex);
    if (err)
        return err;
    err = create_locked(w, mode, rdev, target, out);
    mutex_unlock(&names_mutex);
    if (!err)
        fs_notify_name(w->dir, *out, IN_CREATE);
    return err;
}

static int make_at(struct walk *w, uint32_t mode, uint64_t rdev, const char *target)
{
    struct dentry *d;
    if (w->kind != LAST_NAME)
        return -EEXIST;
    if (w->slash && (mode & S_IFMT) != S_IFDIR) {
        int err = walk_child(w, &d);
        if (!err)
            dentry_put(d);
        return err ? err : -EEXIST;
    }
    int err = names_create(w, mode, rdev, target, &d);
    if (!err)
        dentry_put(d);
    return err;
}

int names_make(struct dentry *base, const char *path, uint32_t mode, uint64_t rdev,
               const char *target)
{
    struct walk w;
    int err = walk_begin(&w, base, path);
    if (err)
        return err;
    err = make_at(&w, mode, rdev, target);
    walk_end(&w);
    return err;
}

int names_make_dirs(const char *path)
{
    char *part = kmalloc(strlen(path) + 1);
    if (!part)
        return -ENOMEM;
    int err = 0;
    for (size_t i = 0;; i++) {
        part[i] = 0;
        if (i && (path[i] == '/' || !path[i]))
            err = names_make(super_top(), part, S_IFDIR | 0755, 0, NULL);
        if (!path[i] || (err && err != -EEXIST))
            break;
        part[i] = path[i];
    }
    kfree(part);
    return err == -EEXIST ? 0 : err;
}

/* ---- removing ---- */

/* The sticky bit: in such a directory only owners remove. */
static int may_remove(struct inode *dir, struct inode *victim)
{
    struct fs_context *c = fs_context_self();
    if (!(dir->mode & S_ISVTX) || !c->uid || c->uid == dir->uid || c->uid == victim->uid)
        return 0;
    return -EPERM;
}

int names_may_remove(struct dentry *dir, struct dentry *d, bool directory)
{
    int err = names_may_change(dir);
    if (!err)
        err = may_remove(dir->inode, d->inode);
    if (err)
        return err;
    if (directory && !inode_is(d->inode, S_IFDIR))
        return -ENOTDIR;
    if (!directory && inode_is(d->inode, S_IFDIR))
        return -EISDIR;
    if (d->inode->super != dir->inode->super || d->mounted)
        return -EBUSY;
    return 0;
}

static int remove_found(struct walk *w, struct dentry *d, bool directory)
{
    struct inode *dir = w->dir->inode;
    int err = names_may_remove(w->dir, d, directory);
    if (err)
        return err;
    if (directory && dentry_has_children(d))
        return -ENOTEMPTY;
    if (!dir->ops->unlink)
        return -EPERM;
    err = dir->ops->unlink(dir, &w->last, d->inode);
    if (!err)
        dentry_remove(d);
    return err;
}

static int remove_locked(struct walk *w, bool directory, struct dentry **gone)
{
    struct dentry *d;
    int err = walk_child(w, &d);
    if (err)
        return err;
    if (w->slash && !directory) /* "name/" is no file */
        err = inode_is(d->inode, S_IFDIR) ? -EISDIR : -ENOTDIR;
    else
        err = remove_found(w, d, directory);
    if (err)
        dentry_put(d);
    else
        *gone = d;
    return err;
}

static int remove_at(struct walk *w, bool directory)
{
    struct dentry *d;
    int err = mutex_lock(&names_mutex);
    if (err)
        return err;
    err = remove_locked(w, directory, &d);
    mutex_unlock(&names_mutex);
    if (err)
        return err;
    fs_notify_removed(w->dir, d, &w->last);
    dentry_put(d);
    return 0;
}

/* What rmdir and unlink say about "/", "." and "..". */
static int unremovable(enum walk_last kind, bool directory)
{
    if (!directory)
        return -EISDIR;
    if (kind == LAST_DOT)
        return -EINVAL;
    return kind == LAST_DOTDOT ? -ENOTEMPTY : -EBUSY;
}

int names_remove(struct dentry *base, const char *path, bool directory)
{
    struct walk w;
    int err = walk_begin(&w, base, path);
    if (err)
        return err;
    err = w.kind == LAST_NAME ? remove_at(&w, directory) : unremovable(w.kind, directory);
    walk_end(&w);
    return err;
}

/* ---- hard links ---- */

static int link_locked(struct dentry *d, struct walk *w, struct dentry **out)
{
    struct inode *dir = w->dir->inode, *inode = d->inode;
    int err = walk_child(w, out);
    if (!err) {
        dentry_put(*out);
        return -EEXIST;
    }
    if (err != -ENOENT || w->slash)
        return err;
    err = names_may_change(w->dir);
    if (err)
        return err;
    if (inode->super != dir->super)
        return -EXDEV;
    if (inode_is(inode, S_IFDIR) || !dir->ops->link)
        return -EPERM;
    err = dir->ops->link(dir, &w->last, inode);
    return err ? err : hook(w->dir, &w->last, inode_get(inode), out);
}

int names_link(struct dentry *d, struct dentry *base, const char *path)
{
    struct walk w;
    struct dentry *made = NULL;
    int err = walk_begin(&w, base, path);
    if (err)
        return err;
    err = w.kind == LAST_NAME ? mutex_lock(&names_mutex) : -EEXIST;
    if (!err) {
        err = link_locked(d, &w, &made);
        mutex_unlock(&names_mutex);
    }
    if (!err) {
        fs_notify_inode(made->inode, IN_ATTRIB);
        fs_notify_name(w.dir, made, IN_CREATE);
        dentry_put(made);
    }
    walk_end(&w);
    return err;
}
