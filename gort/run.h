/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path of every switch, in one piece for sched.c and park.c: queue a G, find the next, run it.
 * What is rare is out of line in sched.c.
 *
 * GORT_SMALL: schedule() exists once and is called; else each way to leave a G has its own copy.
 */
#ifndef GORT_RUN_H
#define GORT_RUN_H

#include "gort/idle.h"
#include "gort/san.h"
#include "gort/sched.h"

#define CROWD \
    (RUNQ_SLOTS / 2) /* with so many waiting behind it, a G that starts others gives way */
#define PICKS 61     /* switches between looks at the global queue while there is local work */

/* sched.c's. */
extern struct sched {
    unsigned nprocs;
    bool perturbed;
    struct gqueue global; /* overflow of the rings, and Gs made ready outside any M */
    struct p p[GORT_MAX_PROCS];
} sched;

void slice_limit(struct m *mp);
void schedule_rare(struct m *mp) NORETURN;
void schedule_elsewhere(struct m *mp) NORETURN;
void schedule_behind_rare(struct m *mp, struct g *gp) NORETURN;
void schedule_behind_next(struct m *mp, struct g *gp) NORETURN;
void enqueue_overflow(struct m *mp, struct g *gp);
void enqueued_rare(struct m *mp);
void execute_rare(struct m *mp, struct g *gp, bool inherit) NORETURN;

/* Run fn(gp), gp being the current G, on this M's g0. Returns when gp is run again, perhaps on
 * another M. */
GORT_HOT void leave(struct g *gp, void (*fn)(struct g *))
{
    struct m *mp = gp->m;
    san_leave(gp, &mp->g0);
    port_setg(&mp->g0);
    gort_mcall(gp, &mp->g0.sched, fn);
    san_arrive(gp);
}

/* g_park_unlock in place. */
GORT_HOT void park_unlock(struct g *gp, struct spin *lock, uint8_t reason)
{
    gp->park_arg = lock;
    gp->waitreason = reason;
    leave(gp, park_unlock_on_g0);
}

/* The running G may be stopped for the sake of who waits. */
GORT_HOT bool slice_is_limited(struct m *mp, struct p *pp)
{
    return pp->slice_armed &&
           (!PORT_COARSE_CLOCK || port_coarse_ns() - pp->run_since_ns <= SCHED_WAKE_GRAIN_NS ||
            !own_load(&mp->curg));
}

GORT_HOT bool picks_over(struct p *pp)
{
    own_add(&pp->picks_left, -1);
    return own_load(&pp->picks_left) == 0;
}

/* There may be more to do than to take the next G of the ring. */
GORT_HOT bool pick_is_rare(struct m *mp, struct p *pp)
{
    uint32_t asked = atomic_load_explicit(&mp->attention, memory_order_relaxed);
    return UNLIKELY((asked | gqueue_len(&pp->bound)) != 0) || UNLIKELY(picks_over(pp));
}

static inline void slice_begin(struct p *pp)
{
    own_add(&pp->schedtick, 1);
    if (PORT_COARSE_CLOCK)
        pp->run_since_ns = port_coarse_ns();
}

/* gp is GRUNNING now, and mp's. */
GORT_HOT void become(struct m *mp, struct p *pp, struct g *gp, bool inherit)
{
    gp->m = mp;
    own_store(&mp->curg, gp);
    if (!inherit)
        slice_begin(pp);
    port_execute(gp);
    port_setg(gp);
}

/* The same from g0, and gp runs. */
GORT_HOT NORETURN void enter(struct m *mp, struct p *pp, struct g *gp, bool inherit)
{
    become(mp, pp, gp, inherit);
    san_leave(&mp->g0, gp);
    gort_gogo(&gp->sched);
}

/* gp, taken from a queue, is GRUNNING now; false: a scanner holds it, or it is marked and may be
 * one that may not run here. */
GORT_HOT bool admit(struct g *gp)
{
    return !UNLIKELY(own_load(&gp->preempt)) && LIKELY(casgstatus_try(gp, GRUNNABLE, GRUNNING));
}

GORT_HOT NORETURN void execute(struct m *mp, struct p *pp, struct g *gp, bool inherit)
{
    if (!admit(gp))
        execute_rare(mp, gp, inherit);
    enter(mp, pp, gp, inherit);
}

GORT_HOT NORETURN void schedule_here(struct m *mp)
{
    struct p *pp = mp->p;
    struct g *gp;
    if (UNLIKELY(pick_is_rare(mp, pp)))
        schedule_rare(mp);
    if ((gp = runq_get_next(&pp->runq)))
        execute(mp, pp, gp, true);
    if (UNLIKELY(!(gp = runq_get_head(&pp->runq))))
        schedule_elsewhere(mp);
    execute(mp, pp, gp, false);
}

/* Field by field: clearing the whole would cost as much as the rest of a start. Registers have no
 * meaning yet; fp and return address of the first frame are gort_entry's to clear. */
GORT_HOT void renew(struct g *gp)
{
    gp->sched.sp = gp->stack_hi;
    gp->sched.pc = (uintptr_t)gort_entry;
    own_store(&gp->atomicstatus, GIDLE);
    own_store(&gp->preempt, 0);
    own_store(&gp->stackguard0, gp->stack_lo + STACK_GUARD);
    own_store(&gp->allowed, G_ALLOWED_ANY);
    san_new(gp);
}

/* Numbers come in lots, so that starting a G needs no shared counter. */
#define GOID_LOT 16
extern _Atomic uint64_t last_goid_; /* park.c's */
static inline uint64_t goids_take(uint64_t n)
{
    return atomic_fetch_add_explicit(&last_goid_, n, memory_order_relaxed) + 1;
}

static inline uint64_t goid_new(struct p *pp)
{
    if (UNLIKELY(pp->goid_next == pp->goid_end)) {
        pp->goid_next = goids_take(GOID_LOT);
        pp->goid_end = pp->goid_next + GOID_LOT;
    }
    return pp->goid_next++;
}

#ifdef GORT_SMALL
#define schedule_next schedule

static inline void enqueue_next_on(struct m *mp, struct p *pp, struct g *gp)
{
    (void)pp;
    sched_enqueue(mp, gp, true);
}

static inline void enqueue_next(struct g *self, struct g *gp)
{
    sched_enqueue(self ? self->m : NULL, gp, true);
}

static inline NORETURN void schedule_behind(struct m *mp, struct g *gp)
{
    sched_enqueue(mp, gp, false);
    schedule(mp);
}
#else
#define schedule_next schedule_here

/* Whether enqueued_rare is to be called after something was put into mp's runnext and `was` moved
 * from there into the ring. With one P nobody else could come for it. */
GORT_HOT bool is_news(struct m *mp, struct p *pp, struct g *was)
{
    return (!pp->runq.alone &&
            (UNLIKELY(idle_mask() != 0) || (was && UNLIKELY(nap_mask() != 0)))) ||
           UNLIKELY(!slice_is_limited(mp, pp));
}

/* gp, which waited or is new, runs next on pp, the P of mp, which is this M. */
GORT_HOT void enqueue_next_on(struct m *mp, struct p *pp, struct g *gp)
{
    if (UNLIKELY(!pp || g_allowed(gp) != G_ALLOWED_ANY)) {
        sched_enqueue(mp, gp, true);
        return;
    }
    if (UNLIKELY(!runq_put_next(&pp->runq, &gp))) {
        enqueue_overflow(mp, gp);
        return;
    }
    if (is_news(mp, pp, gp))
        enqueued_rare(mp);
}

/* The same when the caller is `self`, NULL outside any M. */
GORT_HOT void enqueue_next(struct g *self, struct g *gp)
{
    if (LIKELY(self != NULL))
        enqueue_next_on(self->m, self->m->p, gp);
    else
        sched_enqueue(NULL, gp, true);
}

/* gp, which ran on mp's P until now, goes behind the others there, and the first of them runs. */
GORT_HOT NORETURN void schedule_behind(struct m *mp, struct g *gp)
{
    struct p *pp = mp->p;
    uint32_t head;
    if (UNLIKELY(g_allowed(gp) != G_ALLOWED_ANY) || UNLIKELY(!pp->slice_armed) ||
        pick_is_rare(mp, pp))
        schedule_behind_rare(mp, gp);
    if (!runq_put_behind(&pp->runq, gp, &head))
        schedule_behind_next(mp, gp);
    if (pp->runq.alone)
        execute(mp, pp, runq_take_own(&pp->runq, head), false);
    struct g *next = runq_get_head(&pp->runq);
    if (UNLIKELY(!next))
        schedule_elsewhere(mp);
    execute(mp, pp, next, false);
}

/* gp, which is dead, waits for the next start on pp. A G there is as g_init left it, but for goid,
 * fn, arg, where it goes on, and marks, which cost its next life a look. */
GORT_HOT void gfree_put(struct p *pp, struct g *gp)
{
    pp->gfree[pp->ngfree++] = gp;
}

/* There is one. */
GORT_HOT struct g *gfree_get(struct p *pp)
{
    return pp->gfree[--pp->ngfree];
}

/* g_start_unlisted of gp from pp's gfree, but for its place in the queue. What a dead G keeps
 * needn't be stored again. */
GORT_HOT void begin_again(struct p *pp, struct g *gp, void (*fn)(void *), void *arg)
{
    san_stack_new((void *)gp->stack_lo, (void *)gp->stack_hi);
    san_new(gp);
    gp->sched.sp = gp->stack_hi;
    gp->sched.pc = (uintptr_t)gort_entry;
    gp->fn = fn;
    gp->arg = arg;
    gp->goid = goid_new(pp);
    own_add(&pp->live, 1);
    atomic_store_explicit(&gp->atomicstatus, GRUNNABLE, memory_order_release);
}

/* gp runs next on pp, whose ring has room at tail. True: enqueued_rare is to be called. */
GORT_HOT bool enqueue_next_roomy(struct m *mp, struct p *pp, struct g *gp, uint32_t tail)
{
    struct g *was = runq_swap_next(&pp->runq, gp);
    if (was)
        runq_put_at(&pp->runq, tail, was);
    return is_news(mp, pp, was);
}
#endif

/* g_start_unlisted in place, by the owner mp of pp. Each P counts the Gs it starts and ends; only
 * the sum means something. */
GORT_HOT void start_on(struct m *mp, struct p *pp, struct g *gp, uint64_t goid)
{
    gp->goid = goid;
    own_add(&pp->live, 1);
    casgstatus(gp, GIDLE, GRUNNABLE);
    enqueue_next_on(mp, pp, gp);
}

#endif
