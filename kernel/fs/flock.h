/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisory locks: flock(2) of whole files owned by an open file, and fcntl's of byte ranges owned
 * by a process (its descriptor table) or an open file. The two families don't see each other. Range
 * locks of one process never conflict among themselves and there is one process, so a cycle of
 * waiting processes can't arise and EDEADLK has no case; open files don't take part in such cycles
 * on Linux either.
 */
#ifndef KERNEL_FS_FLOCK_H
#define KERNEL_FS_FLOCK_H

#include "kernel/fs/inode.h"

/* flock_whole - flock(2): op is LOCK_SH, LOCK_EX or LOCK_UN, with LOCK_NB. -EWOULDBLOCK,
 * -ERESTARTSYS, -ENOLCK (no memory). */
int flock_whole(struct file *f, int op) MUST_CHECK;

struct lock_request {
    void *owner;
    int32_t pid;        /* as F_GETLK shows it: -1 for open files */
    int16_t type;       /* enum lock_type */
    int64_t start, end; /* inclusive; INT64_MAX: to the end whatever it is */
};

/* flock_range - set or clear (F_UNLCK) a range; wait: sleep for conflicting ones. -EAGAIN,
 * -ERESTARTSYS, -ENOLCK. */
int flock_range(struct file *f, const struct lock_request *r, bool wait) MUST_CHECK;

/* flock_test - the first lock that r would have to wait for into *r; type F_UNLCK: none. */
void flock_test(struct file *f, struct lock_request *r);

/* flock_release - f is being released; flock_close - the process closed a descriptor of f;
 * flock_free - the inode goes. */
void flock_release(struct file *f);
void flock_close(struct file *f, void *owner);
void flock_free(struct inode *inode);

#endif
