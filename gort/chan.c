/* SPDX-License-Identifier: Apache-2.0 */
/* Channels. The rules are in chan.h. */
#include "gort/chan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

go_chan *go_chan_make(size_t elem, size_t cap)
{
    size_t bytes;
    if (__builtin_mul_overflow(elem, cap, &bytes) || bytes > PTRDIFF_MAX - sizeof(struct go_chan))
        return NULL;
    struct go_chan *c = malloc(sizeof(*c) + bytes);
    if (!c)
        return NULL;
    memset(c, 0, sizeof(*c));
    c->elem = elem;
    c->cap = cap;
    return c;
}

size_t go_chan_len(const go_chan *c)
{
    return c ? atomic_load_explicit(&c->len, memory_order_relaxed) : 0;
}

size_t go_chan_cap(const go_chan *c)
{
    return c ? c->cap : 0;
}

/* ------------------------------------------------------------------ waiters */

static struct sudog *first(struct sudogq *q)
{
    return atomic_load_explicit(&q->first, memory_order_relaxed);
}

static void first_set(struct sudogq *q, struct sudog *sg)
{
    atomic_store_explicit(&q->first, sg, memory_order_relaxed);
}

void sudog_push(struct sudogq *q, struct sudog *sg)
{
    sg->next = NULL;
    sg->prev = q->last;
    sg->queued = true;
    if (q->last)
        q->last->next = sg;
    else
        first_set(q, sg);
    q->last = sg;
}

void sudog_remove(struct sudogq *q, struct sudog *sg)
{
    if (!sg->queued)
        return;
    if (sg->prev)
        sg->prev->next = sg->next;
    else
        first_set(q, sg->next);
    if (sg->next)
        sg->next->prev = sg->prev;
    else
        q->last = sg->prev;
    sg->queued = false;
}

static bool win(struct sudog *sg)
{
    uint32_t none = 0;
    return !sg->several || atomic_compare_exchange_strong(&sg->g->selectdone, &none, 1);
}

/* The first waiter that is still to be had, now ours to wake. */
static struct sudog *sudog_take(struct sudogq *q)
{
    struct sudog *sg;
    while ((sg = first(q))) {
        sudog_remove(q, sg);
        if (win(sg))
            return sg;
    }
    return NULL;
}

static struct g *sudog_won(struct sudog *sg, bool success)
{
    sg->success = success;
    sg->g->param = sg;
    return sg->g;
}

void go_chan_free(go_chan *c)
{
    if (!c)
        return;
    gspin_lock(&c->lock);
    bool waited_on = first(&c->recvq) || first(&c->sendq);
    gspin_unlock(&c->lock);
    if (waited_on)
        go_panic("go_chan_free: goroutines wait on the channel; close it first");
    free(c);
}

/* ------------------------------------------------------------------ values */

static void copy(void *to, const void *from, size_t n)
{
    if (!to)
        return;
    if (n == 8)
        memcpy(to, from, 8);
    else
        memcpy(to, from, n);
}

static void buf_put(struct go_chan *c, const void *v)
{
    copy(c->buf + c->send_at * c->elem, v, c->elem);
    if (++c->send_at == c->cap)
        c->send_at = 0;
}

static void buf_get(struct go_chan *c, void *v)
{
    copy(v, c->buf + c->recv_at * c->elem, c->elem);
    if (++c->recv_at == c->cap)
        c->recv_at = 0;
}

static void len_add(struct go_chan *c, size_t delta)
{
    size_t len = atomic_load_explicit(&c->len, memory_order_relaxed);
    atomic_store_explicit(&c->len, len + delta, memory_order_relaxed);
}

static size_t len(struct go_chan *c)
{
    return atomic_load_explicit(&c->len, memory_order_relaxed);
}

static bool is_closed(struct go_chan *c)
{
    return atomic_load_explicit(&c->closed, memory_order_relaxed);
}

/* ------------------------------------------------------------------ one try, locked */

enum chan_try chan_send_locked(struct go_chan *c, const void *v, struct g **wake)
{
    if (is_closed(c))
        return CHAN_CLOSED;
    struct sudog *sg = sudog_take(&c->recvq);
    if (sg) {
        copy(sg->elem, v, c->elem);
        *wake = sudog_won(sg, true);
        return CHAN_DONE;
    }
    if (len(c) == c->cap)
        return CHAN_BLOCK;
    buf_put(c, v);
    len_add(c, 1);
    return CHAN_DONE;
}

/* A sender waits only while the buffer is full: its value goes to the place that the receive frees.
 */
static void recv_from_sender(struct go_chan *c, void *v, struct sudog *sg)
{
    if (c->cap == 0) {
        copy(v, sg->elem, c->elem);
        return;
    }
    buf_get(c, v);
    buf_put(c, sg->elem);
}

enum chan_try chan_recv_locked(struct go_chan *c, void *v, struct g **wake)
{
    struct sudog *sg = sudog_take(&c->sendq);
    if (sg) {
        recv_from_sender(c, v, sg);
        *wake = sudog_won(sg, true);
        return CHAN_DONE;
    }
    if (len(c) > 0) {
        buf_get(c, v);
        len_add(c, (size_t)-1);
        return CHAN_DONE;
    }
    if (!is_closed(c))
        return CHAN_BLOCK;
    if (v)
        memset(v, 0, c->elem);
    return CHAN_CLOSED;
}

/* ------------------------------------------------------------------ waiting */

static void wait_timer_fire(void *arg)
{
    struct g *gp = ((struct wait_timer *)arg)->g;
    uint32_t none = 0;
    if (!atomic_compare_exchange_strong(&gp->selectdone, &none, 1))
        return;
    gp->param = NULL;
    g_ready(gp);
}

void wait_timer_start(struct wait_timer *w, struct g *gp, int64_t deadline)
{
    w->g = deadline > 0 ? gp : NULL;
    if (!w->g)
        return;
    timer_init(&w->t, wait_timer_fire, w);
    timer_set(&w->t, deadline);
}

/* A callback that still runs would meet the G's next wait. */
void wait_timer_end(struct wait_timer *w)
{
    if (w->g)
        timer_stop_sync(&w->t);
}

static bool unlock_commit(struct g *gp, void *arg)
{
    (void)gp;
    gspin_unlock(&((struct go_chan *)arg)->lock);
    return true;
}

/* Enqueue and park; c is locked before and unlocked after. The result is 1, -EPIPE or -ETIMEDOUT.
 */
static int wait_in(struct go_chan *c, struct sudogq *q, void *elem, int64_t deadline, uint8_t why)
{
    struct g *gp = port_getg();
    struct sudog sg = {.g = gp, .elem = elem, .c = c, .several = deadline > 0};
    struct wait_timer w;
    atomic_store_explicit(&gp->selectdone, 0, memory_order_relaxed);
    gp->param = NULL;
    sudog_push(q, &sg);
    wait_timer_start(&w, gp, deadline);
    g_park(unlock_commit, c, why);
    wait_timer_end(&w);
    if (gp->param == &sg)
        return sg.success ? 1 : -EPIPE;
    gspin_lock(&c->lock);
    sudog_remove(q, &sg);
    gspin_unlock(&c->lock);
    return -ETIMEDOUT;
}

static void block_for_ever(uint8_t why)
{
    for (;;)
        g_park(NULL, NULL, why);
}

/* A timed wait on no channel. */
static int no_channel(int64_t deadline, uint8_t why)
{
    if (deadline < 0)
        block_for_ever(why);
    if (deadline > 0)
        go_sleep(deadline - go_now());
    return -ETIMEDOUT;
}

static int send(go_chan *c, const void *v, int64_t deadline)
{
    struct g *wake = NULL;
    if (!c)
        return no_channel(deadline, WAIT_CHAN_SEND);
    if (deadline == 0 && chan_would_block(c, GO_OP_SEND))
        return -ETIMEDOUT;
    gspin_lock(&c->lock);
    enum chan_try r = chan_send_locked(c, v, &wake);
    if (r == CHAN_BLOCK && deadline != 0)
        return wait_in(c, &c->sendq, (void *)v, deadline, WAIT_CHAN_SEND);
    gspin_unlock(&c->lock);
    if (wake)
        g_ready(wake);
    return r == CHAN_DONE ? 1 : r == CHAN_CLOSED ? -EPIPE : -ETIMEDOUT;
}

static int recv(go_chan *c, void *v, int64_t deadline)
{
    struct g *wake = NULL;
    if (!c)
        return no_channel(deadline, WAIT_CHAN_RECEIVE);
    if (deadline == 0 && chan_would_block(c, GO_OP_RECV))
        return -ETIMEDOUT;
    gspin_lock(&c->lock);
    enum chan_try r = chan_recv_locked(c, v, &wake);
    if (r == CHAN_BLOCK && deadline != 0)
        return wait_in(c, &c->recvq, v, deadline, WAIT_CHAN_RECEIVE);
    gspin_unlock(&c->lock);
    if (wake)
        g_ready(wake);
    return r == CHAN_DONE ? 1 : r == CHAN_CLOSED ? -EPIPE : -ETIMEDOUT;
}

/* ------------------------------------------------------------------ the calls */

void go_send(go_chan *c, const void *v)
{
    if (send(c, v, GO_FOREVER) == -EPIPE)
        go_panic("send on closed channel");
}

bool go_recv(go_chan *c, void *v)
{
    return recv(c, v, GO_FOREVER) == 1;
}

int go_try_send(go_chan *c, const void *v)
{
    int r = send(c, v, 0);
    return r == -ETIMEDOUT ? 0 : r;
}

int go_try_recv(go_chan *c, void *v)
{
    int r = recv(c, v, 0);
    return r == -ETIMEDOUT ? 0 : r;
}

int go_send_until(go_chan *c, const void *v, int64_t deadline)
{
    return send(c, v, deadline);
}

int go_recv_until(go_chan *c, void *v, int64_t deadline)
{
    return recv(c, v, deadline);
}

/* Takes one waiter of a closed channel out; a receiver gets zero bytes. */
static struct g *close_one(struct go_chan *c)
{
    struct sudog *sg = sudog_take(&c->recvq);
    if (sg && sg->elem)
        memset(sg->elem, 0, c->elem);
    if (!sg)
        sg = sudog_take(&c->sendq);
    return sg ? sudog_won(sg, false) : NULL;
}

void go_close(go_chan *c)
{
    if (!c)
        go_panic("close of nil channel");
    gspin_lock(&c->lock);
    if (is_closed(c)) {
        gspin_unlock(&c->lock);
        go_panic("close of closed channel");
    }
    atomic_store_explicit(&c->closed, true, memory_order_release);
    struct g *all = NULL, *gp;
    while ((gp = close_one(c))) {
        gp->schedlink = all;
        all = gp;
    }
    gspin_unlock(&c->lock);
    while ((gp = all)) {
        all = gp->schedlink;
        gp->schedlink = NULL;
        g_ready(gp);
    }
}
