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

#define PICKS 61 /* switches between looks at the global queue while there is local work */

/* sched.c's. */
extern struct sched {
    unsigned nprocs;
    bool perturbed;
    struct gqueue global; /* overflow of the rings, and Gs made ready outside any M */
    struct p p[GORT_MAX_PROCS];
} sched;

void slice_limit(struct m *mp);
struct picked pick_rare(struct m *mp);
struct picked find_elsewhere(struct m *mp);
bool misplaced(struct m *mp, struct g *gp);

/* The running G may be stopped for the sake of who waits. */
GORT_HOT bool slice_is_limited(struct m *mp)
{
    struct p *pp = mp->p;
    return pp->slice_armed &&
           (port_coarse_ns() - pp->run_since_ns <= SCHED_WAKE_GRAIN_NS || !own_load(&mp->curg));
}

#ifdef GORT_SMALL
#define schedule_next schedule

static inline void enqueue_next(struct m *mp, struct g *gp)
{
    sched_enqueue(mp, gp, true);
}

static inline void enqueue_again(struct m *mp, struct g *gp)
{
    sched_enqueue(mp, gp, false);
}
#else
#define schedule_next schedule_here

/* gp, which waited or is new, runs next on mp's P; mp may be NULL. */
GORT_HOT void enqueue_next(struct m *mp, struct g *gp)
{
    if (UNLIKELY(!mp || !mp->p || g_allowed(gp) != G_ALLOWED_ANY)) {
        sched_enqueue(mp, gp, true);
        return;
    }
    runq_put(&mp->p->runq, gp, true, &sched.global);
    if (!idle_offer(mp) && UNLIKELY(!slice_is_limited(mp)))
        slice_limit(mp);
}

/* gp, which ran on mp's P until now, goes behind the others there. */
GORT_HOT void enqueue_again(struct m *mp, struct g *gp)
{
    if (UNLIKELY(g_allowed(gp) != G_ALLOWED_ANY)) {
        sched_enqueue(mp, gp, false);
        return;
    }
    runq_put(&mp->p->runq, gp, false, &sched.global);
    if (UNLIKELY(!mp->p->slice_armed))
        slice_limit(mp);
}
#endif

GORT_HOT bool picks_over(struct p *pp)
{
    uint32_t left = own_load(&pp->picks_left) - 1;
    own_store(&pp->picks_left, left);
    return left == 0;
}

/* The next G of this P's own ring; none: look further. */
GORT_HOT struct picked pick(struct m *mp)
{
    struct p *pp = mp->p;
    if (UNLIKELY(atomic_load_explicit(&mp->attention, memory_order_relaxed) != 0) ||
        UNLIKELY(gqueue_len(&pp->bound) != 0) || UNLIKELY(picks_over(pp)))
        return pick_rare(mp);
    return runq_get(&pp->runq);
}

static inline void slice_begin(struct p *pp)
{
    own_add(&pp->schedtick, 1);
    pp->run_since_ns = port_coarse_ns();
}

GORT_HOT NORETURN void execute(struct m *mp, struct g *gp, bool inherit)
{
    casgstatus(gp, GRUNNABLE, GRUNNING);
    gp->m = mp;
    own_store(&mp->curg, gp);
    if (UNLIKELY(atomic_load_explicit(&gp->preempt, memory_order_relaxed))) {
        atomic_store_explicit(&gp->preempt, 0, memory_order_relaxed);
        atomic_store_explicit(&gp->stackguard0, gp->stack_lo + STACK_GUARD, memory_order_relaxed);
    }
    if (!inherit)
        slice_begin(mp->p);
    port_execute(gp);
    port_setg(gp);
    san_leave(&mp->g0, gp);
    gort_gogo(&gp->sched);
}

GORT_HOT NORETURN void schedule_here(struct m *mp)
{
    struct picked next = pick(mp);
    if (UNLIKELY(!next.g))
        next = find_elsewhere(mp);
    while (UNLIKELY(g_allowed(next.g) != G_ALLOWED_ANY) && misplaced(mp, next.g))
        next = find_elsewhere(mp);
    execute(mp, next.g, next.inherit);
}

#endif
