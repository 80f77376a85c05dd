/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler: Ms run Gs, a P is the right to do so and owns a run queue and a timer heap. See
 * port.h for what a port provides.
 *
 * Unless a contract says otherwise a function may be called by a G, on a g0 or from a kernel
 * interrupt handler that interrupted EL0 or port_m_sleep.
 */
#ifndef GORT_SCHED_H
#define GORT_SCHED_H

#include "gort/g.h"
#include "gort/port.h"
#include "gort/runq.h"
#include "gort/timer.h"

#ifndef GORT_MAX_PROCS
#define GORT_MAX_PROCS 64 /* a mask of Ps is a uint64_t; a port may compile in less */
#endif

#define GFREE_MAX      128 /* dead Gs that a P keeps; as many as it starts before it gives way */
#define SCHED_SLICE_NS 10000000 /* how long a G may run while others wait on its P */
#define SCHED_WAKE_GRAIN_NS \
    1000000 /* a running G older than this yields to one that was just woken */

struct p {
    uint32_t id;
    _Atomic uint32_t schedtick;   /* slices begun */
    _Atomic uint32_t picks_left;  /* until the next look at more than the ring */
    bool slice_armed;             /* the timer is set for slice_end_ns */
    _Atomic(struct m *) m;        /* the M that owns it, NULL before its M came */
    int64_t run_since_ns;         /* coarse clock: when the current slice began */
    uint64_t goid_next, goid_end; /* numbers for Gs started here */
    _Atomic int64_t live;         /* Gs started here less Gs ended here */
    struct runq runq;             /* Gs that may run anywhere */
    struct gqueue bound;          /* Gs with an allowed mask, this P in it */
    struct timer_heap timers;
    int64_t slice_end_ns;
    uint32_t slice_tick;     /* schedtick when the watched slice was seen first */
    _Atomic uint32_t sleeps; /* times that its M went to sleep */
#ifndef GORT_SMALL
    /* Dead Gs for the next to start, the hottest last. Not a list through them: the next one would
     * be known only after a look at one that may be cold. */
    uint32_t ngfree;
    struct g *gfree[GFREE_MAX];
#endif
};

struct m {
    struct g g0;              /* the scheduler's own context, on this M's first stack */
    struct p *p;              /* what it owns; the kernel's never changes */
    _Atomic(struct g *) curg; /* the user G it runs, or NULL */
    union {
        struct {
            _Atomic bool need_resched; /* curg should yield */
            _Atomic bool
                tick_due; /* call sched_tick before the next G; set by other Ms of a host */
        };
        _Atomic uint32_t attention; /* either of them */
    };
    bool spinning; /* counted among the Ms that look for work */
    bool asleep;   /* inside port_m_sleep; read and written by this M and its interrupts */
    uint32_t id;
    uint32_t locks;  /* > 0: no preemption from outside */
    uint32_t random; /* xorshift state of the steal order */
#ifndef GORT_SMALL
    bool saw_pair; /* in its last search: a runnext that its P was about to run */
    uint32_t naps; /* since it found something */
#endif
    _Atomic(struct timer *) timer_running;
    void *port; /* the port's own */
#ifdef GORT_SAN
    void *san_fiber; /* of a G that has ended on this M */
#endif
};

/*
 * sched_init - start with nprocs Ps (1..GORT_MAX_PROCS) and bind m0, the calling M, to P 0. Call
 * once, before anything else here. port_getm() must return m0 and port_getg() &m0->g0 from then on.
 */
void sched_init(unsigned nprocs, struct m *m0);

/* m_bind - make mp the owner of P `index`, before mp's m_main. port_getm/port_getg on that M must
 * return mp and &mp->g0. */
void m_bind(struct m *mp, unsigned index);

/* m_main - run Gs on mp for ever, on the calling stack, which becomes g0's. */
void m_main(struct m *mp) NORETURN;

/* m_run - like m_main, but returns on this stack when the M was told to stop (m_stop). */
void m_run(struct m *mp);

/* m_stop - on g0: leave this M's m_run. */
void m_stop(struct m *mp) NORETURN;

/*
 * g_init - make gp, memory of the caller's, a G in GIDLE that will call fn(arg) on the stack
 * [stack_lo, stack_hi). The memory must stay readable until port_g_dead got it back.
 * g_set_allowed and the extension fields may be used before g_start.
 */
void g_init(struct g *gp, void *stack_lo, void *stack_hi, void (*fn)(void *), void *arg);

/* g_again - the same for memory that was a G on the same stack before and has ended: fn and arg
 * stay, and so do fields that only ports use. */
void g_again(struct g *gp);

/* g_start - GIDLE -> GRUNNABLE: gp is queued on this P, first to run when this G gives way, and an
 * idle M is woken. */
void g_start(struct g *gp);

/* g_start_unlisted - the same for a G that sched_foreach need not see, for ports that have a list
 * of their own. */
void g_start_unlisted(struct g *gp);

/*
 * g_ready - GWAITING -> GRUNNABLE: gp is queued and an idle M is woken if there is one; else the
 * current G's slice is limited. The caller must be the only one that wakes gp. It may come before
 * gp has fully parked: it waits for that (another M is on its way there).
 */
void g_ready(struct g *gp);

/*
 * g_park - GRUNNING -> GWAITING and run something else until g_ready. With unlockf, unlockf(gp,
 * arg) is called on g0 once gp can be woken; it gives up the lock that guards the wake-up
 * (spinlocks only, no parking). When it returns false gp doesn't park but goes on at once. A G
 * only; not from an interrupt.
 */
void g_park(bool (*unlockf)(struct g *, void *), void *arg, uint8_t reason);

/* g_park_unlock - g_park of the calling G gp; `lock`, which it holds and which guards the wake-up,
 * is given up once gp can be woken. */
void g_park_unlock(struct g *gp, struct spin *lock, uint8_t reason);

/* g_yield - to the tail of the queue. A G only. */
void g_yield(void);

/* g_preempted - g_yield through GPREEMPTED, for a G that was asked to yield. */
void g_preempted(void);

/* g_exit - end the calling G. */
void g_exit(void) NORETURN;

/*
 * g_set_allowed - restrict gp to the Ps in mask (bits of Ps that exist; at least one). A queued G
 * is moved when it is next looked at, a running one gives way soon. -EINVAL when no bit names a P.
 */
int g_set_allowed(struct g *gp, uint64_t mask);

/*
 * sched_tick - run this P's due timers, end an expired slice, program the next event. Kernel: on
 * each timer interrupt. now_ns is port_now_ns().
 */
void sched_tick(int64_t now_ns);

/* sched_preempt - ask the G that runs on this M to yield at the next safe point; for port_preempt's
 * receiving end. */
void sched_preempt(void);

/* sched_work_waits - whether pp has Gs in its queues, or the global queue has. A hint, from any M.
 */
bool sched_work_waits(struct p *pp);

/* sched_perturb - from now on order queues and cut slices by each M's pseudo-random numbers, which
 * start from seed; 0: don't. Tests only. */
void sched_perturb(uint64_t seed);

/* sched_need_resched - whether the running G should yield now (with g_preempted). */
static inline bool sched_need_resched(void)
{
    return atomic_load_explicit(&port_getm()->need_resched, memory_order_relaxed);
}

/* sched_foreach - fn(gp, arg) for every G between g_start and its end, under the list's lock: fn
 * must not park, start or wake. */
void sched_foreach(void (*fn)(struct g *, void *), void *arg);

/* sched_p - P `index`; sched_nprocs - how many there are. */
struct p *sched_p(unsigned index);
unsigned sched_nprocs(void);

/* m_random - the next of mp's pseudo-random numbers. This M only. */
uint32_t m_random(struct m *mp);

/* sched_started - about how many Gs were ever started (numbers come in lots). */
uint64_t sched_started(void);

/* sched_live - Gs between g_start and their end. */
uint64_t sched_live(void);

/* Between the core's files and ports. */
void live_reset(void);
void sched_timer_add(struct timer *t, int64_t when_ns);
void sched_enqueue(struct m *mp, struct g *gp, bool next); /* mp: this M, NULL outside any */
bool sched_global_has(uint64_t mask);
void schedule(struct m *mp) NORETURN;
void mcall(void (*fn)(struct g *));
void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *));
void gort_gogo(struct gobuf *buf) NORETURN;
void gort_entry(void);
void gort_systemstack(void (*fn)(void *), void *arg, uintptr_t sp);
void gort_g_main(struct g *gp) NORETURN;
void park_unlock_on_g0(struct g *gp);

#endif
