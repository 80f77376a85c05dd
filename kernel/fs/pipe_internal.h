/* SPDX-License-Identifier: Apache-2.0 */
/* What pipe.c and pipe_open.c share. */
#ifndef KERNEL_FS_PIPE_INTERNAL_H
#define KERNEL_FS_PIPE_INTERNAL_H

#include "kernel/fs/file.h"

extern const struct file_ops pipe_fops;

/* pipe_release - one end is closed for good: wakes the other, and frees the pipe when both are. */
void pipe_release(struct file *f);

#endif
