/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel option perturb=SEED, for tests: run queues in random order, and a random CPU's thread
 * preempted every 20 to 520 microseconds, whoever else waits.
 */
#include "gort/timer.h"
#include "kernel/arch/irq.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/optional.h"
#include "kernel/core/options.h"
#include "kernel/core/sgi.h"

#define LEAST_NS  20000
#define SPREAD_NS 500000

static struct timer timer;
static uint64_t state;

static uint32_t next(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33);
}

static void disturb(void *arg)
{
    (void)arg;
    unsigned cpu = next() % cpu_count;
    if (__atomic_load_n(&cpus[cpu].online, __ATOMIC_ACQUIRE))
        irq_send(cpu, SGI_PREEMPT);
    timer_set(&timer, clock_mono_ns() + LEAST_NS + next() % SPREAD_NS);
}

static int perturb_start(void)
{
    state = option_number("perturb", 0);
    if (!state)
        return 0;
    sched_perturb(state);
    timer_init(&timer, disturb, NULL);
    timer_set(&timer, clock_mono_ns() + LEAST_NS);
    return 0;
}
BOOT_STEP(perturb_start);
