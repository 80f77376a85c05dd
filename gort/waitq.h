/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of waiting Gs that the objects of sync.c share, with its lock. Waiters are on their own
 * stacks, as in chan.h. */
#ifndef GORT_WAITQ_H
#define GORT_WAITQ_H

#include "gort/chan.h"

struct waiter {
    struct g *g;
    struct waiter *next, *prev;
    bool several; /* a deadline may win instead */
    bool queued;
    bool granted; /* by the waker: what was waited for is the waiter's */
    uint8_t kind; /* the object's own */
};

_Static_assert(sizeof(struct spin) == sizeof(uint32_t), "the lock in struct go_waitq_");

static inline void waitq_lock(struct go_waitq_ *q)
{
    gspin_lock((struct spin *)&q->lock);
}

static inline void waitq_unlock(struct go_waitq_ *q)
{
    gspin_unlock((struct spin *)&q->lock);
}

/*
 * waitq_wait - join the locked queue (in front with `front`), unlock it and park. w->kind is the
 * caller's. True: woken by waitq_take; false: the deadline passed. The queue is unlocked
 * afterwards.
 */
bool waitq_wait(struct go_waitq_ *q, struct waiter *w, bool front, int64_t deadline, uint8_t why);

/* waitq_take - unlink the first waiter that hasn't timed out; the caller readies w->g after
 * unlocking. NULL: none. Locked. */
struct waiter *waitq_take(struct go_waitq_ *q);

/* go_slow - go in full, from anywhere. go_queued - what go has left to do when somebody is to look
 * for the new goroutine; 0. Both elsewhere, so that go has nothing to keep across a call. */
int go_slow(go_fn fn, void *arg);
int go_queued(struct m *mp);

/* wg_add_locked - go_wg_add once its queue is locked; unlocks it. */
void wg_add_locked(go_wg *g, int64_t delta);

static inline struct waiter *waitq_first(struct go_waitq_ *q)
{
    return q->head;
}

#endif
