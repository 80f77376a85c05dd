/* SPDX-License-Identifier: Apache-2.0 */
/* The paths and directory descriptors that programs pass. */
#ifndef KERNEL_LINUX_PATH_H
#define KERNEL_LINUX_PATH_H

#include "kernel/fs/walk.h"

/* A path copied from the program; short ones stay on the stack. */
struct path_arg {
    const char *text;
    char *large; /* owned */
    char small[120];
};

/* path_read - 0, -EFAULT, -ENAMETOOLONG, -ENOMEM. path_done frees. */
int path_read(struct path_arg *p, vaddr_t at) MUST_CHECK;
void path_done(struct path_arg *p);

/* path_base - where `path` starts: for a relative one dirfd's directory or AT_FDCWD's, a reference;
 * for an absolute one NULL. -EBADF, -ENOTDIR. */
int path_base(int dirfd, const char *path, struct dentry **base) MUST_CHECK;

/* What a path and a descriptor lead to. dentry is NULL for the nameless file behind a descriptor.
 * Both references. */
struct path_target {
    struct dentry *dentry;
    struct inode *inode;
};

/* path_target_at - for the *at calls: flags AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH are looked at. */
int path_target_at(int dirfd, vaddr_t path, uint32_t flags, struct path_target *t) MUST_CHECK;
int path_target_fd(int fd, bool io, struct path_target *t) MUST_CHECK;
void path_target_put(struct path_target *t);

#endif
