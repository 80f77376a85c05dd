/* SPDX-License-Identifier: Apache-2.0 */
/* What pipe.c and pipe_open.c share. */
#ifndef KERNEL_FS_PIPE_INTERNAL_H
#define KERNEL_FS_PIPE_INTERNAL_H

#include "kernel/fs/file.h"

extern const struct file_ops pipe_fops;
void pipe_release(struct file *f);

#endif
