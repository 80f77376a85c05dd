/* SPDX-License-Identifier: Apache-2.0 */
/* What tmpfs.c and tmpfs_file.c share. */
#ifndef KERNEL_FS_TMPFS_INTERNAL_H
#define KERNEL_FS_TMPFS_INTERNAL_H

#include "kernel/fs/inode.h"
#include "kernel/fs/pages.h"

/* tmpfs_new_file - an empty regular file. NULL: no memory. */
struct inode *tmpfs_new_file(struct super *s, uint32_t mode) MUST_CHECK;

#endif
