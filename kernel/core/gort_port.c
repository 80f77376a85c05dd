/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler's port to this kernel: an M is a CPU, a G is a task. See gort/port.h for the
 * contracts. Inter-processor interrupts: SGI_WAKE ends a sleep or makes a CPU look at its task's
 * work on the way out; SGI_PREEMPT asks for a switch.
 */
#include "gort/port.h"
#include "kernel/arch/irq.h"
#include "kernel/arch/timer.h"
#include "kernel/core/aspace.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/panic.h"
#include "kernel/core/sgi.h"
#include "kernel/core/task.h"
#include "kernel/core/trace.h"

static struct cpu *cpu_of(struct m *mp)
{
    return container_of(mp, struct cpu, m);
}

struct g *port_getg(void)
{
    return cpu_self()->g;
}

void port_setg(struct g *gp)
{
    cpu_self()->g = gp;
}

struct m *port_getm(void)
{
    return &cpu_self()->m;
}

int64_t port_now_ns(void)
{
    return clock_mono_ns();
}

/* Nanoseconds at the common 62.5 MHz, and of the same order elsewhere: the core compares it with
 * its wake grain only. */
int64_t port_coarse_ns(void)
{
    return (int64_t)(timer_counter() << 4);
}

bool port_poll(void)
{
    return false;
}

void port_timer_set(int64_t deadline_ns)
{
    if (deadline_ns == INT64_MAX)
        timer_hw_clear();
    else
        timer_hw_set(clock_ticks_at(deadline_ns));
}

/* An SGI that arrives between the look at wake_pending and WFI is pending then, and WFI returns at
 * once. */
void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    struct cpu *cpu = cpu_of(mp);
    trace_detail(TRACE_SWITCH, 0);
    if (!__atomic_exchange_n(&cpu->wake_pending, false, __ATOMIC_SEQ_CST)) {
        port_timer_set(deadline_ns);
        cpu_wait();
        __atomic_store_n(&cpu->wake_pending, false, __ATOMIC_SEQ_CST);
    }
    irq_handle();
}

void port_m_wake(struct m *mp)
{
    struct cpu *cpu = cpu_of(mp);
    __atomic_store_n(&cpu->wake_pending, true, __ATOMIC_SEQ_CST);
    if (cpu != cpu_self())
        irq_send(cpu->index, SGI_WAKE);
}

int port_m_start(struct m *mp)
{
    panic("CPU %u was to be started by the scheduler", cpu_of(mp)->index);
}

/* The CPU holds what its table register points to: an address space may end while CPUs that have
 * nothing else to do are still in it. */
static COLD void activate(struct cpu *cpu, struct aspace *as)
{
    struct aspace *old = cpu->as;
    cpu->as = aspace_hold(as);
    pgtable_activate(&as->pgtable);
    if (old)
        aspace_drop(old);
}

void task_use_aspace(struct aspace *as)
{
    struct cpu *cpu = cpu_self();
    cpu->task->as = as;
    activate(cpu, as);
}

/* Registers are loaded even when t was the last one here: it may have been elsewhere since. */
void port_execute(struct g *gp)
{
    struct cpu *cpu = cpu_self();
    struct task *t = container_of(gp, struct task, g);
    cpu->switches++;
    trace_event(TRACE_SWITCH, t->id);
    t->running_since = timer_counter();
    cpu->task = t;
    if (cpu->as != t->as)
        activate(cpu, t->as);
    fpu_load(&t->fpu);
    fpu_set_thread_pointer(t->tls);
}

void port_g_dead(struct m *mp, struct g *gp)
{
    (void)mp;
    struct cpu *cpu = cpu_self();
    struct task *t = container_of(gp, struct task, g);
    cpu->task = NULL;
    kstack_free(t->stack_top);
    t->dead(t);
}

void port_preempt(struct m *mp)
{
    if (cpu_of(mp) == cpu_self())
        sched_preempt();
    else
        irq_send(cpu_of(mp)->index, SGI_PREEMPT);
}

void port_relax(void)
{
    cpu_relax();
}

void port_nap(void)
{
    cpu_relax();
}

void port_fatal(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    panic_v(fmt, ap);
}
