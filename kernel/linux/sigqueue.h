/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pending signals: a mask and, in order of arrival, what came with them. A standard signal is
 * pending once at most; real-time signals queue. When memory is short the signal stays pending
 * without its details, as on Linux. The owner's lock guards it.
 */
#ifndef KERNEL_LINUX_SIGQUEUE_H
#define KERNEL_LINUX_SIGQUEUE_H

#include "abi/linux_signal.h"
#include "lib/list.h"

struct sigqueue {
    uint64_t mask;     /* bit sig - 1 */
    struct list infos; /* struct sigqueue_entry */
};

#define SIG_BIT(sig) (UINT64_C(1) << ((sig)-1))

void sigqueue_init(struct sigqueue *q);

/* sigqueue_put - make info->signo pending; false when it was already and doesn't queue. A timer's
 * signal is queued once: one that comes while it is pending adds to its overrun
 * (timer_getoverrun(2)). */
bool sigqueue_put(struct sigqueue *q, const struct linux_siginfo *info);

/* sigqueue_take - the signal in `want` that goes first (faults, then the lowest number) into *info.
 * False: none of them is pending. */
bool sigqueue_take(struct sigqueue *q, uint64_t want, struct linux_siginfo *info);

/* sigqueue_drop - forget the signals in `mask`. */
void sigqueue_drop(struct sigqueue *q, uint64_t mask);

#endif
