/* SPDX-License-Identifier: Apache-2.0 */
/* The idle and wake protocol; the argument is in idle.h. */
#include "gort/idle.h"

_Atomic uint64_t idle_ps_;
static _Atomic uint32_t nspinning;

void idle_reset(void)
{
    atomic_store(&idle_ps_, 0);
    atomic_store(&nspinning, 0);
    nap_reset();
}

bool idle_many_spin(void)
{
    unsigned busy = sched_nprocs() - (unsigned)__builtin_popcountll(atomic_load(&idle_ps_));
    return 2 * atomic_load(&nspinning) >= busy;
}

void spinning_begin(struct m *mp)
{
    mp->spinning = true;
    atomic_fetch_add(&nspinning, 1);
}

static void count_drop(void)
{
    if (atomic_fetch_sub(&nspinning, 1) == 1)
        idle_wake_one();
}

void spinning_drop(struct m *mp)
{
    mp->spinning = false;
    count_drop();
}

void spinning_give_up(struct m *mp)
{
    if (mp->spinning) {
        mp->spinning = false;
        atomic_fetch_sub(&nspinning, 1);
    }
}

/* Takes one P of mask out of idle; the caller has counted it as spinning. */
static int idle_take(uint64_t mask)
{
    uint64_t now;
    while ((now = atomic_load(&idle_ps_) & mask) != 0) {
        uint64_t bit = now & -now;
        if (atomic_fetch_and(&idle_ps_, ~bit) & bit)
            return __builtin_ctzll(bit);
    }
    return -1;
}

static void wake_taken(int index)
{
    port_m_wake(atomic_load_explicit(&sched_p((unsigned)index)->m, memory_order_acquire));
}

bool idle_wake_one(void)
{
    while (atomic_load(&idle_ps_) != 0) {
        uint32_t none = 0;
        if (atomic_load(&nspinning) != 0 || !atomic_compare_exchange_strong(&nspinning, &none, 1))
            return false;
        int index = idle_take(UINT64_MAX);
        if (index >= 0) {
            wake_taken(index);
            return true;
        }
        atomic_fetch_sub(&nspinning, 1); /* and look again: case 2c */
    }
    return nap_wake_one();
}

int idle_wake_p(uint64_t mask)
{
    if ((atomic_load(&idle_ps_) & mask) == 0)
        return -1;
    atomic_fetch_add(&nspinning, 1);
    int index = idle_take(mask);
    if (index >= 0)
        wake_taken(index);
    else
        count_drop();
    return index;
}

void idle_interrupted(struct m *mp)
{
    mp->asleep = false;
    uint64_t bit = 1ull << mp->p->id;
    if (!(atomic_fetch_and(&idle_ps_, ~bit) & bit))
        mp->spinning = true;
}

static bool work_visible(struct p *self)
{
    uint64_t me = 1ull << self->id;
    if (sched_global_has(me))
        return true;
    for (unsigned i = 0; i < sched_nprocs(); i++) {
        struct p *pp = sched_p(i);
        if (!runq_empty(&pp->runq) || gqueue_has(&pp->bound, me))
            return true;
    }
    return false;
}

bool idle_wait(struct m *mp)
{
    struct p *pp = mp->p;
    mp->asleep = true;
    atomic_fetch_or(&idle_ps_, 1ull << pp->id);
    spinning_give_up(mp);
    atomic_thread_fence(memory_order_seq_cst);
    bool work = work_visible(pp);
    own_add(&pp->sleeps, 1);
    pp->slice_armed = false; /* the sleep's deadline takes its place in the timer */
    if (!work)
        port_m_sleep(mp, timer_heap_min(&pp->timers));
    if (mp->asleep)
        idle_interrupted(mp);
    return work;
}
