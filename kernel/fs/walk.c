/* SPDX-License-Identifier: Apache-2.0 */
/* Walking paths. A followed link replaces the rest of the path by its text and that rest, so
 * nothing recurses. */
#include "kernel/fs/walk.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/super.h"
#include "lib/str.h"

static COLD struct dentry *cross_mounts(struct dentry *d)
{
    while (d->mounted) {
        struct dentry *root = dentry_get(d->mounted->root);
        dentry_put(d);
        d = root;
    }
    return d;
}

/* d, or the root of what is mounted on it; takes and returns a reference. */
static inline struct dentry *cross_down(struct dentry *d)
{
    return LIKELY(!d->mounted) ? d : cross_mounts(d);
}

static COLD struct dentry *parent_of(struct dentry *d, struct dentry *root)
{
    spin_lock(&names_lock);
    struct dentry *p = d;
    while (p != root && p->parent == p && p->inode->super->covered && p->inode->super->root == p)
        p = p->inode->super->covered;
    p = dentry_get(p == root ? p : p->parent);
    spin_unlock(&names_lock);
    return p;
}

/* Continue from d. A directory that is filled on demand is filled now, before anybody holds the
 * names mutex. */
static void set_dir(struct walk *w, struct dentry *d)
{
    w->dir = d;
    if (d->inode->ops->populate)
        d->inode->ops->populate(d->inode);
}

static void leave_dir(struct walk *w)
{
    if (w->dir != w->root)
        dentry_put(w->dir);
}

/* The same from where the walk is; takes over the reference. */
static void go_to(struct walk *w, struct dentry *d)
{
    leave_dir(w);
    if (d == w->root)
        dentry_put(d);
    set_dir(w, d);
}

static int may_search(struct dentry *d)
{
    if (!inode_is(d->inode, S_IFDIR))
        return -ENOTDIR;
    return fs_context_self()->uid ? inode_access(d->inode, X_OK) : 0; /* root may, everywhere */
}

static const char *skip_slashes(const char *p)
{
    while (*p == '/')
        p++;
    return p;
}

/* Cut one component off w->rest into w->last. False at the end. */
static bool next_component(struct walk *w)
{
    const char *s = skip_slashes(w->rest);
    uint32_t hash = NAME_HASH_START, n = 0;
    for (; s[n] && s[n] != '/'; n++)
        hash = name_hash_next(hash, s[n]);
    if (!n)
        return false;
    w->last = (struct name){s, n, hash};
    w->kind = LAST_NAME;
    if (s[0] == '.' && w->last.len == 1)
        w->kind = LAST_DOT;
    else if (s[0] == '.' && w->last.len == 2 && s[1] == '.')
        w->kind = LAST_DOTDOT;
    w->slash = s[n] == '/';
    w->rest = skip_slashes(s + n);
    return true;
}

int walk_child(struct walk *w, struct dentry **child)
{
    if (w->last.len > NAME_MAX)
        return -ENAMETOOLONG;
    int err = dentry_lookup(w->dir, &w->last, child);
    if (!err)
        *child = cross_down(*child);
    return err;
}

int walk_final(struct walk *w, struct dentry **child)
{
    if (w->kind == LAST_NAME)
        return walk_child(w, child);
    *child = w->kind == LAST_DOTDOT ? cross_down(parent_of(w->dir, w->root)) : dentry_get(w->dir);
    return 0;
}

COLD int dentry_readlink(struct inode *inode, char **text)
{
    char *buf = kmalloc(PATH_MAX);
    if (!buf)
        return -ENOMEM;
    long n = inode->ops->readlink ? inode->ops->readlink(inode, buf, PATH_MAX - 1) : -EINVAL;
    if (n < 0) {
        kfree(buf);
        return (int)n;
    }
    buf[n] = 0;
    *text = buf;
    return 0;
}

/* Replace the rest by `text` + "/" + rest. Takes over text. */
static COLD int splice_text(struct walk *w, char *text)
{
    size_t n = strlen(text), rest = strlen(w->rest);
    if (rest || w->slash) {
        char *joined = kmalloc(n + rest + 2);
        if (!joined) {
            kfree(text);
            return -ENOMEM;
        }
        memcpy(joined, text, n);
        joined[n] = '/';
        memcpy(joined + n + 1, w->rest, rest + 1);
        kfree(text);
        text = joined;
    }
    kfree(w->text);
    w->text = text;
    w->rest = text;
    return 0;
}

static COLD int jump(struct walk *w, struct dentry *link, struct dentry **to)
{
    struct dentry *d;
    int err = link->inode->ops->jump(link->inode, &d);
    if (err)
        return err;
    if (*w->rest) {
        go_to(w, d);
        *to = NULL;
    } else {
        *to = d;
    }
    return 0;
}

/* Follow a link: afterwards w->rest is what to walk on with from w->dir, or *to is the target. */
static COLD int enter_link(struct walk *w, struct dentry *link, struct dentry **to)
{
    char *text;
    *to = NULL;
    if (++w->links > WALK_LINKS_MAX)
        return -ELOOP;
    if (link->inode->ops->jump)
        return jump(w, link, to);
    int err = dentry_readlink(link->inode, &text);
    if (err)
        return err;
    if (!*text) {
        kfree(text);
        return -ENOENT;
    }
    inode_touch(link->inode, ATTR_ATIME);
    err = splice_text(w, text);
    if (!err && *w->rest == '/')
        go_to(w, dentry_get(w->root));
    return err;
}

/* One component that isn't the last: into it. */
static int step(struct walk *w)
{
    struct dentry *d, *to;
    int err = walk_final(w, &d);
    if (err)
        return err;
    if (!inode_is(d->inode, S_IFLNK)) {
        go_to(w, d);
        return 0;
    }
    err = enter_link(w, d, &to);
    dentry_put(d);
    if (!err && to)
        go_to(w, to);
    return err;
}

static int walk_to_last(struct walk *w)
{
    w->kind = LAST_ROOT;
    w->slash = false;
    while (next_component(w)) {
        int err = may_search(w->dir);
        if (err || !*w->rest)
            return err;
        err = step(w);
        if (err)
            return err;
    }
    return 0;
}

int walk_begin(struct walk *w, struct dentry *base, const char *path)
{
    struct fs_context *c = fs_context_self();
    if (!*path)
        return -ENOENT;
    spin_lock(&c->lock);
    struct dentry *root = dentry_get(c->root);
    spin_unlock(&c->lock);
    *w = (struct walk){.root = root, .rest = path};
    set_dir(w, *path == '/' || base == root ? root : dentry_get(base));
    int err = walk_to_last(w);
    if (err)
        walk_end(w);
    return err;
}

void walk_end(struct walk *w)
{
    leave_dir(w);
    dentry_put(w->root);
    if (w->text)
        kfree(w->text);
}

COLD int walk_follow(struct walk *w, struct dentry *link, struct dentry **to)
{
    bool slash = w->slash;
    int err = enter_link(w, link, to);
    if (!err && !*to)
        err = walk_to_last(w);
    w->slash |= slash;
    return err;
}

/* The last component, links in its place followed as asked. */
static int resolve(struct walk *w, unsigned flags, struct dentry **out)
{
    struct dentry *d, *to;
    for (;;) {
        int err = walk_final(w, &d);
        if (err)
            return err;
        bool follow = (flags & WALK_FOLLOW) || w->slash;
        if (!inode_is(d->inode, S_IFLNK) || !follow)
            break;
        err = walk_follow(w, d, &to);
        dentry_put(d);
        if (err)
            return err;
        if (to) {
            d = to;
            break;
        }
    }
    if (((flags & WALK_DIRECTORY) || w->slash) && !inode_is(d->inode, S_IFDIR)) {
        dentry_put(d);
        return -ENOTDIR;
    }
    *out = d;
    return 0;
}

int path_lookup(struct dentry *base, const char *path, unsigned flags, struct dentry **out)
{
    struct walk w;
    if (!*path && (flags & WALK_EMPTY)) {
        *out = dentry_get(base);
        return 0;
    }
    int err = walk_begin(&w, base, path);
    if (err)
        return err;
    err = resolve(&w, flags, out);
    walk_end(&w);
    return err;
}
