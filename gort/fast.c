/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What usually needs no waiting, without the cost of what may: these functions keep nothing across
 * a call, and hand over to chan.c for the rest. No traceback goes through here, so the file is
 * built without frame pointers.
 */
#include "gort/chan.h"

#include <errno.h>
#include <string.h>

/* A value of one word, room for it, and nobody waiting. */
static inline bool puts_word(go_chan *c)
{
    return !own_load(&c->recvq.first) && !own_load(&c->closed) && own_load(&c->len) != c->cap &&
           c->elem == 8;
}

static inline bool gets_word(go_chan *c, void *v)
{
    return own_load(&c->len) != 0 && !own_load(&c->sendq.first) && c->elem == 8 && v;
}

void go_send(go_chan *c, const void *v)
{
    if (UNLIKELY(!c || !gspin_try(&c->lock))) {
        chan_send(c, v);
        return;
    }
    if (!puts_word(c)) {
        go_send_on_(c, v);
        return;
    }
    memcpy(c->buf + c->send_at * 8ul, v, 8);
    c->send_at = chan_slot_after(c, c->send_at);
    own_add(&c->len, 1);
    gspin_unlock(&c->lock);
}

bool go_recv(go_chan *c, void *v)
{
    if (UNLIKELY(!c || !gspin_try(&c->lock)))
        return chan_recv(c, v);
    if (!gets_word(c, v))
        return go_recv_on_(c, v);
    memcpy(v, c->buf + c->recv_at * 8ul, 8);
    c->recv_at = chan_slot_after(c, c->recv_at);
    own_add(&c->len, -1u);
    gspin_unlock(&c->lock);
    return true;
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
