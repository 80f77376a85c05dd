/* SPDX-License-Identifier: Apache-2.0 */
/* Where names start for a process, and as whom it asks: root, working directory, umask, ids. Shared
 * by its threads. */
#ifndef KERNEL_FS_CONTEXT_H
#define KERNEL_FS_CONTEXT_H

#include "kernel/core/lock.h"

struct dentry;

struct fs_context {
    struct spinlock lock;      /* guards root and cwd */
    struct dentry *root, *cwd; /* references */
    uint32_t umask;
    uint32_t uid, gid; /* file system ids; setfsuid's, normally the effective ones */
};

/* fs_context_init - root and cwd at the root of the tree, umask 022, ids 0. fs_mount_root must have
 * run. */
void fs_context_init(struct fs_context *c);
void fs_context_exit(struct fs_context *c);

/* fs_context_copy - c, which is new, starts where and as what `from` is. */
void fs_context_copy(struct fs_context *c, struct fs_context *from);

/* fs_context_self - of the running process. The lead's process.c defines it, and in host tests a
 * fake. */
struct fs_context *fs_context_self(void);

/* fs_context_cwd, fs_context_root - of any process: a reference; NULL: it has ended. */
struct dentry *fs_context_cwd(struct fs_context *c);
struct dentry *fs_context_root(struct fs_context *c);

/* fs_cwd, fs_root - of the running process: a reference. fs_set_cwd, fs_set_root: a reference is
 * taken. */
struct dentry *fs_cwd(void);
struct dentry *fs_root(void);
void fs_set_cwd(struct dentry *d);
void fs_set_root(struct dentry *d);

#endif
