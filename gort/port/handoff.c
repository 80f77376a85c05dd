/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocking calls. An M in one keeps its P until sysmon takes the P away for another M. A P's word
 * counts: odd while its M is in a call. Who makes it even again, the M that comes back or sysmon,
 * has the P; the M that comes too late queues its G for anybody and becomes spare.
 */
#include "gort/port/os.h"
#include "gort/san.h"

static struct {
    _Atomic uint32_t count;
} ALIGNED(64) calls[GORT_MAX_PROCS];

void handoff_reset(void)
{
    for (unsigned i = 0; i < GORT_MAX_PROCS; i++)
        atomic_store(&calls[i].count, 0);
}

static bool claim(unsigned index, uint32_t call)
{
    return atomic_compare_exchange_strong(&calls[index].count, &call, call + 1);
}

uint32_t handoff_call(unsigned index)
{
    uint32_t n = atomic_load(&calls[index].count);
    return n % 2 ? n : 0;
}

void handoff_retake(unsigned index, uint32_t call)
{
    struct host_m *pm = thread_spare();
    if (!pm)
        return;
    if (claim(index, call))
        thread_give(pm, index);
    else
        thread_return(pm);
}

void go_block_enter(void)
{
    struct g *gp = port_getg();
    struct m *mp = gp->m;
    mp->locks++;
    atomic_fetch_add(&rt.in_block, 1);
    casgstatus(gp, GRUNNING, GSYSCALL);
    host_m(mp)->call = atomic_fetch_add(&calls[mp->p->id].count, 1) + 1;
}

/* On g0, without a P. */
static void leave_on_g0(struct g *gp)
{
    struct m *mp = gp->m;
    san_arrive(&mp->g0);
    mp->p = NULL;
    own_store(&mp->curg, NULL);
    gp->m = NULL;
    casgstatus(gp, GSYSCALL, GRUNNABLE);
    sched_enqueue(mp, gp, false);
    thread_wait_for_p(mp);
    schedule(mp);
}

void go_block_leave(void)
{
    struct g *gp = port_getg();
    struct m *mp = gp->m;
    mp->locks--;
    if (claim(mp->p->id, host_m(mp)->call))
        casgstatus(gp, GSYSCALL, GRUNNING);
    else
        mcall(leave_on_g0);
    atomic_fetch_sub(&rt.in_block, 1);
}

int go_block(go_fn fn, void *arg)
{
    go_block_enter();
    fn(arg);
    go_block_leave();
    return 0;
}

/* The g0 below its scheduler's frames is free while a G runs. */
void go_systemstack(go_fn fn, void *arg)
{
    struct g *gp = port_getg();
    struct m *mp = gp ? gp->m : NULL;
    if (!mp || gp == &mp->g0) {
        fn(arg);
        return;
    }
    mp->locks++;
    gort_systemstack(fn, arg, mp->g0.sched.sp);
    mp->locks--;
}
