/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of names. A dentry is one name in one directory and holds its inode and its parent. In
 * file systems without a lookup operation the tree is the directory: a name that exists is kept by
 * its parent until it is unlinked. Elsewhere a dentry lives as long as somebody holds it.
 *
 * Locks: names_lock (a spinlock) guards parents, children, names and flags; it is held for single
 * steps. names_mutex orders those who create, remove and rename; it may be held over a file
 * system's operation.
 */
#ifndef KERNEL_FS_DENTRY_H
#define KERNEL_FS_DENTRY_H

#include "kernel/fs/inode.h"

struct dentry_dir; /* the children of a directory */

enum dentry_flags {
    DENTRY_KEPT = 1,     /* its parent holds a reference */
    DENTRY_UNLINKED = 2, /* was removed, or never had a place in the tree */
    DENTRY_FLOATING = 4, /* has a parent that doesn't list it */
    DENTRY_UNHASHED = DENTRY_UNLINKED | DENTRY_FLOATING,
};

struct dentry {
    uint32_t refs;
    uint32_t flags;
    struct dentry *parent; /* itself at a root; a reference otherwise */
    struct inode *inode;   /* a reference; never NULL */
    struct super *mounted; /* what covers it */
    struct dentry_dir *dir;
    struct list sibling;
    struct dentry *hash_next;
    uint64_t cookie; /* its place in the directory, for getdents */
    uint32_t hash;
    uint32_t name_len;
    char *name; /* NUL-ended: short_name or allocated */
    char short_name[24];
};

extern struct spinlock names_lock;
extern struct mutex names_mutex;

/* dentry_new - a dentry outside the tree with one reference; takes over the caller's reference of
 * inode, on success. NULL: no memory. */
struct dentry *dentry_new(const struct name *n, struct inode *inode) MUST_CHECK;

/* dentry_root - the root of a file system: its own parent. */
struct dentry *dentry_root(struct inode *inode) MUST_CHECK;

/* dentry_get, dentry_put - a reference more or less; dentry_put of NULL is allowed. */
struct dentry *dentry_get(struct dentry *d);
void dentry_put(struct dentry *d);

/* dentry_add - make d a child of parent; `keep`: the parent holds a reference from now on. 0 or
 * -ENOMEM. If another child of this name is there already (a lookup that raced), -EEXIST. */
int dentry_add(struct dentry *parent, struct dentry *d, bool keep) MUST_CHECK;

/* dentry_remove - take d out of the tree; its parent's reference goes with it. */
void dentry_remove(struct dentry *d);

/* dentry_move - give d a new name and place; one replaces it there: the victim, removed, or NULL. 0
 * or -ENOMEM: nothing changed. A d that has left the tree meanwhile (it isn't what its name leads
 * to any more) stays out of it. dentry_exchange: swap names and places. */
void dentry_exchange(struct dentry *a, struct dentry *b);
int dentry_move(struct dentry *d, struct dentry *new_parent, const struct name *n,
                struct dentry *victim) MUST_CHECK;

/* dentry_find - the child of that name in the tree, with a reference, or NULL. */
struct dentry *dentry_find(struct dentry *parent, const struct name *n) MUST_CHECK;

/* dentry_lookup - dentry_find, then the file system. 0 with a reference, -ENOENT or the file
 * system's error. */
int dentry_lookup(struct dentry *parent, const struct name *n, struct dentry **d) MUST_CHECK;

/* dentry_has_children - are there names in d, where the tree is the directory? Elsewhere the file
 * system knows: false. */
bool dentry_has_children(struct dentry *d);

/* dentry_is_below - is d equal to or below `above`? Under names_lock. */
bool dentry_is_below_locked(struct dentry *d, struct dentry *above);

/* dentry_path - the path from root into the end of buf: *start points to it in buf. Its length;
 * -ENOENT if d is unlinked, -ENAMETOOLONG; with `show_deleted` an unlinked one gets " (deleted)"
 * instead. Paths outside root start at the tree's root. */
long dentry_path(struct dentry *d, struct dentry *root, char *buf, size_t size_bytes, char **start,
                 bool show_deleted) MUST_CHECK;

/* Reading a directory. dir_emit: false when the program's buffer is full; then stop. next: the
 * position after this name. */
struct dir_context {
    bool (*emit)(struct dir_context *ctx, const char *name, size_t len, uint64_t ino, uint32_t type,
                 int64_t next);
    int64_t pos; /* 0 and 1 are "." and ".." */
};
bool dir_emit_dots(struct dir_context *ctx, struct dentry *d);

/* dentry_iterate - struct file_ops' iterate for directories that are the tree. */
int dentry_iterate(struct file *f, struct dir_context *ctx);
int64_t dentry_dir_seek(struct file *f, int64_t offset, int whence);
extern const struct file_ops dentry_dir_fops;

#endif
