/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside channels. A channel's lock guards everything in it and in the sudogs on it. A waiter's
 * sudog is on its own stack; it stays valid while it is linked, because its owner can't leave
 * before it has the lock and sees it unlinked.
 *
 * Who wakes a waiter: whoever unlinks its sudog, if the waiter waits for that alone. If it waits
 * for several things (select, deadline) the waker must also win selectdone 0 -> 1. The winner fills
 * in `success`, sets the G's param to the sudog, and readies the G.
 */
#ifndef GORT_CHAN_H
#define GORT_CHAN_H

#include "gort/gort.h"
#include "gort/sched.h"

struct sudog {
    struct g *g;
    struct sudog *next, *prev;
    void *elem; /* where the value comes from or goes to, or NULL */
    struct go_chan *c;
    bool several; /* selectdone decides */
    bool queued;
    bool success; /* woken by a partner, not by close */
};

struct sudogq {
    _Atomic(struct sudog *) first; /* read without the lock to see whether anybody waits */
    struct sudog *last;
};

struct go_chan {
    struct spin lock;
    _Atomic bool closed;
    _Atomic size_t len;
    size_t cap, elem;
    size_t recv_at, send_at; /* slots of the buffer */
    struct sudogq recvq, sendq;
    unsigned char buf[];
};

/* What one try under the lock came to. */
enum chan_try { CHAN_BLOCK, CHAN_DONE, CHAN_CLOSED };

/*
 * chan_send_locked, chan_recv_locked - try without waiting; c is locked. CHAN_DONE may leave *wake,
 * which the caller readies once it has unlocked.
 */
enum chan_try chan_send_locked(struct go_chan *c, const void *v, struct g **wake);
enum chan_try chan_recv_locked(struct go_chan *c, void *v, struct g **wake);

/* sudog_push, sudog_remove - link at the end, unlink if linked; the channel is locked. */
void sudog_push(struct sudogq *q, struct sudog *sg);
void sudog_remove(struct sudogq *q, struct sudog *sg);

/*
 * chan_would_block - whether an operation would block now, seen without the lock. c isn't NULL.
 * True held at one moment during the call: the channel was open when it was looked at, and then it
 * was empty (full).
 */
static inline bool chan_would_block(struct go_chan *c, uint8_t op)
{
    if (atomic_load_explicit(&c->closed, memory_order_acquire))
        return false;
    if (c->cap == 0)
        return !atomic_load_explicit(op == GO_OP_SEND ? &c->recvq.first : &c->sendq.first,
                                     memory_order_relaxed);
    return atomic_load_explicit(&c->len, memory_order_relaxed) == (op == GO_OP_SEND ? c->cap : 0);
}

/* A deadline on a wait: wins selectdone with param NULL. */
struct wait_timer {
    struct timer t;
    struct g *g;
};
void wait_timer_start(struct wait_timer *w, struct g *gp, int64_t deadline);
void wait_timer_end(struct wait_timer *w);

#endif
