/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutex. state: LOCKED, WAITERS (somebody is queued; changed with the queue locked). An unlock lets
 * go and wakes the first waiter, which then competes with who comes by; a waiter that has lost for
 * STARVING_NS gets the mutex handed over instead, still locked.
 */
#include "gort/waitq.h"

enum { LOCKED = 1, WAITERS = 2 };
enum { PATIENT, STARVING };
#define STARVING_NS 1000000
#define SPINS       32

static bool try_take(go_mutex *m, uint32_t old)
{
    return !(old & LOCKED) &&
           atomic_compare_exchange_strong_explicit(&m->state, &old, old | LOCKED,
                                                   memory_order_acquire, memory_order_relaxed);
}

bool go_mutex_try_lock(go_mutex *m)
{
    return try_take(m, atomic_load_explicit(&m->state, memory_order_relaxed));
}

/* Queue locked: announce a waiter unless the mutex is free; then take it. */
static bool take_or_announce(go_mutex *m)
{
    uint32_t old = atomic_load(&m->state);
    for (;;) {
        uint32_t new = old &LOCKED ? old | WAITERS : old | LOCKED;
        if (atomic_compare_exchange_weak(&m->state, &old, new))
            return !(old & LOCKED);
    }
}

/* Worth it only while the holder runs on another M. */
static bool spin_a_little(go_mutex *m)
{
    if (sched_nprocs() == 1)
        return false;
    for (int i = 0; i < SPINS; i++) {
        if (go_mutex_try_lock(m))
            return true;
        port_relax();
    }
    return false;
}

static void lock_slow(go_mutex *m)
{
    struct waiter w = {.kind = PATIENT};
    int64_t since = 0;
    while (!spin_a_little(m)) {
        waitq_lock(&m->q);
        if (take_or_announce(m)) {
            waitq_unlock(&m->q);
            return;
        }
        if (!since)
            since = port_now_ns();
        else if (port_now_ns() - since > STARVING_NS)
            w.kind = STARVING;
        w.granted = false;
        waitq_wait(&m->q, &w, w.kind == STARVING, GO_FOREVER, WAIT_SEMACQUIRE);
        if (w.granted)
            return;
    }
}

void go_mutex_lock(go_mutex *m)
{
    uint32_t none = 0;
    if (!atomic_compare_exchange_strong_explicit(&m->state, &none, LOCKED, memory_order_acquire,
                                                 memory_order_relaxed))
        lock_slow(m);
}

static void unlock_slow(go_mutex *m)
{
    waitq_lock(&m->q);
    struct waiter *w = waitq_take(&m->q);
    struct g *wake = w ? w->g : NULL;
    uint32_t waiters = waitq_first(&m->q) ? WAITERS : 0;
    bool hand_over = w && w->kind == STARVING;
    if (hand_over)
        w->granted = true;
    atomic_store(&m->state, waiters | (hand_over ? LOCKED : 0));
    waitq_unlock(&m->q);
    if (wake)
        g_ready(wake);
}

void go_mutex_unlock(go_mutex *m)
{
    uint32_t old = LOCKED;
    if (atomic_compare_exchange_strong_explicit(&m->state, &old, 0, memory_order_release,
                                                memory_order_relaxed))
        return;
    if (!(old & LOCKED))
        go_panic("go_mutex_unlock: the mutex isn't locked");
    unlock_slow(m);
}
