/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling the tree from an archive in memory: POSIX ustar with pax headers (path, linkpath, size,
 * mtime, uid, gid) and GNU long names. Files' bytes stay where they are in the archive until
 * somebody changes them.
 */
#ifndef KERNEL_FS_ARCHIVE_H
#define KERNEL_FS_ARCHIVE_H

#include "lib/types.h"

/* archive_unpack - make everything in it below the tree's root; the bytes must stay. 0, or -EINVAL
 * when it is no archive or damaged (what came before stays), -ENOMEM. */
int archive_unpack(const void *bytes, size_t size_bytes) MUST_CHECK;

#endif
