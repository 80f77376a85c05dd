/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks as programs read them: this runs in the program, at EL0, on whatever stack it has.
 * Clocks that are the kernel's own business (CPU time) go on as system calls. The same arithmetic
 * as kernel/core/clock.c (kernel/core/timebase.h).
 */
#include "abi/linux_time.h"
#include "kernel/linux/vdso/user.h"

enum { NR_CLOCK_GETTIME = 113, NR_CLOCK_GETRES = 114 };

struct timezone {
    int32_t minutes_west, dst;
};

#define BIT(clock) (1u << (clock))
#define MONOTONIC_CLOCKS                                           \
    (BIT(LINUX_CLOCK_MONOTONIC) | BIT(LINUX_CLOCK_MONOTONIC_RAW) | \
     BIT(LINUX_CLOCK_MONOTONIC_COARSE) | BIT(LINUX_CLOCK_BOOTTIME))
#define WALL_CLOCKS \
    (BIT(LINUX_CLOCK_REALTIME) | BIT(LINUX_CLOCK_REALTIME_COARSE) | BIT(LINUX_CLOCK_TAI))

EXPORT int __kernel_clock_gettime(int clock, struct linux_timespec *ts);
EXPORT int __kernel_gettimeofday(struct linux_timeval *tv, struct timezone *tz);
EXPORT int __kernel_clock_getres(int clock, struct linux_timespec *res);

/* Nanoseconds of a clock that is in one of the sets. The counter must not be read ahead of what the
 * program did before. */
static inline uint64_t clock_ns(const struct vdso_data *d, unsigned clock)
{
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
    return scale_apply(&d->to_ns, ticks - d->base_ticks) +
           (uint64_t)__atomic_load_n(&d->offset_ns[clock], __ATOMIC_RELAXED);
}

static inline bool clock_in(int clock, uint32_t set)
{
    return (unsigned)clock < VDSO_CLOCKS && set >> clock & 1;
}

int __kernel_clock_gettime(int clock, struct linux_timespec *ts)
{
    if (UNLIKELY(!clock_in(clock, MONOTONIC_CLOCKS | WALL_CLOCKS)))
        return (int)system_call(NR_CLOCK_GETTIME, clock, (long)ts, 0);
    const struct vdso_data *d = shared();
    uint64_t ns = clock_ns(d, (unsigned)clock);
    uint64_t s = vdso_seconds(d, ns);
    ts->tv_sec = (int64_t)s;
    ts->tv_nsec = (int64_t)(ns - s * NSEC_PER_SEC);
    return 0;
}

int __kernel_gettimeofday(struct linux_timeval *tv, struct timezone *tz)
{
    if (tv) {
        uint64_t us = clock_ns(shared(), LINUX_CLOCK_REALTIME) / 1000;
        tv->tv_sec = (int64_t)(us / 1000000);
        tv->tv_usec = (int64_t)(us % 1000000);
    }
    if (tz)
        *tz = (struct timezone){0, 0};
    return 0;
}

int __kernel_clock_getres(int clock, struct linux_timespec *res)
{
    if (!clock_in(clock, MONOTONIC_CLOCKS | WALL_CLOCKS))
        return (int)system_call(NR_CLOCK_GETRES, clock, (long)res, 0);
    if (res)
        *res = (struct linux_timespec){0, 1};
    return 0;
}
