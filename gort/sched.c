/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduling loop: find a G, run it, on each M's g0. A switch away from a G goes through mcall
 * to a function here or in park.c, which ends in schedule(); so a G's registers are saved before
 * anybody can learn that it may be run elsewhere.
 */
#include "gort/run.h"

#define STEAL_PASSES 4
#define NEXT_GRACE_NS \
    3000 /* a runnext younger than this is left to its M, which is about to switch to it */

struct sched sched;

struct p *sched_p(unsigned index)
{
    return &sched.p[index];
}

unsigned sched_nprocs(void)
{
    return sched.nprocs;
}

bool sched_global_has(uint64_t mask)
{
    return gqueue_has(&sched.global, mask);
}

/* ------------------------------------------------------------------ start */

static void p_init(struct p *pp, uint32_t id)
{
    *pp = (struct p){.id = id, .picks_left = PICKS};
    timer_heap_init(&pp->timers);
    pp->runq.alone = sched.nprocs == 1;
}

void m_bind(struct m *mp, unsigned index)
{
    struct p *pp = &sched.p[index];
    mp->p = pp;
    mp->id = index;
    mp->random = 0x9e3779b9u * (index + 1);
    mp->g0.m = mp;
    mp->g0.sched.g = &mp->g0;
    atomic_store_explicit(&mp->g0.allowed, G_ALLOWED_ANY, memory_order_relaxed);
    atomic_store_explicit(&mp->g0.atomicstatus, GRUNNING, memory_order_relaxed);
    atomic_store_explicit(&pp->m, mp, memory_order_release);
}

void sched_init(unsigned nprocs, struct m *m0)
{
    if (nprocs < 1 || nprocs > GORT_MAX_PROCS)
        port_fatal("gort: %u processors: from 1 to %d are possible", nprocs, GORT_MAX_PROCS);
    sched.nprocs = nprocs;
    sched.global = (struct gqueue){.head = NULL};
    for (unsigned i = 0; i < nprocs; i++)
        p_init(&sched.p[i], i);
    idle_reset();
    live_reset();
    m_bind(m0, 0);
}

uint32_t m_random(struct m *mp)
{
    uint32_t x = mp->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return mp->random = x;
}

void sched_perturb(uint64_t seed)
{
    sched.perturbed = seed != 0;
    for (unsigned i = 0; i < sched.nprocs && seed; i++) {
        struct m *mp = atomic_load_explicit(&sched.p[i].m, memory_order_acquire);
        if (mp)
            mp->random = (uint32_t)(seed ^ seed >> 32) * 2654435769u + i + 1;
        own_store(&sched.p[i].picks_left, 1);
    }
}

/* ------------------------------------------------------------------ queueing */

bool sched_work_waits(struct p *pp)
{
    return !runq_empty(&pp->runq) || gqueue_len(&pp->bound) > 0 || gqueue_len(&sched.global) > 0;
}

static void timer_program(struct p *pp)
{
    int64_t first = timer_heap_min(&pp->timers);
    port_timer_set(pp->slice_armed ? MIN(first, pp->slice_end_ns) : first);
}

static int64_t slice_random(struct p *pp)
{
    struct m *mp = atomic_load_explicit(&pp->m, memory_order_relaxed);
    return m_random(mp) % (SCHED_SLICE_NS / 64);
}

static void slice_arm(struct p *pp, int64_t now_ns)
{
    pp->slice_armed = true;
    pp->slice_tick = own_load(&pp->schedtick);
    pp->slice_end_ns = now_ns + (sched.perturbed ? slice_random(pp) : SCHED_SLICE_NS);
}

/* Somebody waits on this P and nobody comes to take it away: the running G's time is counted from
 * now on. */
NOINLINE void slice_limit(struct m *mp)
{
    struct p *pp = mp->p;
    if (own_load(&mp->curg) && port_coarse_ns() - pp->run_since_ns > SCHED_WAKE_GRAIN_NS)
        sched_preempt();
    if (!pp->slice_armed) {
        slice_arm(pp, port_now_ns());
        timer_program(pp);
    }
}

/* The P that a G with a mask should wait on: an idle one, else this one, else the one it ran on
 * last, else any. */
static struct p *bound_choose(struct g *gp, struct m *mp)
{
    uint64_t idle = idle_mask() & g_allowed(gp);
    if (idle)
        return &sched.p[__builtin_ctzll(idle)];
    if (mp && mp->p && (g_allowed(gp) >> mp->p->id & 1))
        return mp->p;
    if (g_allowed(gp) >> gp->last_p & 1)
        return &sched.p[gp->last_p];
    return &sched.p[__builtin_ctzll(g_allowed(gp))];
}

static NOINLINE void enqueue_bound(struct g *gp, struct m *mp)
{
    struct p *pp = bound_choose(gp, mp);
    uint64_t allowed = g_allowed(gp); /* once it is queued gp isn't ours */
    g_mark(gp);
    gqueue_put(&pp->bound, gp);
    atomic_thread_fence(memory_order_seq_cst);
    if (mp && mp->asleep && pp == mp->p) {
        idle_interrupted(mp);
        return;
    }
    if (idle_wake_p(allowed) >= 0)
        return;
    if (mp && pp == mp->p)
        slice_limit(mp);
    else if (atomic_load_explicit(&pp->m, memory_order_acquire))
        port_preempt(atomic_load_explicit(&pp->m, memory_order_acquire));
}

static NOINLINE void enqueue_outside(struct g *gp)
{
    gqueue_put(&sched.global, gp);
    atomic_thread_fence(memory_order_seq_cst);
    idle_wake_one();
}

/* gp found no place in the ring, of which mp is the owner. */
NOINLINE void enqueue_overflow(struct m *mp, struct g *gp)
{
    runq_put_full(&mp->p->runq, gp, &sched.global);
    enqueued_rare(mp);
}

/* Something was put into mp's ring: somebody is to look for it, or to have a shorter slice. */
NOINLINE void enqueued_rare(struct m *mp)
{
    if (!idle_offer(mp) && !slice_is_limited(mp, mp->p))
        slice_limit(mp);
}

void sched_enqueue(struct m *mp, struct g *gp, bool next)
{
    if (UNLIKELY(g_allowed(gp) != G_ALLOWED_ANY)) {
        enqueue_bound(gp, mp);
        return;
    }
    if (UNLIKELY(!mp || !mp->p)) {
        enqueue_outside(gp);
        return;
    }
    runq_put(&mp->p->runq, gp, next, &sched.global);
    if (!next)
        atomic_thread_fence(memory_order_seq_cst);
    if (!idle_offer(mp))
        slice_limit(mp);
}

/* ------------------------------------------------------------------ finding a G */

/* Seeded schedules: the next one or a random number of Gs from the front go to the back. Draws
 * nothing while nothing waits: how often an M looks then isn't the schedule's doing. */
static void shuffle(struct m *mp)
{
    struct runq *q = &mp->p->runq;
    if (runq_empty(q))
        return;
    if (m_random(mp) % 2)
        runq_rotate_next(q, &sched.global);
    for (uint32_t n = m_random(mp) % 4; n > 0; n--) {
        struct g *gp = runq_get(q).g;
        if (!gp)
            return;
        runq_put(q, gp, false, &sched.global);
    }
}

static NOINLINE void tick_now(struct m *mp)
{
    atomic_store_explicit(&mp->tick_due, false, memory_order_relaxed);
    sched_tick(port_now_ns());
    port_poll();
}

/* Two Gs that wake each other share one slice, and the ring hides the other queues. So all are
 * looked at now and then, and the pair goes behind the rest. */
static struct g *pick_in_turn(struct m *mp)
{
    struct p *pp = mp->p;
    own_store(&pp->picks_left, sched.perturbed ? 1 + mp->random % 2 : PICKS);
    if (!sched.perturbed)
        runq_rotate_next(&pp->runq, &sched.global);
    return gqueue_get(&sched.global, 1ull << pp->id);
}

static NOINLINE struct picked pick_rare(struct m *mp)
{
    struct p *pp = mp->p;
    uint64_t me = 1ull << pp->id;
    struct g *gp = NULL;
    if (atomic_load_explicit(&mp->tick_due, memory_order_relaxed))
        tick_now(mp);
    if (atomic_load_explicit(&mp->need_resched, memory_order_relaxed) ||
        own_load(&pp->picks_left) == 0)
        gp = pick_in_turn(mp);
    atomic_store_explicit(&mp->need_resched, false, memory_order_relaxed);
    if (sched.perturbed)
        shuffle(mp);
    if (!gp && (own_load(&pp->schedtick) & 1))
        gp = gqueue_get(&pp->bound, me);
    if (gp)
        return (struct picked){gp, false};
    struct picked next = runq_get(&pp->runq);
    if (next.g)
        return next;
    gp = gqueue_get(&pp->bound, me);
    return (struct picked){gp ? gp : gqueue_get(&sched.global, me), false};
}

/* Leaves the victim a moment to switch to its runnext by itself: taking it would pull apart a pair
 * that talks to each other. */
static struct g *steal_next(struct m *mp, struct p *victim)
{
    struct g *gp = runq_peek_next(&victim->runq);
    uint32_t seen = own_load(&victim->picks_left);
    if (!gp)
        return NULL;
    for (int64_t until = port_now_ns() + NEXT_GRACE_NS; port_now_ns() < until; port_nap())
        if (runq_peek_next(&victim->runq) != gp)
            break;
    if (seen == own_load(&victim->picks_left) && runq_steal_next(&victim->runq, gp))
        return gp;
    nap_saw_pair(mp);
    return NULL;
}

static struct g *steal_from(struct m *mp, struct p *victim, bool last_pass)
{
    struct g *gp = runq_steal(&mp->p->runq, &victim->runq);
    if (gp && runq_len(&mp->p->runq) > 0)
        slice_limit(mp); /* the rest of the booty waits here, and nobody enqueued it */
    if (!gp)
        gp = gqueue_get(&victim->bound, 1ull << mp->p->id);
    if (!gp && last_pass)
        gp = steal_next(mp, victim);
    return gp;
}

static struct g *steal(struct m *mp)
{
    unsigned n = sched.nprocs;
    for (int pass = 0; pass < STEAL_PASSES; pass++) {
        unsigned first = m_random(mp) % n;
        for (unsigned i = 0; i < n; i++) {
            struct p *victim = &sched.p[(first + i) % n];
            struct g *gp = NULL;
            if (victim != mp->p)
                gp = steal_from(mp, victim, pass == STEAL_PASSES - 1);
            if (gp)
                return gp;
        }
    }
    return NULL;
}

static struct g *search(struct m *mp, bool forced)
{
    if (sched.nprocs == 1)
        return NULL;
    if (!mp->spinning) {
        if (!forced && idle_many_spin())
            return NULL;
        spinning_begin(mp);
    }
    return steal(mp);
}

static bool timers_due(struct m *mp)
{
    struct timer_heap *h = &mp->p->timers;
    if (timer_heap_min(h) == TIMER_NEVER)
        return false;
    return timer_heap_run(h, mp, port_now_ns()) > 0;
}

/* Overdue timers of an M that is busy or away (hosts; a kernel's M is interrupted for them). */
static bool timers_of_others(struct m *mp)
{
    int64_t now = port_now_ns();
    unsigned n = 0;
    for (unsigned i = 0; i < sched.nprocs; i++)
        if (timer_heap_min(&sched.p[i].timers) <= now)
            n += timer_heap_run(&sched.p[i].timers, mp, now);
    return n > 0;
}

static struct picked look_elsewhere(struct m *mp)
{
    bool forced = false;
    for (;;) {
        struct picked next = pick_rare(mp);
        if (next.g)
            return next;
        if (port_poll() || timers_due(mp))
            continue;
        if ((next.g = search(mp, forced)))
            return next;
        if (!mp->spinning || !timers_of_others(mp))
            forced = nap(mp) || idle_wait(mp);
    }
}

/* There is nothing in this P's ring: look everywhere, and sleep, until there is something. */
static NOINLINE struct picked find_elsewhere(struct m *mp)
{
    own_store(&mp->curg, NULL);
    struct picked next = look_elsewhere(mp);
    nap_over(mp);
    if (mp->spinning)
        spinning_drop(mp);
    return next;
}

/*
 * gp is marked: it was asked to give way and did, or its mask was changed, perhaps while it was
 * queued. One that may not run here goes where it may. The mark is taken before the mask is read:
 * a change meanwhile marks it again.
 */
static bool admit_marked(struct m *mp, struct g *gp)
{
    atomic_exchange_explicit(&gp->preempt, 0, memory_order_acq_rel);
    atomic_store_explicit(&gp->stackguard0, gp->stack_lo + STACK_GUARD, memory_order_relaxed);
    if (g_allowed(gp) == G_ALLOWED_ANY)
        return true;
    if (g_allowed(gp) >> mp->p->id & 1) {
        gp->last_p = mp->p->id;
        return true;
    }
    enqueue_bound(gp, mp);
    return false;
}

/* Also when a scanner holds gp. */
NOINLINE void execute_rare(struct m *mp, struct g *gp, bool inherit)
{
    struct picked next = {gp, inherit};
    while (own_load(&next.g->preempt) && !admit_marked(mp, next.g))
        next = find_elsewhere(mp);
    casgstatus(next.g, GRUNNABLE, GRUNNING);
    enter(mp, mp->p, next.g, next.inherit);
}

NOINLINE void schedule_elsewhere(struct m *mp)
{
    struct picked next = find_elsewhere(mp);
    execute(mp, mp->p, next.g, next.inherit);
}

NOINLINE void schedule_rare(struct m *mp)
{
    struct picked next = pick_rare(mp);
    if (!next.g)
        schedule_elsewhere(mp);
    execute(mp, mp->p, next.g, next.inherit);
}

/* gp yields, and it isn't just the ring that goes on by one. */
NOINLINE void schedule_behind_rare(struct m *mp, struct g *gp)
{
    sched_enqueue(mp, gp, false);
    schedule_rare(mp);
}

/* gp yields to the one that it started or woke, unless there is none. */
NOINLINE void schedule_behind_next(struct m *mp, struct g *gp)
{
    struct p *pp = mp->p;
    if (!runq_peek_next(&pp->runq) || !runq_put_tail(&pp->runq, gp))
        schedule_behind_rare(mp, gp);
    struct g *next = runq_get_next(&pp->runq);
    if (!next)
        schedule_rare(mp);
    execute(mp, pp, next, true);
}

void schedule(struct m *mp)
{
    schedule_here(mp);
}

static void enter_schedule(struct g *g0)
{
    schedule(g0->m);
}

void m_run(struct m *mp)
{
    gort_mcall(&mp->g0, &mp->g0.sched, enter_schedule);
    own_store(&mp->curg, NULL);
}

void m_main(struct m *mp)
{
    m_run(mp);
    port_fatal("gort: M %u left its loop", mp->id);
}

void m_stop(struct m *mp)
{
    gort_gogo(&mp->g0.sched);
}

/* ------------------------------------------------------------------ time */

void sched_preempt(void)
{
    struct m *mp = port_getm();
    struct g *gp = own_load(&mp->curg);
    if (!gp)
        return;
    atomic_store_explicit(&gp->preempt, 1, memory_order_relaxed);
    atomic_store_explicit(&gp->stackguard0, STACK_PREEMPT, memory_order_relaxed);
    atomic_store_explicit(&mp->need_resched, true, memory_order_relaxed);
}

static void slice_check(struct p *pp, int64_t now_ns)
{
    if (!pp->slice_armed || now_ns < pp->slice_end_ns)
        return;
    if (!sched_work_waits(pp)) {
        pp->slice_armed = false;
        return;
    }
    if (pp->slice_tick == own_load(&pp->schedtick))
        sched_preempt();
    slice_arm(pp, now_ns);
}

void sched_tick(int64_t now_ns)
{
    struct m *mp = port_getm();
    timer_heap_run(&mp->p->timers, mp, now_ns);
    slice_check(mp->p, now_ns);
    timer_program(mp->p);
}

void sched_timer_add(struct timer *t, int64_t when_ns)
{
    struct p *pp = port_getm()->p;
    if (timer_heap_add(&pp->timers, t, when_ns))
        timer_program(pp);
}
