/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for several descriptors at once: what poll and select have in common. */
#ifndef KERNEL_LINUX_POLLSET_H
#define KERNEL_LINUX_POLLSET_H

#include "abi/linux_fs.h"
#include "kernel/core/wait.h"

struct pollset {
    struct linux_pollfd *fds; /* to be filled by the caller */
    unsigned count;
    struct linux_pollfd small[8];
};

/* pollset_init - room for n descriptors. -ENOMEM. pollset_done frees. */
int pollset_init(struct pollset *s, uint64_t n) MUST_CHECK;
void pollset_done(struct pollset *s);

/* pollset_wait - fill revents; sleep until one is not 0, the deadline (0: don't sleep) or a signal.
 * How many aren't 0; -ENOMEM, -ERESTARTSYS. */
long pollset_wait(struct pollset *s, int64_t deadline_ns) MUST_CHECK;

#endif
