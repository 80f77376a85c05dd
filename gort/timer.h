/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: each P has a heap of them, intrusive (a pairing heap), so nothing is allocated and any
 * timer can be taken out.
 *
 * A timer goes to the heap of the P that set it. Calls for one timer must be serialised by its
 * owner; expiry, on any M, may happen at the same time. The callback runs on a g0 or in the tick
 * interrupt, without core locks; it may ready Gs and set timers, also its own; it must not park.
 * The core doesn't touch a timer any more once its callback began, so a callback may hand the
 * timer's memory back to its owner. One that sets its own timer does so last, or under a lock that
 * whoever frees the timer takes as well: from then on it may run on another M, and timer_stop_sync
 * waits for the run that began last.
 */
#ifndef GORT_TIMER_H
#define GORT_TIMER_H

#include "gort/spin.h"

#define TIMER_NEVER INT64_MAX

struct timer {
    int64_t when_ns;
    void (*fn)(void *);
    void *arg;
    struct timer *child, *sibling;
    struct timer **link;     /* what points to this timer in the heap; NULL: not pending */
    struct timer_heap *heap; /* the heap it was set in last */
    struct m *runner;        /* the M that ran it last */
};

struct timer_heap {
    struct spin lock;
    _Atomic int64_t min_when; /* of the first timer, TIMER_NEVER when there is none; may be read
                                 without the lock */
    struct timer *root;
};

enum timer_stopped {
    TIMER_IDLE,    /* wasn't pending; the callback doesn't run */
    TIMER_PENDING, /* was pending and won't fire */
    TIMER_RUNNING, /* the callback runs now on another M, or is the caller */
};

/* timer_heap_init - an empty heap. */
void timer_heap_init(struct timer_heap *h);

/* timer_init - a timer that isn't pending. */
void timer_init(struct timer *t, void (*fn)(void *), void *arg);

/* timer_set - (re)arm t for when_ns (port_now_ns's clock; TIMER_NEVER is allowed and never fires)
 * on this M's P. */
void timer_set(struct timer *t, int64_t when_ns);

/* timer_stop - disarm t and say what it was doing. Never waits for a callback. */
enum timer_stopped timer_stop(struct timer *t);

/* timer_stop_sync - like timer_stop, but waits out a callback on another M. TIMER_RUNNING only when
 * called from t's own callback. */
enum timer_stopped timer_stop_sync(struct timer *t);

/* timer_heap_add - put t, which isn't pending, into h; true when it became the first. */
bool timer_heap_add(struct timer_heap *h, struct timer *t, int64_t when_ns);

/* timer_heap_run - run every callback that is due at now_ns, on this M; how many. */
unsigned timer_heap_run(struct timer_heap *h, struct m *mp, int64_t now_ns);

static inline int64_t timer_heap_min(struct timer_heap *h)
{
    return atomic_load_explicit(&h->min_when, memory_order_acquire);
}

#endif
