/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. Monotonic time counts from the kernel's start, begins at 1 ns at the earliest and is the
 * same on all CPUs; real time is monotonic time plus an offset read from the RTC at boot and
 * changed by clock_settime. Programs read both through the vDSO with the same arithmetic
 * (kernel/linux/vdso/data.h).
 */
#ifndef KERNEL_CORE_CLOCK_H
#define KERNEL_CORE_CLOCK_H

#include "lib/types.h"

#define NS_PER_SEC INT64_C(1000000000)

/* clock_init - start monotonic time at the counter value `base_ticks`. Boot CPU, once. */
void clock_init(uint64_t base_ticks);

/* clock_mono_ns - nanoseconds since the clock was set going. clock_real_ns - since 1970. Any
 * context. */
int64_t clock_mono_ns(void);
int64_t clock_real_ns(void);

/* clock_real_offset_ns - real minus monotonic, never negative. clock_set_real: real time is now
 * `real_ns`. 0; -EINVAL: the machine would have been started before 1970, or, as on Linux, within
 * decades of the end of time (here 36 years, there 30). */
int64_t clock_real_offset_ns(void);
int clock_set_real(int64_t real_ns) MUST_CHECK;

/* clock_ticks_at - the counter value at which monotonic time is `mono_ns` or a little later;
 * UINT64_MAX for INT64_MAX. */
uint64_t clock_ticks_at(int64_t mono_ns);

/* clock_timebase - the arithmetic of monotonic time, for the vDSO's data page. */
struct timebase;
const struct timebase *clock_timebase(void);

/* clock_ticks_to_ns - a number of counter ticks as nanoseconds. */
int64_t clock_ticks_to_ns(uint64_t ticks);

#endif
