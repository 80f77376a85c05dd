/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a read fills or a write takes: a list of pieces of memory, the program's or the kernel's,
 * consumed from the front. A file's code moves bytes with uio_write and uio_read and needn't know
 * whose memory it is.
 */
#ifndef KERNEL_FS_UIO_H
#define KERNEL_FS_UIO_H

#include "abi/linux_fs.h"

struct uio {
    const struct linux_iovec *vec; /* the piece being consumed; owned by the caller */
    uint32_t count;                /* pieces from vec on */
    bool kernel;                   /* bases are kernel pointers */
    uint64_t skip;                 /* bytes of vec[0] already consumed */
    uint64_t left;                 /* bytes left in all pieces */
    struct linux_iovec one;        /* the only piece, when there is one */
};

/* uio_user - one piece of the program's memory; the address is checked when bytes are moved.
 * uio_kernel: one of the kernel's. */
void uio_user(struct uio *u, vaddr_t base, size_t size_bytes);
void uio_kernel(struct uio *u, void *base, size_t size_bytes);

/* uio_write - move bytes from `from` into u (a read's answer); uio_read - from u into `to`;
 * uio_zero - write zeros into u. Context: a task without spinlocks. How many bytes were moved:
 * fewer than min(size, u->left) only at a bad user page. */
size_t uio_write(struct uio *u, const void *from, size_t size_bytes) MUST_CHECK;
size_t uio_read(struct uio *u, void *to, size_t size_bytes) MUST_CHECK;
size_t uio_zero(struct uio *u, size_t size_bytes) MUST_CHECK;

#endif
