/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of files that a program finds. */
#ifndef KERNEL_FS_BOOT_H
#define KERNEL_FS_BOOT_H

#include "kernel/fs/context.h"

/* fs_boot - make the root and what is mounted in it; *c, the running process's context, starts
 * there. Once, in the first thread, before any file is opened. 0 or -ENOMEM. */
int fs_boot(struct fs_context *c) MUST_CHECK;

#endif
