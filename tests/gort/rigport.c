/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest port on threads, with port/fatal.c: no netpoll, no sysmon, no hand-off. */
#include "tests/gort/rigport.h"

#include "gort/port/note.h"

static __thread struct m *cur_m;
static __thread struct g *cur_g;

/* Out of line and opaque: an address of a thread-local that a caller keeps across a switch is
 * another thread's. */
__attribute__((noinline)) struct g *port_getg(void)
{
    __asm__ volatile("");
    return cur_g;
}

__attribute__((noinline)) void port_setg(struct g *gp)
{
    __asm__ volatile("");
    cur_g = gp;
}

__attribute__((noinline)) struct m *port_getm(void)
{
    __asm__ volatile("");
    return cur_m;
}

static void adopt(struct m *mp)
{
    cur_m = mp;
    cur_g = &mp->g0;
    os_stack_bounds(&mp->g0.stack_lo, &mp->g0.stack_hi);
}

int64_t port_now_ns(void)
{
    return os_now_ns();
}

int64_t port_coarse_ns(void)
{
    return 0;
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    note_sleep(&rig_m(mp)->note, deadline_ns);
}

void port_m_wake(struct m *mp)
{
    note_wake(&rig_m(mp)->note);
}

static void *m_thread(void *arg)
{
    struct m *mp = arg;
    os_thread_begin();
    adopt(mp);
    m_run(mp);
    return NULL;
}

int port_m_start(struct m *mp)
{
    return os_thread_start(&rig_m(mp)->thread, m_thread, mp);
}

void port_timer_set(int64_t deadline_ns)
{
    (void)deadline_ns;
}

void port_execute(struct g *gp)
{
    (void)gp;
}

void port_preempt(struct m *mp)
{
    atomic_store_explicit(&mp->need_resched, true, memory_order_relaxed);
}

void port_nap(void)
{
    port_relax();
}
