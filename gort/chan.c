/* SPDX-License-Identifier: Apache-2.0 */
/* Channels. The rules are in chan.h. */
#include "gort/chan.h"
#include "gort/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE 64

go_chan *go_chan_make(size_t elem, size_t cap)
{
    size_t bytes;
    if (__builtin_mul_overflow(elem, cap, &bytes) || cap > UINT32_MAX ||
        bytes > PTRDIFF_MAX - sizeof(struct go_chan) - LINE)
        return NULL;
    char *at = malloc(sizeof(struct go_chan) + LINE + bytes);
    if (!at)
        return NULL;
    struct go_chan *c = (struct go_chan *)ALIGN_UP((uintptr_t)at, LINE);
    *c = (struct go_chan){.elem = elem, .cap = (uint32_t)cap, .shift = (uint8_t)((char *)c - at)};
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

static inline struct sudog *first(struct sudogq *q)
{
    return own_load(&q->first);
}

void sudog_push(struct sudogq *q, struct sudog *sg)
{
    sg->next = NULL;
    sg->prev = q->last;
    if (first(q))
        q->last->next = sg;
    else
        own_store(&q->first, sg);
    q->last = sg;
}

void sudog_remove(struct sudogq *q, struct sudog *sg)
{
    if (!sg->queued)
        return;
    if (first(q) == sg)
        own_store(&q->first, sg->next);
    else
        sg->prev->next = sg->next;
    if (sg->next)
        sg->next->prev = sg->prev;
    else
        q->last = sg->prev;
    sg->queued = false;
}

static bool win(struct sudog *sg)
{
    uint32_t none = 0;
    if (!atomic_compare_exchange_strong(&sg->g->selectdone, &none, 1))
        return false;
    sg->g->param = sg;
    return true;
}

/* The first waiter that is still to be had, now ours to wake. */
GORT_HOT struct sudog *sudog_take(struct sudogq *q)
{
    struct sudog *sg;
    while ((sg = first(q))) {
        sudog_shift(q, sg);
        if (LIKELY(!sg->several) || win(sg))
            break;
    }
    return sg;
}

GORT_HOT struct g *sudog_won(struct sudog *sg, bool success)
{
    sg->success = success;
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
    free((char *)c - c->shift);
}

/* ------------------------------------------------------------------ values */

GORT_HOT void copy(void *to, const void *from, size_t n)
{
    if (UNLIKELY(!to))
        return;
    if (LIKELY(n == 8))
        memcpy(to, from, 8);
    else
        memcpy(to, from, n);
}

static inline uint32_t len(struct go_chan *c)
{
    return own_load(&c->len);
}

GORT_HOT void buf_put(struct go_chan *c, const void *v)
{
    copy(c->buf + c->send_at * c->elem, v, c->elem);
    c->send_at = chan_slot_after(c, c->send_at);
}

GORT_HOT void buf_get(struct go_chan *c, void *v)
{
    copy(v, c->buf + c->recv_at * c->elem, c->elem);
    c->recv_at = chan_slot_after(c, c->recv_at);
}

static inline bool is_closed(struct go_chan *c)
{
    return own_load(&c->closed);
}

/* ------------------------------------------------------------------ one try, locked */

GORT_HOT enum chan_try try_send(struct go_chan *c, const void *v, struct g **wake)
{
    struct sudog *sg;
    if (UNLIKELY(is_closed(c)))
        return CHAN_CLOSED;
    if (first(&c->recvq) && LIKELY((sg = sudog_take(&c->recvq)) != NULL)) {
        copy(sg->elem, v, c->elem);
        *wake = sudog_won(sg, true);
        return CHAN_DONE;
    }
    if (len(c) == c->cap)
        return CHAN_BLOCK;
    buf_put(c, v);
    own_store(&c->len, len(c) + 1);
    return CHAN_DONE;
}

/* A sender waits only while the buffer is full: its value goes to the place that the receive frees.
 */
GORT_HOT void recv_from_sender(struct go_chan *c, void *v, struct sudog *sg)
{
    if (LIKELY(c->cap == 0)) {
        copy(v, sg->elem, c->elem);
        return;
    }
    buf_get(c, v);
    buf_put(c, sg->elem);
}

GORT_HOT enum chan_try try_recv(struct go_chan *c, void *v, struct g **wake)
{
    struct sudog *sg;
    if (first(&c->sendq) && LIKELY((sg = sudog_take(&c->sendq)) != NULL)) {
        recv_from_sender(c, v, sg);
        *wake = sudog_won(sg, true);
        return CHAN_DONE;
    }
    if (len(c) > 0) {
        buf_get(c, v);
        own_store(&c->len, len(c) - 1);
        return CHAN_DONE;
    }
    if (LIKELY(!is_closed(c)))
        return CHAN_BLOCK;
    if (v)
        memset(v, 0, c->elem);
    return CHAN_CLOSED;
}

enum chan_try chan_send_locked(struct go_chan *c, const void *v, struct g **wake)
{
    return try_send(c, v, wake);
}

enum chan_try chan_recv_locked(struct go_chan *c, void *v, struct g **wake)
{
    return try_recv(c, v, wake);
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

/* Enqueue and park, with nothing else to wait for; c is locked before and unlocked after. */
GORT_HOT bool wait_for_partner(struct go_chan *c, struct sudogq *q, void *elem, uint8_t why)
{
    struct sudog sg;
    sg.g = port_getg();
    sg.elem = elem;
    sg.several = false;
    sudog_push(q, &sg);
    park_unlock(sg.g, &c->lock, why);
    return sg.success;
}

/* The same until a deadline. The result is 1, -EPIPE or -ETIMEDOUT. */
static int wait_until(struct go_chan *c, struct sudogq *q, void *elem, int64_t deadline,
                      uint8_t why)
{
    struct g *gp = port_getg();
    struct sudog sg = {.g = gp, .elem = elem, .several = true, .queued = true};
    struct wait_timer w;
    atomic_store_explicit(&gp->selectdone, 0, memory_order_relaxed);
    gp->param = NULL;
    sudog_push(q, &sg);
    wait_timer_start(&w, gp, deadline);
    g_park_unlock(gp, &c->lock, why);
    wait_timer_end(&w);
    if (gp->param == &sg)
        return sg.success ? 1 : -EPIPE;
    gspin_lock(&c->lock);
    sudog_remove(q, &sg);
    gspin_unlock(&c->lock);
    return -ETIMEDOUT;
}

static NORETURN void block_for_ever(uint8_t why)
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

static int result(enum chan_try r)
{
    return r == CHAN_DONE ? 1 : r == CHAN_CLOSED ? -EPIPE : -ETIMEDOUT;
}

/* ------------------------------------------------------------------ the calls */

void go_send_wait_(go_chan *c, const void *v)
{
    if (UNLIKELY(!wait_for_partner(c, &c->sendq, (void *)v, WAIT_CHAN_SEND)))
        go_panic("send on closed channel");
}

bool go_recv_wait_(go_chan *c, void *v)
{
    return wait_for_partner(c, &c->recvq, v, WAIT_CHAN_RECEIVE);
}

void chan_send_on(go_chan *c, const void *v)
{
    struct g *wake = NULL;
    enum chan_try r = try_send(c, v, &wake);
    if (r == CHAN_BLOCK) {
        go_send_wait_(c, v);
        return;
    }
    gspin_unlock(&c->lock);
    if (UNLIKELY(r == CHAN_CLOSED))
        go_panic("send on closed channel");
    if (wake)
        g_ready(wake);
}

bool chan_recv_on(go_chan *c, void *v)
{
    struct g *wake = NULL;
    enum chan_try r = try_recv(c, v, &wake);
    if (r == CHAN_BLOCK)
        return go_recv_wait_(c, v);
    gspin_unlock(&c->lock);
    if (wake)
        g_ready(wake);
    return r == CHAN_DONE;
}

void chan_send(go_chan *c, const void *v)
{
    if (!c)
        block_for_ever(WAIT_CHAN_SEND);
    gspin_lock(&c->lock);
    chan_send_on(c, v);
}

bool chan_recv(go_chan *c, void *v)
{
    if (!c)
        block_for_ever(WAIT_CHAN_RECEIVE);
    gspin_lock(&c->lock);
    return chan_recv_on(c, v);
}

int go_send_until(go_chan *c, const void *v, int64_t deadline)
{
    struct g *wake = NULL;
    if (!c)
        return no_channel(deadline, WAIT_CHAN_SEND);
    if (deadline == 0 && chan_would_block(c, GO_OP_SEND))
        return -ETIMEDOUT;
    gspin_lock(&c->lock);
    enum chan_try r = try_send(c, v, &wake);
    if (r == CHAN_BLOCK && deadline != 0)
        return wait_until(c, &c->sendq, (void *)v, deadline, WAIT_CHAN_SEND);
    gspin_unlock(&c->lock);
    if (wake)
        g_ready(wake);
    return result(r);
}

int go_recv_until(go_chan *c, void *v, int64_t deadline)
{
    struct g *wake = NULL;
    if (!c)
        return no_channel(deadline, WAIT_CHAN_RECEIVE);
    if (deadline == 0 && chan_would_block(c, GO_OP_RECV))
        return -ETIMEDOUT;
    gspin_lock(&c->lock);
    enum chan_try r = try_recv(c, v, &wake);
    if (r == CHAN_BLOCK && deadline != 0)
        return wait_until(c, &c->recvq, v, deadline, WAIT_CHAN_RECEIVE);
    gspin_unlock(&c->lock);
    if (wake)
        g_ready(wake);
    return result(r);
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
