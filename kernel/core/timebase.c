/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/core/timebase.h: choosing the factors, and the way back. */
#include "kernel/core/timebase.h"
#include "kernel/core/clock.h"

#define FAR_NS (UINT64_C(1) << 60)

/* high * 2^64 / divisor, for high < divisor < 2^48, 16 bits at a time: the compiler's 128-bit
 * division is a library call. */
static uint64_t divide_scaled(uint64_t high, uint64_t divisor)
{
    uint64_t quotient = 0, rest = high;
    for (unsigned i = 0; i < 4; i++) {
        rest <<= 16;
        quotient = quotient << 16 | rest / divisor;
        rest %= divisor;
    }
    return quotient;
}

static struct scale scale_make(uint64_t numerator, uint64_t denominator)
{
    uint64_t shift = 0;
    while (denominator << shift <= numerator)
        shift++;
    return (struct scale){.mult = divide_scaled(numerator, denominator << shift), .shift = shift};
}

void timebase_init(struct timebase *t, uint64_t frequency_hz, uint64_t base_ticks)
{
    t->base_ticks = base_ticks;
    t->to_ns = scale_make(NS_PER_SEC, frequency_hz);
    t->to_ticks = scale_make(frequency_hz, NS_PER_SEC);
}

uint64_t timebase_ticks(const struct timebase *t, uint64_t ns)
{
    if (ns > FAR_NS)
        return UINT64_MAX;
    /* Both directions round down: once or twice round the loop. */
    uint64_t ticks = scale_apply(&t->to_ticks, ns);
    while (scale_apply(&t->to_ns, ticks) < ns)
        ticks++;
    return t->base_ticks + ticks;
}
