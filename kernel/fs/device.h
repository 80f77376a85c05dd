/* SPDX-License-Identifier: Apache-2.0 */
/* Character devices by number, and the nodes in /dev. */
#ifndef KERNEL_FS_DEVICE_H
#define KERNEL_FS_DEVICE_H

#include "kernel/fs/inode.h"

/* device_open - give f the operations of the device that inode's rdev names. -ENXIO: there is none.
 */
int device_open(struct inode *inode, struct file *f) MUST_CHECK;

/* device_make_nodes - fill /dev, which exists. Boot. */
int device_make_nodes(void) MUST_CHECK;

#endif
