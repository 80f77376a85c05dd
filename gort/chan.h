/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside channels. A channel's lock guards everything in it and in the sudogs on it. A waiter's
 * sudog is on its own stack; it stays valid while it is linked, because its owner can't leave
 * before it has the lock and sees it unlinked.
 *
 * Who wakes a waiter: whoever unlinks its sudog, if the waiter waits for that alone. If it waits
 * for several things (select, deadline) the waker must also win selectdone 0 -> 1, and sets the G's
 * param to the sudog. The winner fills in `success` and readies the G.
 */
#ifndef GORT_CHAN_H
#define GORT_CHAN_H

#include "gort/gort.h"
#include "gort/sched.h"

struct sudog {
    struct g *g;
    struct sudog *next, *prev; /* prev means nothing in the first */
    void *elem;                /* where the value comes from or goes to, or NULL */
    bool several;              /* selectdone decides */
    bool queued;               /* with `several`: still linked */
    bool success;              /* woken by a partner, not by close */
};

struct sudogq {
    _Atomic(struct sudog *) first; /* read without the lock to see whether anybody waits */
    struct sudog *last;            /* means nothing while there is no first */
};

/* One line of the cache, and the buffer behind it. */
struct go_chan {
    struct spin lock;
    _Atomic uint32_t len;
    uint32_t cap;
    _Atomic bool closed;
    uint8_t shift; /* from the start of the allocation */
    size_t elem;
    struct sudogq recvq, sendq;
    uint32_t recv_at, send_at; /* slots of the buffer */
    unsigned char buf[];
};
_Static_assert(sizeof(struct go_chan) == 64, "a channel fits its line");

/* What one try under the lock came to. */
enum chan_try { CHAN_BLOCK, CHAN_DONE, CHAN_CLOSED };

/*
 * chan_send_locked, chan_recv_locked - try without waiting; c is locked. CHAN_DONE may leave *wake,
 * which the caller readies once it has unlocked.
 */
enum chan_try chan_send_locked(struct go_chan *c, const void *v, struct g **wake);
enum chan_try chan_recv_locked(struct go_chan *c, void *v, struct g **wake);

/* chan_send, chan_recv - go_send and go_recv in full. */
void chan_send(struct go_chan *c, const void *v);
bool chan_recv(struct go_chan *c, void *v);

/* chan_send_on, chan_recv_on - their rest, once c is locked. */
void chan_send_on(struct go_chan *c, const void *v);
bool chan_recv_on(struct go_chan *c, void *v);

/* go_send_wait_, go_recv_wait_ - their rest, once c is locked and they must wait. Reports show the
 * names: they are exported. */
#pragma GCC visibility push(default)
void go_send_wait_(struct go_chan *c, const void *v);
bool go_recv_wait_(struct go_chan *c, void *v);
#pragma GCC visibility pop

/* sudog_push, sudog_remove - link at the end; unlink if it is still linked, which `queued` says.
 * The channel is locked. */
void sudog_push(struct sudogq *q, struct sudog *sg);
void sudog_remove(struct sudogq *q, struct sudog *sg);

/* sudog_shift - unlink sg, the first; the channel is locked. */
GORT_HOT void sudog_shift(struct sudogq *q, struct sudog *sg)
{
    own_store(&q->first, sg->next);
    sg->queued = false;
}

/*
 * chan_would_block - whether an operation would block now, seen without the lock. c isn't NULL.
 *
 * A sender waits only while the buffer is full, a receiver only while it is empty. So nobody can
 * receive (send) when len is 0 (cap) and no sender (receiver) waits: without a buffer the second
 * look decides, with one the first. If the channel is open after that it was so then: it isn't
 * opened again. So true held at one moment during the call.
 */
GORT_HOT bool chan_would_block(struct go_chan *c, uint8_t op)
{
    struct sudogq *partners = op == GO_OP_SEND ? &c->recvq : &c->sendq;
    return atomic_load_explicit(&c->len, memory_order_acquire) == (op == GO_OP_SEND ? c->cap : 0) &&
           !atomic_load_explicit(&partners->first, memory_order_acquire) &&
           !atomic_load_explicit(&c->closed, memory_order_acquire);
}

static inline uint32_t chan_slot_after(struct go_chan *c, uint32_t at)
{
    return at + 1 == c->cap ? 0 : at + 1;
}

/* A deadline on a wait: wins selectdone with param NULL. */
struct wait_timer {
    struct timer t;
    struct g *g;
};
void wait_timer_start(struct wait_timer *w, struct g *gp, int64_t deadline);
void wait_timer_end(struct wait_timer *w);

#endif
