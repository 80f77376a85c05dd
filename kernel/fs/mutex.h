/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lock that may be held while sleeping and while touching user memory: one word when free, a
 * queue when contended. Lock order: outside every spinlock; names before an inode's, a file's
 * position before an inode's.
 */
#ifndef KERNEL_FS_MUTEX_H
#define KERNEL_FS_MUTEX_H

#include "kernel/core/wait.h"

struct mutex {
    uint32_t held;
    uint32_t waiting; /* tasks in the queue, so that an uncontended unlock is one store */
    struct waitq queue;
};

#define MUTEX_INIT(name)                                     \
    {                                                        \
        .queue = {.waiters = LIST_INIT(name.queue.waiters) } \
    }
void mutex_init(struct mutex *m);

/* mutex_lock - 0, or -ERESTARTSYS when it had to wait and a signal came: nothing has been done yet
 * then, so the call may restart. */
int mutex_lock(struct mutex *m) MUST_CHECK;
void mutex_unlock(struct mutex *m);

#endif
