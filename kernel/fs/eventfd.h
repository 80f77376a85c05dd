/* SPDX-License-Identifier: Apache-2.0 */
/* eventfd(2): a counter that reads and writes move. */
#ifndef KERNEL_FS_EVENTFD_H
#define KERNEL_FS_EVENTFD_H

#include "kernel/fs/file.h"

/* eventfd_create - flags: O_NONBLOCK, O_CLOEXEC, EFD_SEMAPHORE; -EINVAL for others. */
int eventfd_create(uint64_t count, uint32_t flags, struct file **out) MUST_CHECK;

#endif
