/* SPDX-License-Identifier: Apache-2.0 */
/* Moving bytes between files without the program's memory. */
#ifndef KERNEL_FS_SPLICE_H
#define KERNEL_FS_SPLICE_H

#include "kernel/fs/pipe.h"

/* splice_copy - up to n bytes from in at *inpos (NULL: its own position) to out at *outpos, through
 * a page. Bytes; -ENOMEM and the files' errors. What can't be written after it was read stays
 * unread for files with a position. */
long splice_copy(struct file *in, int64_t *inpos, struct file *out, int64_t *outpos,
                 uint64_t n) MUST_CHECK;

/* splice_from_pipe, splice_to_pipe - one end is a pipe. Pages of the pipe are given up only as far
 * as they were written. */
long splice_from_pipe(struct pipe *p, struct file *out, int64_t *outpos, uint64_t n,
                      bool nonblock) MUST_CHECK;
long splice_to_pipe(struct file *in, int64_t *inpos, struct pipe *p, uint64_t n,
                    bool nonblock) MUST_CHECK;

/* splice_between - pages move from one pipe to another. splice_tee: they are in both afterwards.
 * -EINVAL: the same pipe. */
long splice_between(struct pipe *in, struct pipe *out, uint64_t n, bool nonblock) MUST_CHECK;
long splice_tee(struct pipe *in, struct pipe *out, uint64_t n, bool nonblock) MUST_CHECK;

#endif
