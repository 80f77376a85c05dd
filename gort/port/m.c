/* SPDX-License-Identifier: Apache-2.0 */
/* Ms are threads: how one sleeps, is woken and asked to give way. */
#include "gort/port/note.h"

_Thread_local int go_poll_word_ GO_POLL_WORD_MODEL_;

void host_m_adopt(struct m *mp)
{
    if (!mp) {
        port_setg(NULL);
        return;
    }
    os_stack_bounds(&mp->g0.stack_lo, &mp->g0.stack_hi);
    mp->g0.m = mp;
    port_setg(&mp->g0);
    atomic_store(&host_m(mp)->poll_word, &go_poll_word_);
}

/* ------------------------------------------------------------------ sleep */

void host_note_sleep(struct host_m *pm, int64_t deadline_ns)
{
    note_sleep(&pm->note, deadline_ns);
}

static void sleep_in_poll(struct host_m *pm, int64_t deadline_ns)
{
    if (note_begin(&pm->note, NOTE_IN_POLL) && netpoll_run(deadline_ns) > 0)
        sysmon_note_running();
    note_end(&pm->note);
    netpoll_unclaim();
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    struct host_m *pm = host_m(mp);
    if (atomic_load(&rt.stopping))
        return;
    if (deadline_ns != INT64_MAX && clock_jump(deadline_ns))
        return;
    if (netpoll_active() && netpoll_claim())
        sleep_in_poll(pm, deadline_ns);
    else
        host_note_sleep(pm, deadline_ns);
}

void port_m_wake(struct m *mp)
{
    struct host_m *pm = host_m(mp);
    if (note_wake(&pm->note) == NOTE_IN_POLL)
        os_poll_break();
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
    int *word = atomic_load(&host_m(mp)->poll_word);
    if (word)
        __atomic_store_n(word, 1, __ATOMIC_RELAXED);
}

/* In a blocking call and on the system stack the request stays with the M, and the next call into
 * the scheduler sees it. */
void go_poll_slow_(void)
{
    struct g *gp = go_self();
    __atomic_store_n(&go_poll_word_, 0, __ATOMIC_RELAXED);
    if (gp && gp->m->locks == 0 && hg_of(gp)->nopreempt == 0)
        g_preempted();
}

/* What -fsanitize-coverage=trace-pc calls in every basic block: a poll. Weak, so that a program may
 * have its own. */
__attribute__((weak, visibility("default"))) void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    GO_POLL();
}

/* GO_POLL of compilers without thread-local variables. */
__attribute__((visibility("default"))) void go_poll_call_(void);
void go_poll_call_(void)
{
    GO_POLL();
}

void port_nap(void)
{
    os_nap(3000);
}

void go_nopreempt_begin(void)
{
    struct g *gp = go_self();
    if (!gp)
        return;
    hg_of(gp)->nopreempt++;
    gp->unusual |= G_PORT; /* it may end without the other call */
}

void go_nopreempt_end(void)
{
    struct g *gp = go_self();
    if (gp)
        hg_of(gp)->nopreempt--;
}
