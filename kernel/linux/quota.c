/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU quota: in each period all tasks together get so much CPU time, whatever CPUs they have it
 * on. A timer looks when the quota could be used up at the earliest. Then every CPU is interrupted,
 * and what it ran parks on its way back to the program until the period is over. Time that was
 * taken beyond the quota is missing in the next period.
 *
 * The timer's callback alone changes what is here; quota_wait reads spent and ends.
 */
#include "kernel/linux/quota.h"
#include "abi/errno.h"
#include "gort/timer.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/log.h"
#include "kernel/core/options.h"
#include "kernel/core/sgi.h"
#include "kernel/core/task.h"
#include "kernel/core/wait.h"

#define LOOK_NS_LEAST 500000 /* no sooner after the last look */
#define PERIOD_US_MAX 1000000u

static struct timer timer;
static int64_t quota_ns, period_ns; /* given */
static int64_t ends_ns;             /* of this period */
static int64_t budget_ns;           /* what all CPUs may have been busy for when it is used up */

/* A task that is just leaving may be counted twice, or not at all, until the next look. */
static int64_t busy_ns(void)
{
    uint64_t ticks = 0;
    for (unsigned i = 0; i < cpu_count; i++) {
        const struct task *t = __atomic_load_n(&cpus[i].task, __ATOMIC_RELAXED);
        uint64_t since = t ? __atomic_load_n(&t->running_since, __ATOMIC_RELAXED) : 0;
        ticks += __atomic_load_n(&cpus[i].busy_ticks, __ATOMIC_RELAXED);
        ticks += since ? timer_counter() - since : 0;
    }
    return clock_ticks_to_ns(ticks);
}

static void stop_everybody(void)
{
    for (unsigned i = 0; i < cpu_count; i++)
        if (__atomic_load_n(&cpus[i].online, __ATOMIC_ACQUIRE))
            irq_send(i, SGI_PREEMPT);
}

/* Periods in which nothing ran save nothing up. */
static void begin_period(int64_t now_ns, int64_t busy)
{
    int64_t debt_ns = MAX(busy - budget_ns, INT64_C(0));
    ends_ns = MAX(ends_ns + period_ns, now_ns + 1);
    budget_ns = busy - debt_ns + quota_ns;
}

static void look(void *arg)
{
    int64_t now_ns = clock_mono_ns(), busy = busy_ns();
    (void)arg;
    if (now_ns >= ends_ns)
        begin_period(now_ns, busy);
    int64_t left_ns = budget_ns - busy;
    quota_spent = left_ns <= 0;
    if (quota_spent)
        stop_everybody(); /* again at every look: whoever comes out of a call now */
    int64_t next_ns = now_ns + MAX(left_ns / (int64_t)cpu_count, (int64_t)LOOK_NS_LEAST);
    timer_set(&timer, MIN(next_ns, ends_ns));
}

void quota_wait(void)
{
    while (quota_spent) {
        struct sleeper s;
        sleeper_init(&s);
        sleeper_sleep_through(&s, MAX(ends_ns, clock_mono_ns() + LOOK_NS_LEAST));
    }
}

/* "150000 100000"; "max 100000" is none. False: it makes no sense. */
static bool parse(const char *s)
{
    uint64_t number[2] = {0};
    for (unsigned i = 0; i < 2; i++) {
        for (; *s >= '0' && *s <= '9' && number[i] <= UINT32_MAX; s++)
            number[i] = number[i] * 10 + (uint64_t)(*s - '0');
        s += *s == ' ';
    }
    quota_ns = (int64_t)number[0] * 1000;
    period_ns = (int64_t)number[1] * 1000;
    return !*s && quota_ns && period_ns && number[1] <= PERIOD_US_MAX;
}

static int quota_start(void)
{
    char text[48];
    if (!option_copy("cpu_max", text, sizeof text) || text[0] == 'm')
        return 0;
    if (!parse(text)) {
        log_warn("cpu_max=%s isn't a quota and a period", text);
        return 0;
    }
    ends_ns = clock_mono_ns() + period_ns;
    budget_ns = busy_ns() + quota_ns;
    timer_init(&timer, look, NULL);
    timer_set(&timer, clock_mono_ns() + LOOK_NS_LEAST);
    return 0;
}
BOOT_STEP(quota_start);
