/* SPDX-License-Identifier: Apache-2.0 */
#include "gort/waitq.h"

static void push_back(struct go_waitq_ *q, struct waiter *w)
{
    struct waiter *last = q->tail;
    w->prev = last;
    w->next = NULL;
    if (last)
        last->next = w;
    else
        q->head = w;
    q->tail = w;
}

static void push_front(struct go_waitq_ *q, struct waiter *w)
{
    struct waiter *first = q->head;
    w->prev = NULL;
    w->next = first;
    if (first)
        first->prev = w;
    else
        q->tail = w;
    q->head = w;
}

static void unlink_waiter(struct go_waitq_ *q, struct waiter *w)
{
    if (!w->queued)
        return;
    w->queued = false;
    if (w->prev)
        w->prev->next = w->next;
    else
        q->head = w->next;
    if (w->next)
        w->next->prev = w->prev;
    else
        q->tail = w->prev;
}

bool waitq_wait(struct go_waitq_ *q, struct waiter *w, bool front, int64_t deadline, uint8_t why)
{
    struct wait_timer t;
    struct g *gp = w->g = port_getg();
    w->several = deadline > 0;
    w->queued = true;
    gp->param = NULL;
    atomic_store_explicit(&gp->selectdone, 0, memory_order_relaxed);
    (front ? push_front : push_back)(q, w);
    wait_timer_start(&t, gp, deadline);
    g_park_unlock(gp, (struct spin *)&q->lock, why);
    wait_timer_end(&t);
    if (gp->param == w)
        return true;
    waitq_lock(q);
    unlink_waiter(q, w);
    waitq_unlock(q);
    return false;
}

struct waiter *waitq_take(struct go_waitq_ *q)
{
    struct waiter *w;
    while ((w = q->head)) {
        uint32_t none = 0;
        unlink_waiter(q, w);
        if (!w->several || atomic_compare_exchange_strong(&w->g->selectdone, &none, 1)) {
            w->g->param = w;
            return w;
        }
    }
    return NULL;
}
