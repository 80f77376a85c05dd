/* SPDX-License-Identifier: Apache-2.0 */
/* All Ms: one per P from the start, more for blocking calls. An M without P is spare and waits to
 * be given one. */
#include <errno.h>
#include <stdlib.h>

#include "gort/port/posix/futex.h"
#include "gort/port/posix/rt.h"

#define JOIN_GRACE_NS (2 * GO_S) /* for threads that run a goroutine that doesn't end */
#define JOIN_LOOK_NS  (10 * GO_MS)

static struct {
    struct spin lock;
    struct posix_m *all;
    struct posix_m *spare;
} threads;

static void *m_thread(void *arg)
{
    struct m *mp = arg;
    posix_m_adopt(mp);
    report_thread();
    m_run(mp);
    posix_m_adopt(NULL);
    atomic_store(&posix_m(mp)->ended, 1);
    futex_wake(&posix_m(mp)->ended);
    return NULL;
}

int port_m_start(struct m *mp)
{
    struct posix_m *pm = posix_m(mp);
    int r = pthread_create(&pm->thread, NULL, m_thread, mp);
    pm->started = r == 0;
    return -r;
}

static struct posix_m *posix_m_new(void)
{
    struct posix_m *pm = calloc(1, sizeof(*pm));
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
        struct posix_m *pm = posix_m_new();
        if (!pm)
            return -ENOMEM;
        if (i == 0)
            sched_init(procs, &pm->m);
        else
            m_bind(&pm->m, i);
    }
    sched_perturb(seed);
    for (struct posix_m *pm = threads.all; pm; pm = pm->next_all) {
        int r = port_m_start(&pm->m);
        if (r)
            return r;
    }
    return 0;
}

/* What a goroutine does takes as long as it takes; the scheduler itself ends soon. */
static bool join(struct posix_m *pm, int64_t until)
{
    if (!pm->started)
        return true;
    while (!atomic_load(&pm->ended) && (!own_load(&pm->m.curg) || clock_real() < until))
        futex_wait(&pm->ended, 0, clock_real() + JOIN_LOOK_NS);
    return atomic_load(&pm->ended) && pthread_join(pm->thread, NULL) == 0;
}

/* True when every thread has ended, so that its memory can go. */
bool threads_stop(void)
{
    bool all = true;
    atomic_store(&rt.stopping, true);
    for (struct posix_m *pm = threads.all; pm; pm = pm->next_all) {
        atomic_store_explicit(&pm->m.tick_due, true, memory_order_relaxed);
        port_m_wake(&pm->m);
    }
    int64_t until = clock_real() + JOIN_GRACE_NS;
    for (struct posix_m *pm = threads.all; pm; pm = pm->next_all)
        all = join(pm, until) && all;
    while (all && threads.all) {
        struct posix_m *pm = threads.all;
        threads.all = pm->next_all;
        free(pm);
    }
    return all;
}

/* ------------------------------------------------------------------ spare Ms */

struct posix_m *thread_spare(void)
{
    gspin_lock(&threads.lock);
    struct posix_m *pm = threads.spare;
    if (pm)
        threads.spare = pm->next_spare;
    gspin_unlock(&threads.lock);
    return pm ? pm : posix_m_new();
}

void thread_give(struct posix_m *pm, unsigned index)
{
    m_bind(&pm->m, index);
    atomic_store(&pm->given, index + 1);
    if (pm->started)
        port_m_wake(&pm->m);
    else if (port_m_start(&pm->m) != 0)
        port_fatal(
            "gort: no thread for a processor whose thread blocks: raise the limit of threads");
}

void thread_return(struct posix_m *pm)
{
    gspin_lock(&threads.lock);
    pm->next_spare = threads.spare;
    threads.spare = pm;
    gspin_unlock(&threads.lock);
}

void thread_wait_for_p(struct m *mp)
{
    struct posix_m *pm = posix_m(mp);
    atomic_store(&pm->given, 0);
    thread_return(pm);
    while (!atomic_load(&pm->given)) {
        if (atomic_load(&rt.stopping))
            m_stop(mp);
        posix_note_sleep(pm, INT64_MAX);
    }
}
