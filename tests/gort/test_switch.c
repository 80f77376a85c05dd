/* SPDX-License-Identifier: Apache-2.0 */
/* Switches keep every callee-saved register, also when the G goes on in another thread; current G
 * and M are right after each one. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef _WIN32
#include <intrin.h>
#else
#include <signal.h>
#include <sys/wait.h>
#endif

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

/* What mcall leaves in the G, seen from g0. */
static struct {
    uintptr_t sp, pc;
    struct g *current;
    bool elsewhere;
} seen;

static void inspect(struct g *gp)
{
    char here;
    struct m *mp = gp->m;
    san_arrive(&mp->g0);
    seen.sp = gp->sched.sp;
    seen.pc = gp->sched.pc;
    seen.current = port_getg();
    seen.elsewhere = (uintptr_t)&here < gp->stack_lo || (uintptr_t)&here >= gp->stack_hi;
    port_setg(gp);
    san_leave(&mp->g0, gp);
    gort_gogo(&gp->sched);
}

static __attribute__((noinline)) void leave_and_return(struct g *gp, void (*fn)(struct g *))
{
    struct m *mp = gp->m;
    san_leave(gp, &mp->g0);
    port_setg(&mp->g0);
    gort_mcall(gp, &mp->g0.sched, fn);
    __asm__ volatile(""); /* no tail call */
    san_arrive(gp);
}

static void call_inspect(void *arg)
{
    struct g *gp = port_getg();
    (void)arg;
    leave_and_return(gp, inspect);
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    assert_true(seen.elsewhere);
    assert_ptr_equal(seen.current, &gp->m->g0);
    assert_true(seen.sp < frame + 64 && seen.sp > frame - 4096);
    assert_true(seen.pc > (uintptr_t)leave_and_return &&
                seen.pc < (uintptr_t)leave_and_return + 4096);
    assert_ptr_equal(gp->sched.g, gp);
}

static void mcall_saves(void **s)
{
    (void)s;
    rig_run(1, call_inspect, NULL);
}

#ifndef _WIN32
static void returns(struct g *gp)
{
    (void)gp;
}

static void call_returns(void *arg)
{
    (void)arg;
    leave_and_return(port_getg(), returns);
}

/* fn of mcall must not return: a trap says so. */
static void mcall_traps(void **s)
{
    (void)s;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGILL, SIG_DFL);
        signal(SIGTRAP, SIG_DFL);
        rig_run(1, call_returns, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP);
}
#endif

#ifdef _WIN32
/* The thread block tells the bounds of the stack that is in use. */
static bool block_tells(const struct g *gp)
{
    return __readgsqword(0x08) == gp->stack_hi && __readgsqword(0x10) == gp->stack_lo &&
           __readgsqword(0x1478) == gp->stack_lo;
}

static bool block_on_g0(struct g *gp, void *arg)
{
    (void)gp;
    *(bool *)arg = block_tells(&port_getm()->g0);
    return false;
}

static void follow_block(void *arg)
{
    bool on_g0 = false;
    (void)arg;
    for (int i = 0; i < TURNS; i++) {
        assert_true(block_tells(port_getg()));
        g_park(block_on_g0, &on_g0, WAIT_NONE);
        assert_true(on_g0);
        g_yield();
    }
    atomic_fetch_sub(&left, 1);
}

static void all_follow(void *arg)
{
    (void)arg;
    atomic_store(&left, 8);
    for (int i = 0; i < 8; i++)
        rig_go(follow_block, NULL);
    while (atomic_load(&left) > 0)
        g_yield();
}

static void thread_block(void **s)
{
    (void)s;
    rig_run(1, all_follow, NULL);
    rig_run(2, all_follow, NULL);
}
#endif

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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers),
        cmocka_unit_test(mcall_saves),
#ifdef _WIN32
        cmocka_unit_test(thread_block),
#else
        cmocka_unit_test(mcall_traps),
#endif
        cmocka_unit_test(system_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
