/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What usually needs no waiting, without the cost of what may: these functions keep nothing across
 * a call, and hand over to chan.c for the rest. No traceback goes through here, so the file is
 * built without frame pointers.
 */
#include "gort/run.h"
#include "gort/waitq.h"

#include <errno.h>
#include <string.h>

/* Who waits first in q, if for a value of one word and for nothing else. */
static inline bool waits_for_word(go_chan *c, struct sudog *sg)
{
    return LIKELY(!sg->several) && LIKELY(c->elem == 8);
}

/* The value went to or came from sg, the first; whether such a one is queued nobody asks. */
static inline void partner_done(go_chan *c, struct sudogq *q, struct sudog *sg)
{
    struct g *gp = sg->g;
    sg->success = true;
    own_store(&q->first, sg->next);
    gspin_unlock(&c->lock);
    g_ready(gp);
}

static inline void put_word(go_chan *c, const void *v)
{
    memcpy(c->buf + c->send_at * 8ul, v, 8);
    c->send_at = chan_slot_after(c, c->send_at);
    own_add(&c->len, 1);
    gspin_unlock(&c->lock);
}

static inline void get_word(go_chan *c, void *v)
{
    memcpy(v, c->buf + c->recv_at * 8ul, 8);
    c->recv_at = chan_slot_after(c, c->recv_at);
    own_add(&c->len, -1u);
    gspin_unlock(&c->lock);
}

/* Nobody waits to receive from a closed channel. */
void go_send(go_chan *c, const void *v)
{
    if (UNLIKELY(!c || !gspin_try(&c->lock))) {
        chan_send(c, v);
        return;
    }
    struct sudog *sg = own_load(&c->recvq.first);
    if (sg && waits_for_word(c, sg)) {
        if (LIKELY(sg->elem != NULL))
            memcpy(sg->elem, v, 8);
        partner_done(c, &c->recvq, sg);
    } else if (UNLIKELY(sg != NULL) || UNLIKELY(own_load(&c->closed))) {
        chan_send_on(c, v);
    } else if (own_load(&c->len) == c->cap) {
        go_send_wait_(c, v);
    } else if (LIKELY(c->elem == 8)) {
        put_word(c, v);
    } else {
        chan_send_on(c, v);
    }
}

bool go_recv(go_chan *c, void *v)
{
    if (UNLIKELY(!c || !gspin_try(&c->lock)))
        return chan_recv(c, v);
    struct sudog *sg = own_load(&c->sendq.first);
    if (own_load(&c->len) != 0) {
        if (UNLIKELY(sg != NULL) || UNLIKELY(c->elem != 8) || UNLIKELY(!v))
            return chan_recv_on(c, v);
        get_word(c, v);
        return true;
    }
    if (sg && waits_for_word(c, sg) && LIKELY(v != NULL)) {
        memcpy(v, sg->elem, 8);
        partner_done(c, &c->sendq, sg);
        return true;
    }
    if (UNLIKELY(sg != NULL) || UNLIKELY(own_load(&c->closed)))
        return chan_recv_on(c, v);
    return go_recv_wait_(c, v);
}

void go_wg_done(go_wg *g)
{
    if (UNLIKELY(!gspin_try((struct spin *)&g->q.lock))) {
        go_wg_add(g, -1);
    } else if (LIKELY(g->n > 1)) {
        g->n--;
        waitq_unlock(&g->q);
    } else {
        wg_add_locked(g, -1);
    }
}

/* With a dead goroutine at hand to begin again, and nobody to give way to afterwards. */
int go(go_fn fn, void *arg)
{
    struct g *self = port_getg();
    struct m *mp;
    struct p *pp;
    uint32_t tail;
    if (UNLIKELY(!self) || UNLIKELY(!(pp = (mp = self->m)->p)) || UNLIKELY(pp->ngfree == 0) ||
        UNLIKELY(!runq_has_room(&pp->runq, CROWD - 1, &tail)))
        return go_slow(fn, arg);
    struct g *gp = gfree_get(pp);
    begin_again(pp, gp, fn, arg);
    return enqueue_next_roomy(mp, pp, gp, tail) ? go_queued(mp) : 0;
}

void go_yield(void)
{
    g_yield();
}

/* Apart from the look without the lock, so that it costs no more than that. */
static __attribute__((noinline)) int try_send_now(go_chan *c, const void *v)
{
    int r = go_send_until(c, v, 0);
    return r == -ETIMEDOUT ? 0 : r;
}

static __attribute__((noinline)) int try_recv_now(go_chan *c, void *v)
{
    int r = go_recv_until(c, v, 0);
    return r == -ETIMEDOUT ? 0 : r;
}

int go_try_send(go_chan *c, const void *v)
{
    if (!c || chan_would_block(c, GO_OP_SEND))
        return 0;
    return try_send_now(c, v);
}

int go_try_recv(go_chan *c, void *v)
{
    if (!c || chan_would_block(c, GO_OP_RECV))
        return 0;
    return try_recv_now(c, v);
}
