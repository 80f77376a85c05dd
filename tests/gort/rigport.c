/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest port on threads: no netpoll, no sysmon, no hand-off. */
#include "tests/gort/rigport.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { NOTE_NONE, NOTE_WOKEN, NOTE_ASLEEP };

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
    struct rig_m *pm = rig_m(mp);
    uint32_t none = NOTE_NONE;
    if (atomic_compare_exchange_strong(&pm->note, &none, NOTE_ASLEEP))
        os_wait(&pm->note, NOTE_ASLEEP, deadline_ns);
    atomic_exchange(&pm->note, NOTE_NONE);
}

void port_m_wake(struct m *mp)
{
    struct rig_m *pm = rig_m(mp);
    if (atomic_exchange(&pm->note, NOTE_WOKEN) == NOTE_ASLEEP)
        os_wake(&pm->note);
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

/* A lock's holder may have lost its CPU: give ours away now and then. */
void port_relax(void)
{
    static __thread unsigned turns;
    if (++turns % 64 == 0)
        os_yield();
}

void port_nap(void)
{
    port_relax();
}

void port_fatal(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
