/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/task.h"
#include "abi/errno.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/sgi.h"

struct task *task_self(void)
{
    return cpu_self()->task;
}

static void task_begin(void *arg)
{
    struct task *t = arg;
    if (t->begin)
        t->begin(t);
    arch_task_enter(task_frame(t));
}

int task_init(struct task *t, struct aspace *as, void (*dead)(struct task *))
{
    t->stack_top = kstack_alloc();
    if (!t->stack_top)
        return -ENOMEM;
    t->as = as;
    t->dead = dead;
    g_init(&t->g, (void *)kstack_bottom(t->stack_top), (void *)task_frame(t), task_begin, t);
    return 0;
}

void task_discard(struct task *t)
{
    kstack_free(t->stack_top);
}

void task_start(struct task *t)
{
    g_start(&t->g);
}

static void account(struct task *t)
{
    uint64_t ticks = timer_counter() - t->running_since;
    t->cpu_ticks += ticks;
    cpu_self()->busy_ticks += ticks;
    t->running_since = 0;
}

/* Before another CPU may run this task: its registers in memory, its time counted. */
static struct task *task_leave(void)
{
    struct cpu *cpu = cpu_self();
    struct task *t = cpu->task;
    fpu_save(&t->fpu);
    t->tls = fpu_thread_pointer();
    account(t);
    return t;
}

void task_exit(void)
{
    struct cpu *cpu = cpu_self();
    struct task *t = cpu->task;
    account(t);
    g_exit();
}

void task_park(bool (*unlockf)(struct g *, void *), void *arg, uint8_t reason)
{
    task_leave();
    g_park(unlockf, arg, reason);
}

void task_yield(void)
{
    task_leave();
    g_yield();
}

void task_preempted(void)
{
    task_leave();
    g_preempted();
}

void task_set_work(struct task *t, uint32_t bits)
{
    __atomic_fetch_or(&t->work, bits, __ATOMIC_SEQ_CST);
}

void task_clear_work(struct task *t, uint32_t bits)
{
    __atomic_fetch_and(&t->work, ~bits, __ATOMIC_SEQ_CST);
}

void task_interrupt(struct task *t)
{
    spin_lock(&t->sleep_lock);
    if (t->sleeper)
        sleeper_wake(t->sleeper);
    spin_unlock(&t->sleep_lock);
    /* A stale answer costs one interrupt or comes from a task that is entering the kernel anyway.
     */
    struct m *mp = __atomic_load_n(&t->g.m, __ATOMIC_RELAXED);
    if (mp && mp != port_getm())
        irq_send(container_of(mp, struct cpu, m)->index, SGI_WAKE);
}

int64_t task_cpu_ns(const struct task *t)
{
    uint64_t since = t->running_since;
    return clock_ticks_to_ns(t->cpu_ticks + (since ? timer_counter() - since : 0));
}
