/* SPDX-License-Identifier: Apache-2.0 */
/* What inotify.c and notify.c share. */
#ifndef KERNEL_FS_INOTIFY_INTERNAL_H
#define KERNEL_FS_INOTIFY_INTERNAL_H

#include "kernel/fs/inode.h"

/* inotify_send - queue the event for inode's watchers that want it. */
void inotify_send(struct inode *inode, uint32_t event, uint32_t cookie, const struct name *n);

#endif
