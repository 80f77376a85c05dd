/* SPDX-License-Identifier: Apache-2.0 */
/* rename with all its rules, in the order in which Linux looks at them. */
#include "kernel/fs/names.h"

#include "abi/errno.h"
#include "kernel/fs/inotify.h"
#include "kernel/fs/names_internal.h"

struct renaming {
    struct walk *from, *to;
    struct dentry *source, *target; /* target: NULL when the new name is free */
    uint32_t flags;
};

static bool below(struct dentry *d, struct dentry *above)
{
    spin_lock(&names_lock);
    bool is = dentry_is_below_locked(d, above);
    spin_unlock(&names_lock);
    return is;
}

static int find_both(struct renaming *r)
{
    int err = walk_child(r->from, &r->source);
    if (err)
        return err;
    err = walk_child(r->to, &r->target);
    if (err == -ENOENT) {
        r->target = NULL;
        err = r->flags & RENAME_EXCHANGE ? -ENOENT : 0;
    } else if (!err && (r->flags & RENAME_NOREPLACE)) {
        err = -EEXIST;
        dentry_put(r->target);
        r->target = NULL;
    }
    if (err)
        dentry_put(r->source);
    return err;
}

static bool is_dir(const struct dentry *d)
{
    return inode_is(d->inode, S_IFDIR);
}

/* "name/" means a directory: what is there, or what will be there. */
static int check_slashes(const struct renaming *r)
{
    bool exchange = r->flags & RENAME_EXCHANGE;
    if (r->from->slash && !is_dir(r->source))
        return -ENOTDIR;
    if (r->to->slash && !is_dir(exchange ? r->target : r->source))
        return -ENOTDIR;
    return 0;
}

/* A directory can't go below itself, nor be replaced by what is in it. */
static int check_loops(const struct renaming *r)
{
    if (below(r->to->dir, r->source))
        return -EINVAL;
    if (r->target && below(r->from->dir, r->target))
        return r->flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
    return 0;
}

static int check_target(const struct renaming *r)
{
    if (r->flags & RENAME_EXCHANGE)
        return names_may_remove(r->to->dir, r->target, is_dir(r->target));
    int err = names_may_remove(r->to->dir, r->target, is_dir(r->source));
    if (!err && is_dir(r->target) && dentry_has_children(r->target))
        err = -ENOTEMPTY;
    return err;
}

static int check(const struct renaming *r)
{
    int err = check_slashes(r);
    if (!err)
        err = check_loops(r);
    if (!err)
        err = names_may_remove(r->from->dir, r->source, is_dir(r->source));
    if (!err)
        err = r->target ? check_target(r) : names_may_change(r->to->dir);
    if (!err && !r->from->dir->inode->ops->rename)
        err = -EPERM;
    return err;
}

static int move(struct renaming *r)
{
    struct inode *from = r->from->dir->inode, *to = r->to->dir->inode;
    bool exchange = r->flags & RENAME_EXCHANGE;
    int err = from->ops->rename(from, &r->from->last, to, &r->to->last, r->source->inode,
                                r->target ? r->target->inode : NULL, exchange);
    if (err)
        return err;
    if (!exchange)
        return dentry_move(r->source, r->to->dir, &r->to->last, r->target);
    dentry_exchange(r->source, r->target);
    return 0;
}

static int rename_locked(struct renaming *r)
{
    int err = find_both(r);
    if (err)
        return err;
    bool same = r->target && r->target->inode == r->source->inode;
    err = same ? check_slashes(r) : check(r);
    if (!err && !same) {
        err = move(r);
        if (!err)
            fs_notify_moved(r->from->dir, &r->from->last, r->to->dir, r->source);
        if (!err && r->target && !(r->flags & RENAME_EXCHANGE))
            fs_notify_unlinked(r->target);
    }
    dentry_put(r->source);
    if (r->target)
        dentry_put(r->target);
    return err;
}

static int rename_at(struct renaming *r)
{
    if (r->from->dir->inode->super != r->to->dir->inode->super)
        return -EXDEV;
    if (r->from->kind != LAST_NAME)
        return -EBUSY;
    if (r->to->kind != LAST_NAME)
        return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
    int err = mutex_lock(&names_mutex);
    if (err)
        return err;
    err = rename_locked(r);
    mutex_unlock(&names_mutex);
    return err;
}

int names_rename(struct walk *from, struct walk *to, uint32_t flags)
{
    struct renaming r = {.from = from, .to = to, .flags = flags};
    return rename_at(&r);
}
