/* SPDX-License-Identifier: Apache-2.0 */
/* Times as programs pass them. */
#ifndef KERNEL_LINUX_TIME_H
#define KERNEL_LINUX_TIME_H

#include "lib/types.h"

/* time_read_timespec - a struct timespec of the program's as nanoseconds, saturating. -EFAULT;
 * -EINVAL: negative or tv_nsec out of range. */
int time_read_timespec(vaddr_t at, int64_t *ns) MUST_CHECK;

/* time_read_deadline - the monotonic deadline of a relative struct timespec of the program's:
 * *deadline_ns is WAIT_FOREVER without one, 0 when it is not to wait. -EFAULT, -EINVAL. */
int time_read_deadline(vaddr_t timeout, int64_t *deadline_ns) MUST_CHECK;

/* time_write_timespec - the other way. 0 or -EFAULT. */
int time_write_timespec(vaddr_t at, int64_t ns) MUST_CHECK;

/* time_add - a + b, saturating at INT64_MAX - 1, so that a far deadline doesn't become
 * WAIT_FOREVER's or the past. */
int64_t time_add(int64_t a, int64_t b);

#endif
