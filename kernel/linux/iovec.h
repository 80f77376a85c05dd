/* SPDX-License-Identifier: Apache-2.0 */
/* The struct iovec arrays that programs pass. */
#ifndef KERNEL_LINUX_IOVEC_H
#define KERNEL_LINUX_IOVEC_H

#include "kernel/fs/uio.h"

struct iovec_arg {
    struct linux_iovec *vec, *large; /* large is owned */
    uint32_t count;
    struct linux_iovec small[8];
    struct uio uio; /* after iovec_check */
};

/* iovec_read - copy the array: 0, -EINVAL (too many), -EFAULT, -ENOMEM. iovec_done frees. */
int iovec_read(struct iovec_arg *v, vaddr_t at, uint64_t count) MUST_CHECK;
void iovec_done(struct iovec_arg *v);

/* iovec_check - lengths and addresses; fills v->uio. -EINVAL, -EFAULT. */
int iovec_check(struct iovec_arg *v) MUST_CHECK;

#endif
