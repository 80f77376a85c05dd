/* SPDX-License-Identifier: Apache-2.0 */
/* File systems and where they are mounted. Mounts happen at boot, one file system in one place, so
 * a dentry alone says where it is. */
#ifndef KERNEL_FS_SUPER_H
#define KERNEL_FS_SUPER_H

#include "kernel/fs/dentry.h"

extern struct super super_nameless; /* of pipes, sockets, eventfds */
extern struct list super_mounts;    /* in order of mounting; grows at boot only */

/* super_init - give s a device number and empty lists. super_mount - mount s (its root made) over
 * the directory at `path`, which is made if it isn't there; the first mount is the root. 0 or
 * -ENOMEM, or the errors of the path. Boot. */
void super_init(struct super *s);
int super_mount(struct super *s, const char *path) MUST_CHECK;

/* super_top - the root of the whole tree. */
struct dentry *super_top(void);

#endif
