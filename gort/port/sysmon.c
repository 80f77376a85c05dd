/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sysmon: a thread without P that watches the others. It limits slices, takes Ps from Ms that block
 * in calls, sees to timers and netpoll when every M is busy, and finds deadlocks. It sleeps longer
 * the longer nothing happens, and for ever while all Ps are idle.
 *
 * Parking: sysmon sets `parked`, then looks at the idle mask again. Whoever takes a P out of the
 * mask looks at `parked` after that: a waker in port_m_wake, an M that wakes by itself in port_poll
 * or when netpoll gave it work. Both sequentially consistent, so one of them sees the other.
 */
#include "gort/port/os.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gort/idle.h"

#define DELAY_MIN_NS (20 * GO_US)
#define DELAY_MAX_NS (10 * GO_MS)
#define QUIET_ROUNDS 50
#define IDLE_ROUNDS \
    1 /* of DELAY_MAX_NS, before it parks: an M that wakes in between needs no sysmon */
#define CALL_GRACE_NS    (20 * GO_US) /* a call shorter than this keeps its P */
#define CALL_IDLE_NS     (10 * GO_MS) /* the same when nobody wants the P */
#define DEADLOCK_LOOK_NS (2 * GO_MS)

struct watch {
    uint32_t tick, sleeps;
    uint32_t call;
    int64_t since; /* when this slice or call was first seen, or last asked to end */
    int64_t begun; /* when it was first seen; 0: it was told of */
};

static struct {
    uintptr_t thread;
    _Atomic bool stop;
    _Atomic uint32_t parked; /* futex: 1 parked for ever, 2 asleep until `next` */
    _Atomic int64_t next;
    int64_t trace_every, trace_next;
    int64_t hogs;       /* goroutines that don't give way for so long are told of; 0: none */
    uint32_t poll_runs; /* netpoll_runs(), and since when it is that */
    int64_t poll_since;
    struct watch p[GORT_MAX_PROCS];
} mon;

static uint64_t all_ps(void)
{
    unsigned n = sched_nprocs();
    return n == 64 ? UINT64_MAX : (1ull << n) - 1;
}

static bool all_idle(void)
{
    return idle_mask() == all_ps();
}

/* ------------------------------------------------------------------ waking sysmon */

void sysmon_wake(void)
{
    if (atomic_exchange(&mon.parked, 0) != 0)
        os_wake(&mon.parked);
}

void sysmon_note_running(void)
{
    if (UNLIKELY(atomic_load(&mon.parked) == 1))
        sysmon_wake();
}

void sysmon_deadline(int64_t deadline_ns)
{
    if (UNLIKELY(deadline_ns < atomic_load_explicit(&mon.next, memory_order_relaxed)))
        sysmon_wake();
}

static void sleep_as(uint32_t how, int64_t until)
{
    atomic_store(&mon.next, until);
    atomic_store(&mon.parked, how);
    if (!atomic_load(&mon.stop) && (how == 2 || all_idle()))
        os_wait(&mon.parked, how, until);
    atomic_store(&mon.parked, 0);
    atomic_store(&mon.next, INT64_MIN);
}

/* ------------------------------------------------------------------ deadlock */

static bool quiet(uint64_t *activity)
{
    *activity = 0;
    for (unsigned i = 0; i < sched_nprocs(); i++) {
        struct p *pp = sched_p(i);
        *activity += own_load(&pp->schedtick) + (uint64_t)own_load(&pp->sleeps);
        if (sched_work_waits(pp) || timer_heap_min(&pp->timers) != TIMER_NEVER)
            return false;
    }
    return all_idle() && sched_live() > 0 && atomic_load(&rt.in_block) == 0 &&
           netpoll_waiters() == 0;
}

/* Looks twice: an M that woke in between has counted that. */
static void deadlock_look(void)
{
    uint64_t before, after;
    if (!atomic_load(&rt.exits_on_deadlock) || !quiet(&before))
        return;
    sleep_as(2, clock_real() + DEADLOCK_LOOK_NS);
    if (!atomic_load(&mon.stop) && quiet(&after) && before == after &&
        atomic_load(&rt.exits_on_deadlock))
        report_deadlock();
}

/* ------------------------------------------------------------------ one round */

static bool same_slice(struct watch *w, struct p *pp, uint32_t call, int64_t now)
{
    if (w->tick == own_load(&pp->schedtick) && w->sleeps == own_load(&pp->sleeps) &&
        w->call == call)
        return true;
    *w = (struct watch){own_load(&pp->schedtick), own_load(&pp->sleeps), call, now, now};
    return false;
}

static bool watch_call(struct watch *w, struct p *pp, int64_t now)
{
    bool wanted = sched_work_waits(pp) || timer_heap_min(&pp->timers) <= now;
    if (now - w->since < (wanted ? CALL_GRACE_NS : CALL_IDLE_NS))
        return wanted;
    handoff_retake(pp->id, w->call);
    return true;
}

static bool watch_timers(struct p *pp, struct m *mp, int64_t now)
{
    if (timer_heap_min(&pp->timers) > now)
        return false;
    atomic_store_explicit(&mp->tick_due, true, memory_order_relaxed);
    idle_wake_one();
    return true;
}

static void watch_hog(struct watch *w, struct m *mp, int64_t now)
{
    if (!mon.hogs || !w->begun || now - w->begun < mon.hogs)
        return;
    atomic_store(&host_m(mp)->hogged, now - w->begun);
    w->begun = 0;
    os_tell(host_m(mp));
}

/* Something happened on P i, or should. */
static bool watch_p(unsigned i, int64_t now)
{
    struct p *pp = sched_p(i);
    struct watch *w = &mon.p[i];
    struct m *mp = atomic_load_explicit(&pp->m, memory_order_acquire);
    uint32_t call = handoff_call(i);
    if ((idle_mask() >> i & 1) || !mp || !same_slice(w, pp, call, now))
        return false;
    if (call)
        return watch_call(w, pp, now);
    bool due = watch_timers(pp, mp, now);
    if (now - w->since < SCHED_SLICE_NS)
        return due;
    w->since = now;
    if (own_load(&mp->need_resched)) {
        watch_hog(w, mp, now);
        os_preempt(host_m(mp));
    }
    port_preempt(mp);
    return true;
}

/* Ms poll when they run out of Gs; one poll of theirs finds more than many of ours would. */
static void poll_if_nobody_does(int64_t now)
{
    uint32_t runs = netpoll_runs();
    if (runs != mon.poll_runs) {
        mon.poll_runs = runs;
        mon.poll_since = now;
    }
    if (now - mon.poll_since < DELAY_MAX_NS || netpoll_waiters() == 0 || !netpoll_claim())
        return;
    netpoll_run(0);
    netpoll_unclaim();
}

static void trace(int64_t now)
{
    if (!mon.trace_every || now < mon.trace_next)
        return;
    mon.trace_next = now + mon.trace_every;
    fprintf(stderr, "gort: %lld ms: %llu goroutines, %u threads, idle %llx, queues",
            (long long)(now / GO_MS), (unsigned long long)sched_live(), atomic_load(&rt.nthreads),
            (unsigned long long)idle_mask());
    for (unsigned i = 0; i < sched_nprocs(); i++) {
        struct runq *q = &sched_p(i)->runq;
        fprintf(stderr, " %u", atomic_load(&q->tail) - atomic_load(&q->head));
    }
    fputc('\n', stderr);
}

static bool round_of_watch(void)
{
    int64_t now = clock_real();
    bool busy = false;
    poll_if_nobody_does(now);
    for (unsigned i = 0; i < sched_nprocs() && !rt.cfg.virtual_time; i++)
        busy |= watch_p(i, now);
    trace(now);
    return busy;
}

static int64_t next_look(int64_t delay)
{
    int64_t until = clock_real() + delay;
    for (unsigned i = 0; i < sched_nprocs(); i++)
        if (!(idle_mask() >> i & 1))
            until = MIN(until, timer_heap_min(&sched_p(i)->timers));
    return until;
}

/* All Ps have been idle for a while: so it is a deadlock, or nothing to do until something starts.
 */
static void park(void)
{
    deadlock_look();
    sleep_as(1, INT64_MAX);
}

static void *sysmon_main(void *arg)
{
    (void)arg;
    int64_t delay = DELAY_MIN_NS;
    unsigned quiet_rounds = 0, idle_rounds = 0;
    while (!atomic_load(&mon.stop)) {
        bool idle = all_idle();
        idle_rounds = idle ? idle_rounds + 1 : 0;
        if (idle_rounds > IDLE_ROUNDS) {
            park();
            quiet_rounds = idle_rounds = 0;
        }
        quiet_rounds = round_of_watch() ? 0 : quiet_rounds + 1;
        delay = quiet_rounds < QUIET_ROUNDS ? DELAY_MIN_NS : MIN(2 * delay, DELAY_MAX_NS);
        sleep_as(2, MAX(next_look(idle ? DELAY_MAX_NS : delay), clock_real() + DELAY_MIN_NS));
    }
    return NULL;
}

int64_t sysmon_option(const char *name)
{
    const char *s = getenv("GORTDEBUG");
    s = s ? strstr(s, name) : NULL;
    return s ? atoll(s + strlen(name)) * GO_MS : 0;
}

int sysmon_start(void)
{
    memset(mon.p, 0, sizeof(mon.p));
    mon.trace_every = sysmon_option("schedtrace=");
    mon.hogs = sysmon_option("hogs=");
    atomic_store(&mon.stop, false);
    atomic_store(&mon.next, INT64_MIN);
    return os_thread_start(&mon.thread, sysmon_main, NULL);
}

void sysmon_stop(void)
{
    atomic_store(&mon.stop, true);
    sysmon_wake();
    os_thread_join(mon.thread);
}
