/* SPDX-License-Identifier: Apache-2.0 */
/* What names.c and rename.c share. Under names_mutex. */
#ifndef KERNEL_FS_NAMES_INTERNAL_H
#define KERNEL_FS_NAMES_INTERNAL_H

#include "kernel/fs/dentry.h"

/* names_may_change - may names be made and removed in dir? -EACCES, -EROFS, -ENOENT (dir is
 * unlinked). */
int names_may_change(struct dentry *dir) MUST_CHECK;

/* names_may_remove - may d be removed from dir, by a call for directories or by one for the rest?
 * Also -EPERM, -ENOTDIR, -EISDIR, -EBUSY. */
int names_may_remove(struct dentry *dir, struct dentry *d, bool directory) MUST_CHECK;

#endif
