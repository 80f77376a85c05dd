/* SPDX-License-Identifier: Apache-2.0 */
/* Times and clocks as the Linux system calls pass them on 64-bit machines. */
#ifndef ABI_LINUX_TIME_H
#define ABI_LINUX_TIME_H

#include "lib/types.h"

#define NSEC_PER_SEC INT64_C(1000000000)

struct linux_timespec {
    int64_t tv_sec;
    int64_t tv_nsec;
};

struct linux_timeval {
    int64_t tv_sec;
    int64_t tv_usec;
};

struct linux_itimerspec {
    struct linux_timespec it_interval;
    struct linux_timespec it_value;
};

struct linux_itimerval {
    struct linux_timeval it_interval;
    struct linux_timeval it_value;
};

enum linux_clock {
    LINUX_CLOCK_REALTIME = 0,
    LINUX_CLOCK_MONOTONIC = 1,
    LINUX_CLOCK_PROCESS_CPUTIME_ID = 2,
    LINUX_CLOCK_THREAD_CPUTIME_ID = 3,
    LINUX_CLOCK_MONOTONIC_RAW = 4,
    LINUX_CLOCK_REALTIME_COARSE = 5,
    LINUX_CLOCK_MONOTONIC_COARSE = 6,
    LINUX_CLOCK_BOOTTIME = 7,
    LINUX_CLOCK_REALTIME_ALARM = 8,
    LINUX_CLOCK_BOOTTIME_ALARM = 9,
    LINUX_CLOCK_TAI = 11,
};

enum linux_timer_flags {
    LINUX_TIMER_ABSTIME = 1,
    LINUX_TFD_TIMER_CANCEL_ON_SET = 2,
};

_Static_assert(sizeof(struct linux_timespec) == 16, "timespec layout");
_Static_assert(sizeof(struct linux_itimerspec) == 32, "itimerspec layout");

#endif
