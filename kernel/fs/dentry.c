/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of names: lookup by a hash table per directory that grows with it, order of creation in
 * a list for getdents.
 */
#include "kernel/fs/dentry.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/super.h"
#include "lib/str.h"

struct dentry_dir {
    struct list children; /* by cookie */
    uint64_t next_cookie;
    uint32_t count;
    uint32_t buckets; /* a power of two */
    struct dentry **table;
    struct dentry *first[4]; /* the table of small directories */
};

struct spinlock names_lock;
struct mutex names_mutex = MUTEX_INIT(names_mutex);

static uint32_t hash_name(const struct name *n)
{
    uint32_t h = NAME_HASH_START;
    for (uint32_t i = 0; i < n->len; i++)
        h = name_hash_next(h, n->s[i]);
    return h;
}

static void name_set(struct dentry *d, const struct name *n)
{
    d->hash = n->hash ? n->hash : hash_name(n);
    d->name_len = n->len;
    memcpy(d->name, n->s, n->len);
    d->name[n->len] = 0;
}

static void name_free(struct dentry *d, char *name)
{
    if (name != d->short_name)
        kfree(name);
}

struct dentry *dentry_new(const struct name *n, struct inode *inode)
{
    struct dentry *d = kzalloc(sizeof(*d));
    if (!d)
        return NULL;
    d->name = n->len < sizeof(d->short_name) ? d->short_name : kmalloc(n->len + 1);
    if (!d->name) {
        kfree(d);
        return NULL;
    }
    d->refs = 1;
    d->flags = DENTRY_UNLINKED;
    d->inode = inode;
    d->parent = d;
    list_init(&d->sibling);
    name_set(d, n);
    return d;
}

COLD struct dentry *dentry_root(struct inode *inode)
{
    struct dentry *d = dentry_new(&(struct name){.s = "/", .len = 1}, inode);
    if (d)
        d->flags = 0;
    return d;
}

struct dentry *dentry_get(struct dentry *d)
{
    __atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
    return d;
}

/* ---- a directory's table ---- */

static COLD struct dentry_dir *dir_of(struct dentry *parent)
{
    if (!parent->dir) {
        struct dentry_dir *dir = kzalloc(sizeof(*dir));
        if (!dir)
            return NULL;
        list_init(&dir->children);
        dir->next_cookie = 2; /* after "." and ".." */
        dir->buckets = ARRAY_SIZE(dir->first);
        dir->table = dir->first;
        parent->dir = dir;
    }
    return parent->dir;
}

static struct dentry **bucket(struct dentry_dir *dir, uint32_t hash)
{
    return &dir->table[(hash ^ hash >> 15) & (dir->buckets - 1)];
}

static void dir_free(struct dentry_dir *dir)
{
    if (dir && dir->table != dir->first)
        kfree(dir->table);
    kfree(dir);
}

/* A table that can't grow for want of memory only gets slower. */
static COLD void dir_grow(struct dentry_dir *dir)
{
    uint32_t buckets = dir->buckets * 4;
    struct dentry **table = kzalloc(buckets * sizeof(*table));
    if (!table)
        return;
    if (dir->table != dir->first)
        kfree(dir->table);
    dir->table = table;
    dir->buckets = buckets;
    list_for_each (n, &dir->children) {
        struct dentry *d = list_entry(n, struct dentry, sibling);
        d->hash_next = *bucket(dir, d->hash);
        *bucket(dir, d->hash) = d;
    }
}

static void hash_in(struct dentry_dir *dir, struct dentry *d)
{
    d->cookie = dir->next_cookie++;
    list_push_back(&dir->children, &d->sibling);
    d->hash_next = *bucket(dir, d->hash);
    *bucket(dir, d->hash) = d;
    if (++dir->count > dir->buckets * 2)
        dir_grow(dir);
}

static COLD void hash_out(struct dentry_dir *dir, struct dentry *d)
{
    struct dentry **at = bucket(dir, d->hash);
    while (*at != d)
        at = &(*at)->hash_next;
    *at = d->hash_next;
    list_remove(&d->sibling);
    dir->count--;
}

/* Names are short: a call of memcmp takes longer than this. */
static inline bool is_named(const struct dentry *d, const struct name *n)
{
    uint32_t left = n->len;
    if (d->hash != n->hash || d->name_len != left)
        return false;
    const char *a = d->name, *b = n->s;
    while (left && *a++ == *b++)
        left--;
    return !left;
}

static struct dentry *find_locked(struct dentry *parent, const struct name *n)
{
    if (!parent->dir)
        return NULL;
    for (struct dentry *d = *bucket(parent->dir, n->hash); d; d = d->hash_next)
        if (is_named(d, n))
            return d;
    return NULL;
}

/* ---- references ---- */

/* Drop a reference under names_lock; what becomes free is unhooked. */
static bool put_locked(struct dentry *d)
{
    if (__atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL))
        return false;
    if (d->parent != d && !(d->flags & DENTRY_UNHASHED))
        hash_out(d->parent->dir, d);
    return true;
}

/* With each that is freed goes a reference to its parent. */
static COLD void put_last(struct dentry *d)
{
    while (d) {
        spin_lock(&names_lock);
        bool free = put_locked(d);
        spin_unlock(&names_lock);
        if (!free)
            return;
        struct dentry *parent = d->parent == d ? NULL : d->parent;
        inode_put(d->inode);
        dir_free(d->dir);
        name_free(d, d->name);
        kfree(d);
        d = parent;
    }
}

void dentry_put(struct dentry *d)
{
    if (!d)
        return;
    uint32_t n = __atomic_load_n(&d->refs, __ATOMIC_RELAXED);
    while (n > 1)
        if (__atomic_compare_exchange_n(&d->refs, &n, n - 1, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    put_last(d);
}

/* ---- the tree ---- */

int dentry_add(struct dentry *parent, struct dentry *d, bool keep)
{
    int err = 0;
    struct name n = {d->name, d->name_len, d->hash};
    spin_lock(&names_lock);
    if (find_locked(parent, &n)) {
        err = -EEXIST;
    } else if (!dir_of(parent)) {
        err = -ENOMEM;
    } else {
        d->parent = dentry_get(parent);
        d->flags = keep ? DENTRY_KEPT : 0;
        if (keep)
            dentry_get(d);
        hash_in(parent->dir, d);
    }
    spin_unlock(&names_lock);
    return err;
}

/* Mark d removed; true if the parent's reference is the caller's to drop now. */
static bool unhook_locked(struct dentry *d)
{
    bool kept = d->flags & DENTRY_KEPT;
    if (!(d->flags & DENTRY_UNHASHED))
        hash_out(d->parent->dir, d);
    d->flags = DENTRY_UNLINKED;
    return kept;
}

COLD void dentry_remove(struct dentry *d)
{
    spin_lock(&names_lock);
    bool kept = unhook_locked(d);
    spin_unlock(&names_lock);
    if (kept)
        dentry_put(d);
}

/* Into the place of another name: same directory position rules as a new name. */
static void rehash(struct dentry *d, struct dentry *parent, char *name, const struct name *n)
{
    hash_out(d->parent->dir, d);
    d->name = name;
    name_set(d, n);
    d->parent = parent;
    hash_in(parent->dir, d);
}

COLD int dentry_move(struct dentry *d, struct dentry *new_parent, const struct name *n,
                     struct dentry *victim)
{
    char *old_name = d->name;
    char *name = n->len < sizeof(d->short_name) ? d->short_name : kmalloc(n->len + 1);
    if (!name)
        return -ENOMEM;
    spin_lock(&names_lock);
    struct dentry *old_parent = d->parent;
    bool room = dir_of(new_parent), kept = false;
    bool placed = room && !(d->flags & DENTRY_UNHASHED);
    if (room && victim)
        kept = unhook_locked(victim);
    if (placed)
        rehash(d, dentry_get(new_parent), name, n);
    spin_unlock(&names_lock);
    if (kept)
        dentry_put(victim);
    if (!placed) {
        name_free(d, name);
        return room ? 0 : -ENOMEM;
    }
    if (old_name != name)
        name_free(d, old_name);
    dentry_put(old_parent);
    return 0;
}

static COLD void swap_names(struct dentry *a, struct dentry *b)
{
    struct dentry old = *a;
    memcpy(a->short_name, b->short_name, sizeof(a->short_name));
    a->name = b->name == b->short_name ? a->short_name : b->name;
    a->name_len = b->name_len;
    a->hash = b->hash;
    memcpy(b->short_name, old.short_name, sizeof(b->short_name));
    b->name = old.name == a->short_name ? b->short_name : old.name;
    b->name_len = old.name_len;
    b->hash = old.hash;
}

COLD void dentry_exchange(struct dentry *a, struct dentry *b)
{
    spin_lock(&names_lock);
    struct dentry *parent = a->parent;
    hash_out(a->parent->dir, a);
    hash_out(b->parent->dir, b);
    swap_names(a, b);
    a->parent = b->parent;
    b->parent = parent;
    hash_in(a->parent->dir, a);
    hash_in(b->parent->dir, b);
    spin_unlock(&names_lock);
}

struct dentry *dentry_find(struct dentry *parent, const struct name *n)
{
    spin_lock(&names_lock);
    struct dentry *d = find_locked(parent, n);
    if (d)
        dentry_get(d);
    spin_unlock(&names_lock);
    return d;
}

/* Give d a parent, but no place among its children. */
static void dentry_hang(struct dentry *parent, struct dentry *d)
{
    d->parent = dentry_get(parent);
    d->flags = DENTRY_FLOATING;
}

/* Ask the file system, and hook the answer into the tree unless names there may change by
 * themselves. */
static COLD int lookup_inode(struct dentry *parent, const struct name *n, struct dentry **out)
{
    struct inode *dir = parent->inode, *inode;
    int err = dir->ops->lookup(dir, n, &inode);
    if (err)
        return err;
    struct dentry *d = dentry_new(n, inode);
    if (!d) {
        inode_put(inode);
        return -ENOMEM;
    }
    if (inode->transient)
        dentry_hang(parent, d);
    else
        err = dentry_add(parent, d, false);
    if (err)
        dentry_put(d);
    else
        *out = d;
    return err;
}

/* A name that leads elsewhere by now is taken out of the tree. */
static bool still_so(struct dentry *parent, const struct name *n, struct dentry *d)
{
    struct inode *dir = parent->inode;
    if (LIKELY(!dir->ops->still) || d->mounted || dir->ops->still(dir, n, d->inode))
        return true;
    dentry_remove(d);
    dentry_put(d);
    return false;
}

int dentry_lookup(struct dentry *parent, const struct name *n, struct dentry **out)
{
    struct inode *dir = parent->inode;
    for (;;) {
        *out = dentry_find(parent, n);
        if (*out && still_so(parent, n, *out))
            return 0;
        if (!dir->ops->lookup)
            return -ENOENT;
        int err = lookup_inode(parent, n, out);
        if (err != -EEXIST)
            return err;
    }
}

COLD bool dentry_has_children(struct dentry *d)
{
    if (d->inode->ops->lookup)
        return false;
    spin_lock(&names_lock);
    bool any = d->dir && d->dir->count;
    spin_unlock(&names_lock);
    return any;
}

/* One step up, through mounts. NULL at the root of the tree. */
static COLD struct dentry *above_locked(struct dentry *d)
{
    while (d->parent == d) {
        struct super *s = d->inode->super;
        if (s->root != d || !s->covered)
            return NULL;
        d = s->covered;
    }
    return d->parent;
}

COLD bool dentry_is_below_locked(struct dentry *d, struct dentry *above)
{
    while (d && d != above)
        d = above_locked(d);
    return d;
}

/* The dentry that carries the name of what d stands for: a mounted root is called what it covers.
 */
static struct dentry *named_locked(struct dentry *d)
{
    while (d->parent == d && d->inode->super->root == d && d->inode->super->covered)
        d = d->inode->super->covered;
    return d;
}

static char *prepend(char *at, char *start, const char *s, size_t len)
{
    if (!at || (size_t)(at - start) < len)
        return NULL;
    memcpy(at - len, s, len);
    return at - len;
}

static COLD char *path_locked(struct dentry *d, struct dentry *root, char *buf, char *at)
{
    while (at && d != root) {
        struct dentry *n = named_locked(d);
        if (n == root || n->parent == n)
            break;
        at = prepend(at, buf, n->name, n->name_len);
        at = prepend(at, buf, "/", 1);
        d = n->parent;
    }
    return at && *at != '/' ? prepend(at, buf, "/", 1) : at;
}

COLD long dentry_path(struct dentry *d, struct dentry *root, char *buf, size_t size_bytes,
                      char **start, bool show_deleted)
{
    static const char deleted[] = " (deleted)";
    char *end = buf + size_bytes - 1;
    *end = 0;
    spin_lock(&names_lock);
    bool unlinked = d->flags & DENTRY_UNLINKED;
    char *at = end;
    if (unlinked && d->parent != d)
        at = prepend(at, buf, deleted, sizeof(deleted) - 1);
    if (d->parent == d && unlinked) /* nameless: "pipe:[7]" */
        at = prepend(at, buf, d->name, d->name_len);
    else if (at)
        at = path_locked(d, root, buf, at);
    spin_unlock(&names_lock);
    if (unlinked && !show_deleted)
        return -ENOENT;
    if (!at)
        return -ENAMETOOLONG;
    *start = at;
    return end - at;
}

/* ---- reading directories ---- */

COLD bool dir_emit_dots(struct dir_context *ctx, struct dentry *d)
{
    if (ctx->pos == 0) {
        if (!ctx->emit(ctx, ".", 1, d->inode->ino, S_IFDIR, 1))
            return false;
        ctx->pos = 1;
    }
    if (ctx->pos == 1) {
        if (!ctx->emit(ctx, "..", 2, d->parent->inode->ino, S_IFDIR, 2))
            return false;
        ctx->pos = 2;
    }
    return true;
}

COLD int dentry_iterate(struct file *f, struct dir_context *ctx)
{
    struct dentry_dir *dir;
    if (!dir_emit_dots(ctx, f->dentry))
        return 0;
    spin_lock(&names_lock);
    dir = f->dentry->dir;
    if (dir) {
        list_for_each (n, &dir->children) {
            struct dentry *d = list_entry(n, struct dentry, sibling);
            if ((int64_t)d->cookie < ctx->pos)
                continue;
            if (!ctx->emit(ctx, d->name, d->name_len, d->inode->ino, d->inode->mode,
                           (int64_t)d->cookie + 1))
                break;
            ctx->pos = (int64_t)d->cookie + 1;
        }
    }
    spin_unlock(&names_lock);
    return 0;
}

COLD int64_t dentry_dir_seek(struct file *f, int64_t offset, int whence)
{
    if (whence == SEEK_CUR)
        offset = (int64_t)((uint64_t)offset + (uint64_t)f->pos); /* too far is negative */
    else if (whence != SEEK_SET)
        return -EINVAL;
    if (offset < 0)
        return -EINVAL;
    f->pos = offset;
    return offset;
}

const struct file_ops dentry_dir_fops = {.iterate = dentry_iterate, .seek = dentry_dir_seek};
