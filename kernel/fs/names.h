/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing the tree of names: the work of mkdir, mknod, symlink, link, unlink, rmdir and rename
 * once the paths are known. Results as the system calls'. `base` is where a relative path starts.
 * Task context, no spinlock; each takes names_mutex.
 */
#ifndef KERNEL_FS_NAMES_H
#define KERNEL_FS_NAMES_H

#include "kernel/fs/walk.h"

/* names_make - a new inode of this mode (with type; permissions after umask), rdev for devices,
 * target for links. */
int names_make(struct dentry *base, const char *path, uint32_t mode, uint64_t rdev,
               const char *target) MUST_CHECK;

/* names_create - the part of names_make below a walk, for open: the last component of w doesn't
 * exist or -EEXIST. *out: the new name, a reference. */
int names_create(struct walk *w, uint32_t mode, uint64_t rdev, const char *target,
                 struct dentry **out) MUST_CHECK;

/* names_remove - take a name away: of a directory (rmdir) or of anything else. */
int names_remove(struct dentry *base, const char *path, bool directory) MUST_CHECK;

/* names_link - one more name for what `d` is. */
int names_link(struct dentry *d, struct dentry *base, const char *path) MUST_CHECK;

/* names_rename - both walks stand before their last component. flags: none, RENAME_NOREPLACE or
 * RENAME_EXCHANGE. */
int names_rename(struct walk *from, struct walk *to, uint32_t flags) MUST_CHECK;

/* names_make_dirs - mkdir -p, mode 0755, for the kernel's own trees. */
int names_make_dirs(const char *path) MUST_CHECK;

#endif
