/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nobody takes interrupts in the kernel, so a CPU that loops there answers nobody. Every few
 * seconds the others are sent one; who hasn't taken any until the next time is reported, once. With
 * a single CPU it is the launcher that notices, when it asks (LINK_DUMP).
 */
#include "gort/timer.h"
#include "kernel/arch/irq.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/log.h"
#include "kernel/core/optional.h"
#include "kernel/core/sgi.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"

#define PERIOD_NS (5 * NS_PER_SEC)

static struct timer timer;

/* Of each CPU: the interrupts it had taken when it was looked at last, and whether it was told of.
 */
static struct {
    uint64_t interrupts;
    bool asked, reported;
} seen[CPU_MAX];

static void report(const struct cpu *cpu)
{
    struct task *t = cpu->task;
    int64_t nr = t && cpu->g == &t->g ? task_frame(t)->syscall : NO_SYSCALL;
    const char *name = nr >= 0 ? syscall_name((uint64_t)nr) : NULL;
    log_err("CPU %u has been in the kernel for %d seconds, in %s of thread %u: this is a bug of "
            "mazboot",
            cpu->index, (int)(PERIOD_NS / NS_PER_SEC), name ? name : "no system call",
            t ? t->id : 0);
}

static void look(unsigned i)
{
    uint64_t now = __atomic_load_n(&cpus[i].interrupts, __ATOMIC_RELAXED);
    bool still = seen[i].asked && now == seen[i].interrupts;
    if (still && !seen[i].reported)
        report(&cpus[i]);
    seen[i].reported = still;
    seen[i].interrupts = now;
    seen[i].asked = true;
    irq_send(i, SGI_WAKE);
}

static void on_time(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < cpu_count; i++)
        if (cpus[i].online && &cpus[i] != cpu_self())
            look(i);
    timer_set(&timer, clock_mono_ns() + PERIOD_NS);
}

static int watchdog_start(void)
{
    if (cpu_count == 1)
        return 0;
    timer_init(&timer, on_time, NULL);
    timer_set(&timer, clock_mono_ns() + PERIOD_NS);
    return 0;
}
BOOT_STEP(watchdog_start);
