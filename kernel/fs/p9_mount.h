/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes: folders of the host, served over 9P, as file systems. */
#ifndef KERNEL_FS_P9_MOUNT_H
#define KERNEL_FS_P9_MOUNT_H

#include "kernel/core/p9_channel.h"

/* p9_mount - mount what the channel's server serves at path, which is made if it isn't there. 0, or
 * a negative errno: the server's, -EPROTO (it speaks something else), -ENOMEM, or the path's. Boot,
 * in a task. */
int p9_mount(struct p9_channel *channel, const char *path, bool readonly) MUST_CHECK;

#endif
