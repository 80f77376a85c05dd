/* SPDX-License-Identifier: Apache-2.0 */
/* From a path to an open file, with all the flags of openat(2). */
#ifndef KERNEL_FS_OPEN_H
#define KERNEL_FS_OPEN_H

#include "kernel/fs/dentry.h"

/* open_flags_check - -EINVAL for combinations that mean nothing; before anything else is looked at.
 */
int open_flags_check(uint32_t flags) MUST_CHECK;

/* fs_open - flags have been checked. base: where a relative path starts; mode: permissions of a
 * file that O_CREAT or O_TMPFILE makes, before umask. 0 and a file with one reference, or open's
 * errors. Task context, no spinlock; sleeps for a FIFO's other end. */
int fs_open(struct dentry *base, const char *path, uint32_t flags, uint32_t mode,
            struct file **out) MUST_CHECK;

/* dentry_open - open what d is; no permission checks. */
int dentry_open(struct dentry *d, uint32_t flags, struct file **out) MUST_CHECK;

#endif
