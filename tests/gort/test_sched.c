/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler on real threads: what a G counted must add up, nothing may be lost. A lost wake-up
 * shows as a program that stands still, which the alarm turns into a failure.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/gort/cm.h"
#include "tests/gort/rig.h"

static const unsigned procs[] = {1, 2, 4};

static void on_each(void (*fn)(void *))
{
    for (size_t i = 0; i < ARRAY_SIZE(procs); i++) {
        alarm(60);
        rig_run(procs[i], fn, (void *)(uintptr_t)procs[i]);
        assert_int_equal(sched_live(), 0);
    }
    alarm(0);
}

/* ---- a gate: one waits, one opens, in any order; built on park and ready only */
struct gate {
    _Atomic uintptr_t state; /* 0, 1 = open, or the G that waits */
};

static bool gate_commit(struct g *gp, void *arg)
{
    struct gate *t = arg;
    uintptr_t none = 0;
    return atomic_compare_exchange_strong(&t->state, &none, (uintptr_t)gp);
}

static void gate_wait(struct gate *t)
{
    if (atomic_load(&t->state) != 1)
        g_park(gate_commit, t, WAIT_SEMACQUIRE);
    atomic_store(&t->state, 0);
}

static void gate_open(struct gate *t)
{
    uintptr_t was = atomic_exchange(&t->state, 1);
    if (was > 1)
        g_ready((struct g *)was);
}

/* ---- pairs */
#define PAIRS 8
#define TURNS 4000
struct pair {
    struct gate ping, pong;
    struct gate *over;
    _Atomic int *left;
    int count; /* written in turns, without a lock */
};

static void pair_end(struct pair *p)
{
    if (atomic_fetch_sub(p->left, 1) == 1)
        gate_open(p->over);
}

static void pinger(void *arg)
{
    struct pair *p = arg;
    for (int i = 0; i < TURNS; i++) {
        assert_int_equal(p->count++, 2 * i);
        gate_open(&p->ping);
        gate_wait(&p->pong);
    }
    pair_end(p);
}

static void ponger(void *arg)
{
    struct pair *p = arg;
    for (int i = 0; i < TURNS; i++) {
        gate_wait(&p->ping);
        assert_int_equal(p->count++, 2 * i + 1);
        if (i % 64 == 0)
            g_yield();
        gate_open(&p->pong);
    }
    pair_end(p);
}

static void run_pairs(void *arg)
{
    (void)arg;
    static struct pair pairs[PAIRS];
    struct gate over = {0};
    _Atomic int left = 2 * PAIRS;
    memset(pairs, 0, sizeof(pairs));
    for (int i = 0; i < PAIRS; i++) {
        pairs[i].over = &over;
        pairs[i].left = &left;
        rig_go(ponger, &pairs[i]);
        rig_go(pinger, &pairs[i]);
    }
    gate_wait(&over);
    for (int i = 0; i < PAIRS; i++)
        assert_int_equal(pairs[i].count, 2 * TURNS);
}

static void park_ready(void **s)
{
    (void)s;
    on_each(run_pairs);
}

/* ---- one wake-up after everybody went to sleep, many times: the window of the idle protocol */
static void short_sleep(void)
{
    for (volatile int i = rand() % 3000; i > 0;)
        i = i - 1;
}

static void lone(void *arg)
{
    struct pair *p = arg;
    short_sleep();
    gate_open(&p->pong);
}

static void run_lost_wakeups(void *arg)
{
    (void)arg;
    for (int i = 0; i < 5000; i++) {
        struct pair p = {.count = 0};
        rig_go(lone, &p);
        short_sleep();
        gate_wait(&p.pong);
    }
}

static void no_lost_wakeups(void **s)
{
    (void)s;
    on_each(run_lost_wakeups);
}

/* ---- one that was made ready by a G which then keeps its P: another M must come for it, also in
 * runnext */
static void set_flag(void *arg)
{
    atomic_store((_Atomic bool *)arg, true);
}

static void run_hog(void *arg)
{
    if ((uintptr_t)arg == 1)
        return;
    for (int i = 0; i < 200; i++) {
        _Atomic bool flag = false;
        rig_go(set_flag, (void *)&flag);
        while (!atomic_load(&flag))
            port_relax();
    }
}

static void hog(void **s)
{
    (void)s;
    on_each(run_hog);
}

/* ---- a tree of Gs: overflow of the rings, the global queue, many ends */
struct node {
    int depth;
    _Atomic int *left;
    struct gate *over;
};

static void grow(void *arg)
{
    struct node *n = arg;
    for (int i = 0; n->depth > 0 && i < 4; i++) {
        struct node *kid = malloc(sizeof(*kid));
        *kid = *n;
        kid->depth--;
        rig_go(grow, kid);
    }
    if (atomic_fetch_sub(n->left, 1) == 1)
        gate_open(n->over);
    free(n);
}

static void run_tree(void *arg)
{
    (void)arg;
    struct gate over = {0};
    _Atomic int left = 1 + 4 + 16 + 64 + 256 + 1024;
    struct node *root = malloc(sizeof(*root));
    *root = (struct node){5, &left, &over};
    rig_go(grow, root);
    gate_wait(&over);
    assert_int_equal(atomic_load(&left), 0);
}

static void tree(void **s)
{
    (void)s;
    on_each(run_tree);
}

/* ---- more than a ring holds, all at once; every one runs exactly once */
#define CROWD 1000
static _Atomic int ran[CROWD];
static _Atomic int crowd_left;
static struct gate crowd_over;

static void member(void *arg)
{
    atomic_fetch_add(&ran[(intptr_t)arg], 1);
    g_yield();
    if (atomic_fetch_sub(&crowd_left, 1) == 1)
        gate_open(&crowd_over);
}

static void run_crowd(void *arg)
{
    (void)arg;
    memset(ran, 0, sizeof(ran));
    atomic_store(&crowd_left, CROWD);
    for (intptr_t i = 0; i < CROWD; i++)
        rig_go(member, (void *)i);
    gate_wait(&crowd_over);
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(atomic_load(&ran[i]), 1);
}

static void crowd(void **s)
{
    (void)s;
    on_each(run_crowd);
}

/* ---- masks */
static void stays(void *arg)
{
    unsigned p = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < 300; i++) {
        assert_int_equal(port_getm()->p->id, p);
        g_yield();
    }
    if (atomic_fetch_sub(&crowd_left, 1) == 1)
        gate_open(&crowd_over);
}

static void run_bound(void *arg)
{
    unsigned n = (unsigned)(uintptr_t)arg;
    atomic_store(&crowd_left, 12);
    for (unsigned i = 0; i < 12; i++) {
        struct g *gp = rig_new(stays, (void *)(uintptr_t)(i % n));
        assert_int_equal(g_set_allowed(gp, 0), -22);
        assert_int_equal(g_set_allowed(gp, 1ull << (i % n)), 0);
        g_start(gp);
    }
    gate_wait(&crowd_over);
    assert_int_equal(g_set_allowed(port_getg(), 1ull << (n - 1)), 0);
    g_yield();
    assert_int_equal(port_getm()->p->id, n - 1);
    assert_int_equal(g_set_allowed(port_getg(), UINT64_MAX), 0);
}

static void bound(void **s)
{
    (void)s;
    on_each(run_bound);
}

/* ---- a mask that is set while its G is queued for any P */
static _Atomic int ran_on;

static void notes_where(void *arg)
{
    (void)arg;
    atomic_store(&ran_on, (int)port_getm()->p->id);
}

static void keeps_busy(void *arg)
{
    (void)arg;
    while (atomic_load(&ran_on) < 0)
        g_yield();
    gate_open(&crowd_over);
}

static void run_late_mask(void *arg)
{
    if ((uintptr_t)arg == 1)
        return;
    g_set_allowed(port_getg(), 1);
    g_yield();
    for (int i = 0; i < 100; i++) {
        atomic_store(&ran_on, -1);
        struct g *busy = rig_new(keeps_busy, NULL);
        g_set_allowed(busy, 2); /* so that P 1 comes for nothing */
        g_start(busy);
        struct g *gp = rig_go(notes_where, NULL);
        int r = g_set_allowed(gp, 2);
        gate_wait(&crowd_over);
        assert_int_equal(r, 0);
        assert_int_equal(atomic_load(&ran_on), 1);
    }
    g_set_allowed(port_getg(), UINT64_MAX);
}

static void late_mask(void **s)
{
    (void)s;
    rig_run(1, run_late_mask, (void *)1);
    alarm(60);
    rig_run(2, run_late_mask, (void *)2);
    alarm(0);
}

/* ---- timers wake, and a stopped one doesn't */
struct nap {
    struct timer t;
    struct gate g;
};

static void nap_over(void *arg)
{
    gate_open(&((struct nap *)arg)->g);
}

static void sleeper(void *arg)
{
    struct nap n = {.g = {0}};
    int64_t until = port_now_ns() + (intptr_t)arg;
    timer_init(&n.t, nap_over, &n);
    timer_set(&n.t, until);
    gate_wait(&n.g);
    assert_true(port_now_ns() >= until);
    timer_stop_sync(&n.t);
    if (atomic_fetch_sub(&crowd_left, 1) == 1)
        gate_open(&crowd_over);
}

static void never(void *arg)
{
    (void)arg;
    abort();
}

static void run_timers(void *arg)
{
    (void)arg;
    struct timer stopped;
    timer_init(&stopped, never, NULL);
    timer_set(&stopped, port_now_ns() + 3000000);
    atomic_store(&crowd_left, 50);
    for (intptr_t i = 0; i < 50; i++)
        rig_go(sleeper, (void *)(i % 10 * 1000000));
    assert_int_equal(timer_stop_sync(&stopped), TIMER_PENDING);
    gate_wait(&crowd_over);
}

static void timers(void **s)
{
    (void)s;
    on_each(run_timers);
}

/* ---- unlockf that says no; foreach; preempted */
static bool refuse(struct g *gp, void *arg)
{
    (void)gp;
    ++*(int *)arg;
    return false;
}

static void count_g(struct g *gp, void *arg)
{
    assert_true(gp->goid > 0);
    ++*(int *)arg;
}

static void run_odds(void *arg)
{
    int refused = 0, n = 0;
    for (int i = 0; i < 10; i++)
        g_park(refuse, &refused, WAIT_NONE);
    assert_int_equal(refused, 10);
    sched_foreach(count_g, &n);
    assert_int_equal(n, 1);
    sched_preempt();
    if ((uintptr_t)arg == 1)
        assert_true(sched_need_resched());
    g_preempted();
    assert_false(sched_need_resched());
    assert_int_equal(readgstatus(port_getg()), GRUNNING);
}

static void odds(void **s)
{
    (void)s;
    on_each(run_odds);
}

/* ---- a G's fields from its birth on, and the current G on its stack and on g0 */
static void new_member(void *arg)
{
    struct g *self = arg;
    for (int i = 0; i < 500; i++) {
        assert_ptr_equal(port_getg(), self);
        assert_ptr_equal(self->sched.g, self);
        assert_ptr_equal(self->m, port_getm());
        assert_int_equal(readgstatus(self), GRUNNING);
        g_yield();
    }
    gate_open(&crowd_over);
}

static void run_new(void *arg)
{
    (void)arg;
    struct g *gp = rig_new(new_member, NULL);
    assert_int_equal(readgstatus(gp), GIDLE);
    assert_ptr_equal(gp->sched.g, gp);
    assert_int_equal(gp->stackguard0, gp->stack_lo + 928);
    assert_null(gp->m);
    assert_null(gp->schedlink);
    assert_int_equal(gp->selectdone, 0);
    assert_int_equal(gp->goid, 0);
    gp->arg = gp;
    g_start(gp);
    gate_wait(&crowd_over);
}

static void new_g(void **s)
{
    (void)s;
    assert_null(port_getm());
    assert_null(port_getg());
    on_each(run_new);
    assert_null(port_getm());
}

static bool seen_on_g0(struct g *gp, void *arg)
{
    struct m *mp = port_getm();
    *(bool *)arg = port_getg() == &mp->g0 && mp->g0.goid == 0 && mp->g0.m == mp &&
                   mp->g0.sched.g == &mp->g0 && gp->m == NULL && readgstatus(gp) == GWAITING;
    return false;
}

static void run_on_g0(void *arg)
{
    bool right = false;
    struct m *mp = port_getm();
    g_park(seen_on_g0, &right, WAIT_NONE);
    assert_true(right);
    if ((uintptr_t)arg == 1)
        assert_ptr_equal(port_getm(), mp);
}

static void on_g0(void **s)
{
    (void)s;
    on_each(run_on_g0);
}

/* ---- what a G that isn't on a CPU looks like */
static void waits_at(void *arg)
{
    gate_wait(arg);
    gate_open(&crowd_over);
}

static void run_off_cpu(void *arg)
{
    struct gate g = {0};
    (void)arg;
    struct g *gp = rig_go(waits_at, &g);
    while (readgstatus(gp) != GWAITING || atomic_load(&g.state) == 0)
        g_yield();
    assert_null(gp->m);
    assert_null(gp->schedlink);
    assert_int_equal(gp->waitreason, WAIT_SEMACQUIRE);
    assert_true(gp->sched.sp > gp->stack_lo && gp->sched.sp < gp->stack_hi);
    gate_open(&g);
    gate_wait(&crowd_over);
}

static void off_cpu(void **s)
{
    (void)s;
    on_each(run_off_cpu);
}

/* ---- a request to give way is two fields, and giving way clears both */
static void run_preempt(void *arg)
{
    struct g *self = port_getg();
    (void)arg;
    sched_preempt();
    assert_int_equal(self->preempt, 1);
    assert_true(self->stackguard0 == STACK_PREEMPT);
    g_yield();
    assert_int_equal(self->preempt, 0);
    assert_int_equal(self->stackguard0, self->stack_lo + 928);
}

static void preempt_request(void **s)
{
    (void)s;
    on_each(run_preempt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odds),
        cmocka_unit_test(park_ready),
        cmocka_unit_test(no_lost_wakeups),
        cmocka_unit_test(hog),
        cmocka_unit_test(tree),
        cmocka_unit_test(crowd),
        cmocka_unit_test(bound),
        cmocka_unit_test(late_mask),
        cmocka_unit_test(timers),
        cmocka_unit_test(new_g),
        cmocka_unit_test(on_g0),
        cmocka_unit_test(off_cpu),
        cmocka_unit_test(preempt_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
