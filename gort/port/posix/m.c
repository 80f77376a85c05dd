/* SPDX-License-Identifier: Apache-2.0 */
/* Ms are threads: which G a thread runs, how it sleeps and is woken. */
#include "gort/port/posix/m.h"

#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gort/port/posix/futex.h"
#include "gort/port/posix/rt.h"

/* Of a posix_m's note. A waker swaps NOTE_WOKEN in and does what the old value asks for. */
enum { NOTE_NONE, NOTE_WOKEN, NOTE_ASLEEP, NOTE_IN_POLL };

/* used: asm/tls.h names it to the assembler only, which an optimiser of the whole program can't see. */
_Thread_local struct g *gort_cur_g __attribute__((tls_model("initial-exec"), used));
_Thread_local int go_poll_word_ __attribute__((tls_model("initial-exec")));

static void g0_bounds(struct g *g0)
{
    pthread_attr_t attr;
    void *lo;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr) != 0)
        port_fatal("gort: a thread's stack bounds are unknown");
    pthread_attr_getstack(&attr, &lo, &size);
    pthread_attr_destroy(&attr);
    g0->stack_lo = (uintptr_t)lo;
    g0->stack_hi = (uintptr_t)lo + size;
}

void posix_m_adopt(struct m *mp)
{
    if (!mp) {
        port_setg(NULL);
        return;
    }
    g0_bounds(&mp->g0);
    mp->g0.m = mp;
    port_setg(&mp->g0);
    atomic_store(&posix_m(mp)->poll_word, &go_poll_word_);
}

/* ------------------------------------------------------------------ sleep */

static bool note_begin(struct posix_m *pm, uint32_t how)
{
    uint32_t none = NOTE_NONE;
    return atomic_compare_exchange_strong(&pm->note, &none, how);
}

void posix_note_sleep(struct posix_m *pm, int64_t deadline_ns)
{
    if (note_begin(pm, NOTE_ASLEEP))
        futex_wait(&pm->note, NOTE_ASLEEP, deadline_ns);
    atomic_exchange(&pm->note, NOTE_NONE);
}

static void sleep_in_poll(struct posix_m *pm, int64_t deadline_ns)
{
    if (note_begin(pm, NOTE_IN_POLL) && netpoll_run(deadline_ns) > 0)
        sysmon_note_running();
    atomic_exchange(&pm->note, NOTE_NONE);
    netpoll_unclaim();
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    struct posix_m *pm = posix_m(mp);
    if (atomic_load(&rt.stopping))
        return;
    if (deadline_ns != INT64_MAX && clock_jump(deadline_ns))
        return;
    if (netpoll_active() && netpoll_claim())
        sleep_in_poll(pm, deadline_ns);
    else
        posix_note_sleep(pm, deadline_ns);
}

void port_m_wake(struct m *mp)
{
    struct posix_m *pm = posix_m(mp);
    uint32_t was = atomic_exchange(&pm->note, NOTE_WOKEN);
    if (was == NOTE_ASLEEP)
        futex_wake(&pm->note);
    else if (was == NOTE_IN_POLL)
        netpoll_break();
    sysmon_note_running();
}

bool port_poll(void)
{
    if (UNLIKELY(atomic_load_explicit(&rt.stopping, memory_order_relaxed)))
        m_stop(port_getm());
    sysmon_note_running();
    return netpoll_active() && netpoll_run(0) > 0;
}

/* ------------------------------------------------------------------ the rest of port.h */

void port_timer_set(int64_t deadline_ns)
{
    sysmon_deadline(deadline_ns);
}

/* What is set here may meet the next G instead: that one then yields early, which does no harm. */
void port_preempt(struct m *mp)
{
    struct g *gp = own_load(&mp->curg);
    if (gp) {
        atomic_store_explicit(&gp->stackguard0, STACK_PREEMPT, memory_order_relaxed);
        atomic_store_explicit(&gp->preempt, 1, memory_order_release);
    }
    atomic_store_explicit(&mp->need_resched, true, memory_order_relaxed);
    int *word = atomic_load(&posix_m(mp)->poll_word);
    if (word)
        __atomic_store_n(word, 1, __ATOMIC_RELAXED);
}

void go_poll_slow_(void)
{
    __atomic_store_n(&go_poll_word_, 0, __ATOMIC_RELAXED);
    if (go_self())
        g_preempted();
}

/* A lock's holder may have lost its CPU: give ours away now and then. */
void port_relax(void)
{
    static _Thread_local unsigned turns;
    if (++turns % 64 == 0)
        sched_yield();
}

void port_nap(void)
{
    const struct timespec little = {.tv_nsec = 3000};
    nanosleep(&little, NULL);
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
