/* SPDX-License-Identifier: Apache-2.0 */
/* A G's life: start, park, ready, yield, end; and the list of all that live. */
#include "gort/run.h"

static struct {
    struct spin lock;
    struct list live;             /* of struct g, through `all` */
    _Atomic int64_t live_outside; /* Gs started outside Ms */
} all = {.live = LIST_INIT(all.live)};

_Atomic uint64_t last_goid_;

void mcall(void (*fn)(struct g *))
{
    leave(port_getg(), fn);
}

/* ------------------------------------------------------------------ start */

void g_again(struct g *gp)
{
    renew(gp);
}

void g_init(struct g *gp, void *stack_lo, void *stack_hi, void (*fn)(void *), void *arg)
{
    gp->stack_lo = (uintptr_t)stack_lo;
    gp->stack_hi = ALIGN_DOWN((uintptr_t)stack_hi, 16);
    gp->m = NULL;
    gp->sched.g = gp;
    gp->sched.ctxt = NULL;
    gp->sched.ret = gp->sched.lr = gp->sched.bp = 0;
    atomic_store_explicit(&gp->selectdone, 0, memory_order_relaxed);
    gp->goid = 0;
    gp->schedlink = NULL;
    gp->param = NULL;
    gp->waitreason = WAIT_NONE;
    gp->fn = fn;
    gp->arg = arg;
    gp->at_end = NULL;
    gp->last_p = 0;
    gp->port = NULL;
    gp->name = NULL;
    gp->unusual = 0;
    list_init(&gp->all);
    g_again(gp);
}

void live_reset(void)
{
    list_init(&all.live);
    atomic_store_explicit(&all.live_outside, 0, memory_order_relaxed);
}

uint64_t sched_live(void)
{
    int64_t n = atomic_load_explicit(&all.live_outside, memory_order_relaxed);
    for (unsigned i = 0; i < sched_nprocs(); i++)
        n += own_load(&sched_p(i)->live);
    return n > 0 ? (uint64_t)n : 0;
}

uint64_t sched_started(void)
{
    return atomic_load_explicit(&last_goid_, memory_order_relaxed);
}

void sched_foreach(void (*fn)(struct g *, void *), void *arg)
{
    gspin_lock(&all.lock);
    list_for_each (n, &all.live)
        fn(list_entry(n, struct g, all), arg);
    gspin_unlock(&all.lock);
}

void g_start_unlisted(struct g *gp)
{
    struct m *mp = port_getm();
    if (LIKELY(mp && mp->p)) {
        start_on(mp, mp->p, gp, goid_new(mp->p));
        return;
    }
    gp->goid = goids_take(1);
    atomic_fetch_add_explicit(&all.live_outside, 1, memory_order_relaxed);
    casgstatus(gp, GIDLE, GRUNNABLE);
    sched_enqueue(mp, gp, true);
}

void g_start(struct g *gp)
{
    gp->unusual |= G_LISTED;
    gspin_lock(&all.lock);
    list_push_back(&all.live, &gp->all);
    gspin_unlock(&all.lock);
    g_start_unlisted(gp);
}

static void list_leave(struct g *gp)
{
    gspin_lock(&all.lock);
    list_remove(&gp->all);
    gspin_unlock(&all.lock);
}

/* ------------------------------------------------------------------ on g0 */

/* gp has left its M; returns that M, whose curg still is gp until it runs another or looks for one.
 */
static struct m *arrive(struct g *gp)
{
    struct m *mp = gp->m;
    san_arrive(&mp->g0);
    gp->m = NULL;
    return mp;
}

static void park_on_g0(struct g *gp)
{
    bool (*unlockf)(struct g *, void *) = gp->park_unlockf;
    void *arg = gp->park_arg;
    struct m *mp = arrive(gp);
    casgstatus(gp, GRUNNING, GWAITING);
    /* From here on gp may run on another M, unless unlockf holds its waker off. */
    if (unlockf && !unlockf(gp, arg)) {
        casgstatus(gp, GWAITING, GRUNNABLE);
        sched_enqueue(mp, gp, true);
    }
    schedule_next(mp);
}

void park_unlock_on_g0(struct g *gp)
{
    struct spin *lock = gp->park_arg;
    struct m *mp = arrive(gp);
    casgstatus(gp, GRUNNING, GWAITING);
    gspin_unlock(lock);
    schedule_next(mp);
}

static void yield_on_g0(struct g *gp)
{
    struct m *mp = arrive(gp);
    casgstatus(gp, GRUNNING, GRUNNABLE);
    schedule_behind(mp, gp);
}

static void preempted_on_g0(struct g *gp)
{
    struct m *mp = arrive(gp);
    casgstatus(gp, GRUNNING, GPREEMPTED);
    casgstatus(gp, GPREEMPTED, GRUNNABLE);
    sched_enqueue(mp, gp, false);
    schedule(mp);
}

/* gp has ended; returns its M. */
static inline struct m *bury(struct g *gp)
{
    struct m *mp = arrive(gp);
    own_store(&mp->curg, NULL);
    if (gp->unusual & G_LISTED)
        list_leave(gp);
    own_add(&mp->p->live, -1);
    casgstatus(gp, GRUNNING, GDEAD);
    port_g_dead(mp, gp);
    return mp;
}

static void exit_on_g0(struct g *gp)
{
    schedule_next(bury(gp));
}

/* Leave gp for good, for fn on g0. */
static inline NORETURN void leave_last(struct g *gp, void (*fn)(struct g *))
{
    struct m *mp = gp->m;
    san_end(gp, &mp->g0);
    port_setg(&mp->g0);
    gort_mcall(gp, &mp->g0.sched, fn);
    port_fatal("gort: goroutine %llu ran on after its end", (unsigned long long)gp->goid);
}

#ifdef GORT_SMALL
#define end_here(gp)
#else
/* pick_is_rare said so. */
static void exit_rare_on_g0(struct g *gp)
{
    schedule_rare(bury(gp));
}

/* gp is dead, and next runs. */
GORT_HOT NORETURN void end_for(struct m *mp, struct p *pp, struct g *gp, struct g *next,
                               bool inherit)
{
    if (UNLIKELY(!admit(next))) {
        runq_swap_next(&pp->runq, next); /* it came from there, or there was none */
        leave_last(gp, exit_rare_on_g0);
    }
    gp->m = NULL;
    own_add(&pp->live, -1);
    atomic_store_explicit(&gp->atomicstatus, GDEAD, memory_order_release);
    gfree_put(pp, gp);
    become(mp, pp, next, inherit);
    san_end(gp, next);
    gort_gogo(&next->sched);
}

/*
 * End an ordinary G from its own stack, without the way over g0: its P keeps it, so this M is the
 * only one that could start it again, and doesn't before it has left. Returns when that can't be
 * done.
 */
GORT_HOT void end_here(struct g *gp)
{
    struct m *mp = gp->m;
    struct p *pp = mp->p;
    if (UNLIKELY(gp->unusual) || UNLIKELY(own_load(&gp->atomicstatus) != GRUNNING) ||
        UNLIKELY(pp->ngfree >= GFREE_MAX))
        return;
    if (UNLIKELY(pick_is_rare(mp, pp)))
        leave_last(gp, exit_rare_on_g0);
    struct g *next = runq_get_next(&pp->runq);
    if (next)
        end_for(mp, pp, gp, next, true);
    if (!(next = runq_get_head(&pp->runq)))
        leave_last(gp, exit_rare_on_g0);
    end_for(mp, pp, gp, next, false);
}
#endif

GORT_HOT NORETURN void end(struct g *gp)
{
    end_here(gp);
    if (gp->at_end)
        gp->at_end(gp);
    leave_last(gp, exit_on_g0);
}

/* The first C code of every G, on its own stack; called by gort_entry. */
void gort_g_main(struct g *gp)
{
    san_arrive(gp);
    gp->fn(gp->arg);
    end(gp);
}

/* ------------------------------------------------------------------ called by Gs */

void g_park(bool (*unlockf)(struct g *, void *), void *arg, uint8_t reason)
{
    struct g *gp = port_getg();
    gp->park_unlockf = unlockf;
    gp->park_arg = arg;
    gp->waitreason = reason;
    leave(gp, park_on_g0);
}

void g_park_unlock(struct g *gp, struct spin *lock, uint8_t reason)
{
    park_unlock(gp, lock, reason);
}

/* gp is on its way to GWAITING, or a scanner holds it. */
static NOINLINE void ready_late(struct g *gp)
{
    casgstatus(gp, GWAITING, GRUNNABLE);
    enqueue_next(port_getg(), gp);
}

void g_ready(struct g *gp)
{
    if (LIKELY(casgstatus_try(gp, GWAITING, GRUNNABLE)))
        enqueue_next(port_getg(), gp);
    else
        ready_late(gp);
}

void g_yield(void)
{
    leave(port_getg(), yield_on_g0);
}

void g_preempted(void)
{
    mcall(preempted_on_g0);
}

void g_exit(void)
{
    end(port_getg());
}

int g_set_allowed(struct g *gp, uint64_t mask)
{
    unsigned n = sched_nprocs();
    uint64_t exist = n == 64 ? UINT64_MAX : (1ull << n) - 1;
    mask &= exist;
    if (mask == 0)
        return -22; /* EINVAL */
    atomic_store_explicit(&gp->allowed, mask == exist ? G_ALLOWED_ANY : mask, memory_order_relaxed);
    g_mark(gp);
    struct m *mp = gp->m;
    struct p *pp = mp ? mp->p : NULL;
    if (!pp || g_allowed(gp) >> pp->id & 1)
        return 0;
    if (mp == port_getm())
        sched_preempt();
    else
        port_preempt(mp);
    return 0;
}
