/* SPDX-License-Identifier: Apache-2.0 */
/* All Ms: one per P from the start, more for blocking calls. An M without P is spare and waits to
 * be given one. */
#include <errno.h>
#include <stdlib.h>

#include "gort/port/os.h"

#define JOIN_GRACE_NS (2 * GO_S) /* for threads that run a goroutine that doesn't end */
#define JOIN_LOOK_NS  (10 * GO_MS)

static struct {
    struct spin lock;
    struct host_m *all;
    struct host_m *spare;
} threads;

static void *m_thread(void *arg)
{
    struct m *mp = arg;
    os_thread_begin();
    host_m_adopt(mp);
    m_run(mp);
    host_m_adopt(NULL);
    atomic_store(&host_m(mp)->ended, 1);
    os_wake(&host_m(mp)->ended);
    return NULL;
}

int port_m_start(struct m *mp)
{
    struct host_m *pm = host_m(mp);
    int r = os_thread_start(&pm->thread, m_thread, mp);
    pm->started = r == 0;
    return r;
}

static struct host_m *host_m_new(void)
{
    struct host_m *pm = calloc(1, sizeof(*pm));
    if (!pm)
        return NULL;
    gspin_lock(&threads.lock);
    pm->next_all = threads.all;
    threads.all = pm;
    gspin_unlock(&threads.lock);
    atomic_fetch_add(&rt.nthreads, 1);
    return pm;
}

/* Ps are bound before any thread runs: a G may be queued for any of them. */
int threads_start(unsigned procs, uint64_t seed)
{
    threads.all = threads.spare = NULL;
    for (unsigned i = 0; i < procs; i++) {
        struct host_m *pm = host_m_new();
        if (!pm)
            return -ENOMEM;
        if (i == 0)
            sched_init(procs, &pm->m);
        else
            m_bind(&pm->m, i);
    }
    sched_perturb(seed);
    for (struct host_m *pm = threads.all; pm; pm = pm->next_all) {
        int r = port_m_start(&pm->m);
        if (r)
            return r;
    }
    return 0;
}

/* What a goroutine does takes as long as it takes; the scheduler itself ends soon. */
static bool join(struct host_m *pm, int64_t until)
{
    if (!pm->started)
        return true;
    while (!atomic_load(&pm->ended) && (!own_load(&pm->m.curg) || clock_real() < until))
        os_wait(&pm->ended, 0, clock_real() + JOIN_LOOK_NS);
    if (!atomic_load(&pm->ended))
        return false;
    os_thread_join(pm->thread);
    return true;
}

/* True when every thread has ended, so that its memory can go. */
bool threads_stop(void)
{
    bool all = true;
    atomic_store(&rt.stopping, true);
    for (struct host_m *pm = threads.all; pm; pm = pm->next_all) {
        atomic_store_explicit(&pm->m.tick_due, true, memory_order_relaxed);
        port_m_wake(&pm->m);
    }
    int64_t until = clock_real() + JOIN_GRACE_NS;
    for (struct host_m *pm = threads.all; pm; pm = pm->next_all)
        all = join(pm, until) && all;
    while (all && threads.all) {
        struct host_m *pm = threads.all;
        threads.all = pm->next_all;
        free(pm);
    }
    return all;
}

/* ------------------------------------------------------------------ spare Ms */

struct host_m *thread_spare(void)
{
    gspin_lock(&threads.lock);
    struct host_m *pm = threads.spare;
    if (pm)
        threads.spare = pm->next_spare;
    gspin_unlock(&threads.lock);
    return pm ? pm : host_m_new();
}

void thread_give(struct host_m *pm, unsigned index)
{
    m_bind(&pm->m, index);
    atomic_store(&pm->given, index + 1);
    if (pm->started)
        port_m_wake(&pm->m);
    else if (port_m_start(&pm->m) != 0)
        port_fatal(
            "gort: no thread for a processor whose thread blocks: raise the limit of threads");
}

void thread_return(struct host_m *pm)
{
    gspin_lock(&threads.lock);
    pm->next_spare = threads.spare;
    threads.spare = pm;
    gspin_unlock(&threads.lock);
}

void thread_wait_for_p(struct m *mp)
{
    struct host_m *pm = host_m(mp);
    atomic_store(&pm->given, 0);
    thread_return(pm);
    while (!atomic_load(&pm->given)) {
        if (atomic_load(&rt.stopping))
            m_stop(mp);
        host_note_sleep(pm, INT64_MAX);
    }
}
