/* SPDX-License-Identifier: Apache-2.0 */
/* Naps; what they are for is in nap.h. */
#include "gort/idle.h"

#define FIRST_NS 50000
#define LONGER   3 /* times that the next one is twice as long */

_Atomic uint64_t napping_ps_;

bool nap_wake_one(void)
{
    uint64_t now;
    while ((now = atomic_load(&napping_ps_)) != 0) {
        uint64_t bit = now & -now;
        if (!(atomic_fetch_and(&napping_ps_, ~bit) & bit))
            continue;
        struct p *pp = sched_p((unsigned)__builtin_ctzll(bit));
        port_m_wake(atomic_load_explicit(&pp->m, memory_order_acquire));
        return true;
    }
    return false;
}

/* More than pairs. */
static bool queue_visible(struct p *self)
{
    uint64_t me = 1ull << self->id;
    bool any = sched_global_has(me);
    for (unsigned i = 0; i < sched_nprocs() && !any; i++)
        any = runq_len(&sched_p(i)->runq) > 0 || gqueue_has(&sched_p(i)->bound, me);
    return any;
}

static int64_t length_ns(struct m *mp)
{
    int64_t ns = (int64_t)FIRST_NS << mp->naps;
    if (mp->naps < LONGER)
        mp->naps++;
    return ns;
}

bool nap(struct m *mp)
{
    struct p *pp = mp->p;
    uint64_t bit = 1ull << pp->id;
    if (!mp->saw_pair)
        return false;
    mp->saw_pair = false;
    atomic_fetch_or(&napping_ps_, bit);
    spinning_give_up(mp);
    atomic_thread_fence(memory_order_seq_cst);
    own_add(&pp->sleeps, 1);
    int64_t until = port_now_ns() + length_ns(mp);
    if (!queue_visible(pp))
        port_m_sleep(mp, MIN(until, timer_heap_min(&pp->timers)));
    atomic_fetch_and(&napping_ps_, ~bit);
    return true;
}
