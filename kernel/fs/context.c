/* SPDX-License-Identifier: Apache-2.0 */
/* Root, working directory, umask. */
#include "kernel/fs/context.h"

#include "abi/errno.h"
#include "kernel/fs/super.h"

void fs_context_init(struct fs_context *c)
{
    *c = (struct fs_context){.umask = 022};
    c->root = dentry_get(super_top());
    c->cwd = dentry_get(super_top());
}

void fs_context_exit(struct fs_context *c)
{
    spin_lock(&c->lock);
    struct dentry *root = c->root, *cwd = c->cwd;
    c->root = c->cwd = NULL;
    spin_unlock(&c->lock);
    dentry_put(root);
    dentry_put(cwd);
}

COLD void fs_context_copy(struct fs_context *c, struct fs_context *from)
{
    spin_lock(&from->lock);
    *c = (struct fs_context){.umask = from->umask,
                             .uid = from->uid,
                             .gid = from->gid,
                             .root = dentry_get(from->root),
                             .cwd = dentry_get(from->cwd)};
    spin_unlock(&from->lock);
}

static struct dentry *get(struct fs_context *c, struct dentry *const *which)
{
    spin_lock(&c->lock);
    struct dentry *d = *which ? dentry_get(*which) : NULL;
    spin_unlock(&c->lock);
    return d;
}

static void set(struct dentry **which, struct dentry *d)
{
    struct fs_context *c = fs_context_self();
    spin_lock(&c->lock);
    struct dentry *old = *which;
    *which = dentry_get(d);
    spin_unlock(&c->lock);
    dentry_put(old);
}

struct dentry *fs_context_cwd(struct fs_context *c)
{
    return get(c, &c->cwd);
}

struct dentry *fs_context_root(struct fs_context *c)
{
    return get(c, &c->root);
}

struct dentry *fs_cwd(void)
{
    return fs_context_cwd(fs_context_self());
}

struct dentry *fs_root(void)
{
    return fs_context_root(fs_context_self());
}

void fs_set_cwd(struct dentry *d)
{
    set(&fs_context_self()->cwd, d);
}

void fs_set_root(struct dentry *d)
{
    set(&fs_context_self()->root, d);
}
