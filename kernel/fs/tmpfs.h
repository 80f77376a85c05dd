/* SPDX-License-Identifier: Apache-2.0 */
/* tmpfs: files in memory. The dentry tree is the directory structure; a file's bytes are struct
 * pages. Also memfd. */
#ifndef KERNEL_FS_TMPFS_H
#define KERNEL_FS_TMPFS_H

#include "kernel/fs/inode.h"

/* tmpfs_mount - a new, empty tmpfs at path (NULL: as the root). 0 or -ENOMEM and the path's errors.
 * Boot. */
int tmpfs_mount(const char *path, uint32_t mode) MUST_CHECK;

/* tmpfs_set_below - give an empty regular file bytes that stay where they are. */
void tmpfs_set_below(struct inode *inode, const void *bytes, uint64_t size_bytes);

/* tmpfs_below - the bytes that the whole file still consists of, as tmpfs_set_below gave them, or
 * NULL. */
const void *tmpfs_below(struct inode *inode, uint64_t *size_bytes);

/* tmpfs_when_entered - have fn called, once, before names below the directory are first looked up
 * or listed: to fill it. */
void tmpfs_when_entered(struct inode *dir, void (*fn)(void));

/* memfd_create_file - an unnamed file of its own; name for /proc (at most 249 bytes, checked by the
 * caller). flags: MFD_ALLOW_SEALING. */
int memfd_create_file(const char *name, uint32_t flags, struct file **out) MUST_CHECK;

/* memfd_seal - F_ADD_SEALS, memfd_seals: F_GET_SEALS; -EINVAL: not a file in memory. */
int memfd_seal(struct file *f, uint32_t seals) MUST_CHECK;
int memfd_seals(struct file *f);

#endif
