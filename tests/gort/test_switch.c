/* SPDX-License-Identifier: Apache-2.0 */
/* Switches keep every callee-saved register, also when the G goes on in another thread; current G
 * and M are right after each one. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gort/san.h"
#include "tests/gort/cm.h"
#include "tests/gort/rig.h"

#define GS    24
#define TURNS 500

int sentinel_run(uint64_t seed, struct g *gp, struct gobuf *g0, void (*fn)(struct g *));

static _Atomic int changed, left;
static _Atomic int migrations;

/* What a yield does on g0. */
static void yield(struct g *gp)
{
    struct m *mp = gp->m;
    san_arrive(&mp->g0);
    own_store(&mp->curg, NULL);
    gp->m = NULL;
    casgstatus(gp, GRUNNING, GRUNNABLE);
    sched_enqueue(mp, gp, false);
    schedule(mp);
}

static int switch_with(uint64_t seed, struct g *gp)
{
    struct m *before = gp->m;
    san_leave(gp, &before->g0);
    port_setg(&before->g0);
    int n = sentinel_run(seed, gp, &before->g0.sched, yield);
    san_arrive(gp);
    if (port_getm() != before)
        atomic_fetch_add(&migrations, 1);
    return n;
}

static void keeper(void *arg)
{
    uint64_t seed = 0x1111111111111111ull * (uint64_t)(uintptr_t)arg;
    struct g *self = port_getg();
    for (int i = 0; i < TURNS; i++) {
        g_set_allowed(self, i % 3 ? UINT64_MAX : 1ull << (seed / 3 + (uint64_t)i) % sched_nprocs());
        atomic_fetch_add(&changed, switch_with(seed + (uint64_t)i, self));
        if (port_getg() != self || self->m != port_getm())
            abort();
        g_preempted();
    }
    atomic_fetch_sub(&left, 1);
}

static void all_keep(void *arg)
{
    (void)arg;
    atomic_store(&left, GS);
    for (uintptr_t i = 1; i <= GS; i++)
        rig_go(keeper, (void *)i);
    while (atomic_load(&left) > 0)
        g_yield();
}

static void registers(void **s)
{
    (void)s;
    static const unsigned procs[] = {1, 2, 4};
    alarm(60);
    for (size_t i = 0; i < ARRAY_SIZE(procs); i++)
        rig_run(procs[i], all_keep, NULL);
    alarm(0);
    assert_int_equal(atomic_load(&changed), 0);
    assert_true(atomic_load(&migrations) > 0);
}

static void on_system_stack(void *arg)
{
    char here;
    struct m *mp = port_getm();
    uintptr_t at = (uintptr_t)&here;
    *(bool *)arg = at < mp->g0.sched.sp && mp->g0.sched.sp - at < 65536;
}

static void call_system_stack(void *arg)
{
    gort_systemstack(on_system_stack, arg, port_getm()->g0.sched.sp);
}

static void system_stack(void **s)
{
    (void)s;
    bool there = false;
    rig_run(1, call_system_stack, &there);
    assert_true(there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(registers), cmocka_unit_test(system_stack)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
