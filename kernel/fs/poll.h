/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a file what it is ready for, and being told when that changes. A file's poll operation
 * calls poll_watch for each wait queue whose wake-ups may change its answer, then returns what
 * holds now: linked first, looked at second, so nothing is lost.
 */
#ifndef KERNEL_FS_POLL_H
#define KERNEL_FS_POLL_H

#include "abi/linux_fs.h"
#include "kernel/core/wait.h"

struct poll_table;

/* poll_add_fn - link a waiter into q on behalf of the table's owner; an allocation that fails is
 * kept in the table's err. */
typedef void poll_add_fn(struct poll_table *pt, struct waitq *q);

struct poll_table {
    poll_add_fn *add; /* NULL once nothing more needs watching */
    int err;
};

static inline void poll_watch(struct poll_table *pt, struct waitq *q)
{
    if (pt && pt->add)
        pt->add(pt, q);
}

#endif
