/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From counter ticks to nanoseconds, written once for the kernel's clock and the vDSO, so that both
 * give the same value bit for bit.
 *
 * ns = ((ticks - base) << shift) * mult / 2^64, with mult = 10^9 * 2^(64 - shift) / frequency and
 * the smallest shift for which it fits 64 bits: two instructions, and off by less than 2 ns in 292
 * years, for every frequency from 1 MHz to 4 GHz. The way back is made alike.
 */
#ifndef KERNEL_CORE_TIMEBASE_H
#define KERNEL_CORE_TIMEBASE_H

#include "lib/types.h"

/* A fraction, as a factor for scale_apply. */
struct scale {
    uint64_t mult;
    uint64_t shift;
};

struct timebase {
    uint64_t base_ticks; /* the counter at monotonic time 0 */
    struct scale to_ns;
    struct scale to_ticks;
};

/* scale_apply - value times the fraction, rounded down (or one less); value << shift must fit 64
 * bits. */
static inline uint64_t scale_apply(const struct scale *s, uint64_t value)
{
    return (uint64_t)(((unsigned __int128)(value << s->shift) * s->mult) >> 64);
}

static inline uint64_t timebase_ns(const struct timebase *t, uint64_t ticks)
{
    return scale_apply(&t->to_ns, ticks - t->base_ticks);
}

/* timebase_init - for a counter of frequency_hz (not 0) that reads base_ticks at monotonic time 0.
 */
void timebase_init(struct timebase *t, uint64_t frequency_hz, uint64_t base_ticks);

/* timebase_ticks - a counter value at which timebase_ns gives at least ns, at most two ticks late:
 * for programming the timer. UINT64_MAX: never, since that is further away than 2^60 ns (36 years).
 */
uint64_t timebase_ticks(const struct timebase *t, uint64_t ns);

#endif
