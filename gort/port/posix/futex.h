/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting on a word, with an absolute deadline of the monotonic clock. */
#ifndef GORT_PORT_POSIX_FUTEX_H
#define GORT_PORT_POSIX_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* futex_wait - sleep while *word == value, until deadline_ns (INT64_MAX: for ever); may return
 * early. */
static inline void futex_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns)
{
    struct timespec ts = {deadline_ns / 1000000000, deadline_ns % 1000000000};
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value,
            deadline_ns == INT64_MAX ? NULL : &ts, NULL, FUTEX_BITSET_MATCH_ANY);
}

static inline void futex_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

#endif
