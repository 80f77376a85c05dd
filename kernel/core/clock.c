/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/clock.h"
#include "abi/errno.h"
#include "kernel/arch/timer.h"
#include "kernel/core/timebase.h"

static struct timebase timebase;
static int64_t real_offset_ns;

void clock_init(uint64_t base_ticks)
{
    /* one tick earlier, so that the first reading is not 0: Go takes 0 for a broken clock */
    timebase_init(&timebase, timer_frequency_hz(), base_ticks - 1);
}

const struct timebase *clock_timebase(void)
{
    return &timebase;
}

int64_t clock_mono_ns(void)
{
    return (int64_t)timebase_ns(&timebase, timer_counter());
}

int64_t clock_real_offset_ns(void)
{
    return __atomic_load_n(&real_offset_ns, __ATOMIC_RELAXED);
}

int64_t clock_real_ns(void)
{
    return clock_mono_ns() + clock_real_offset_ns();
}

int clock_set_real(int64_t real_ns)
{
    uint64_t offset = (uint64_t)real_ns - (uint64_t)clock_mono_ns();
    if (offset >> 60 > 6)
        return -EINVAL;
    __atomic_store_n(&real_offset_ns, (int64_t)offset, __ATOMIC_RELAXED);
    return 0;
}

uint64_t clock_ticks_at(int64_t mono_ns)
{
    if (mono_ns == INT64_MAX)
        return UINT64_MAX;
    return timebase_ticks(&timebase, mono_ns < 0 ? 0 : (uint64_t)mono_ns);
}

int64_t clock_ticks_to_ns(uint64_t ticks)
{
    return (int64_t)timebase_ns(&timebase, timebase.base_ticks + ticks);
}
