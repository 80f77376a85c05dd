/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a path to a dentry: components, "." and "..", links, mounts, permissions, with Linux' rules
 * and errors.
 */
#ifndef KERNEL_FS_WALK_H
#define KERNEL_FS_WALK_H

#include "kernel/fs/dentry.h"

#define WALK_LINKS_MAX 40

enum walk_flags {
    WALK_FOLLOW = 1,    /* a link in the last place is followed */
    WALK_DIRECTORY = 2, /* the result must be a directory: -ENOTDIR */
    WALK_EMPTY = 4,     /* an empty path is the base itself */
};

enum walk_last { LAST_NAME, LAST_DOT, LAST_DOTDOT, LAST_ROOT };

/* A walk that stops before the last component, for those who create, remove and rename. */
struct walk {
    struct dentry *root; /* "/" and the ceiling of "..": a reference */
    struct dentry *dir;  /* where the last component is: a reference, unless it is root */
    enum walk_last kind;
    struct name last; /* LAST_NAME: points into the path or into text */
    bool slash;       /* something that must be a directory is meant: "name/" */
    unsigned links;   /* followed so far */
    const char *rest; /* not yet walked */
    char *text;       /* a followed link with what came behind it; owned */
};

/*
 * path_lookup - what path means, with a reference. base: where a relative or empty one starts (not
 * consumed). -ENOENT, -ENOTDIR, -EACCES, -ELOOP, -ENAMETOOLONG, -ENOMEM. Task context, no spinlock.
 */
int path_lookup(struct dentry *base, const char *path, unsigned flags,
                struct dentry **out) MUST_CHECK;

/* walk_begin - walk to the last component. On failure nothing is left to release; otherwise end
 * with walk_end. */
int walk_begin(struct walk *w, struct dentry *base, const char *path) MUST_CHECK;
void walk_end(struct walk *w);

/* walk_child - look up the last component (LAST_NAME) in w->dir: 0 and a reference, mounts crossed;
 * -ENOENT, -ENAMETOOLONG, ... */
int walk_child(struct walk *w, struct dentry **child) MUST_CHECK;

/* walk_final - the same for every kind of last component. */
int walk_final(struct walk *w, struct dentry **child) MUST_CHECK;

/* walk_follow - link is what walk_child found: go on with its text and the slashes behind it, to a
 * new last component. For a link that leads to an object, *to gets a reference to it and the walk
 * is over (else NULL). */
int walk_follow(struct walk *w, struct dentry *link, struct dentry **to) MUST_CHECK;

/* dentry_readlink - a link's text, NUL-ended, in memory to kfree. */
int dentry_readlink(struct inode *inode, char **text) MUST_CHECK;

#endif
