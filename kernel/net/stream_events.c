/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP tells a stream, and joining the two ends of a connection within the machine. Everything
 * here runs under stack_lock, in a task, in an interrupt or in the timer. */
#include <lwip/priv/tcp_priv.h>

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/net/stream.h"

/* Who reads takes as many bytes as `queued` says without the lock: the buffers must be there first.
 */
void stream_enqueue_locked(struct stream *t, struct pbuf *p)
{
    uint32_t size = p->tot_len;
    if (t->tail)
        __atomic_store_n(&t->tail->next, p, __ATOMIC_RELEASE);
    else
        __atomic_store_n(&t->head, p, __ATOMIC_RELEASE);
    while (p->next)
        p = p->next;
    t->tail = p;
    __atomic_store_n(&t->queued, t->queued + size, __ATOMIC_RELEASE);
    stream_wake(t, POLLIN | POLLRDNORM);
}

void stream_drop_locked(struct stream *t)
{
    struct pbuf *p = t->head;
    while (p) {
        struct pbuf *next = p->next;
        p->next = NULL;
        pbuf_free(p);
        p = next;
    }
    t->head = t->tail = NULL;
    t->queued = 0;
}

void stream_end_locked(struct stream *t, int error)
{
    t->state = STREAM_OVER;
    t->i.receive_shut = t->i.send_shut = true;
    t->i.error = error;
    stream_wake(t, ~0u);
}

bool stream_joins = true;

/* ---- lwIP's events ---- */

static err_t on_receive(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t err)
{
    struct stream *t = arg;
    (void)err;
    if (p) {
        stream_enqueue_locked(t, p);
        return ERR_OK;
    }
    t->i.receive_shut = true;
    if (t->i.send_shut || pcb->state == TIME_WAIT)
        stream_detach_locked(t); /* nothing more to tell: lwIP ends it alone */
    stream_wake(t, POLLIN | POLLRDNORM | POLLRDHUP | (t->i.send_shut ? POLLHUP : 0));
    return ERR_OK;
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
    struct stream *t = arg;
    (void)len;
    bool room = t->no_space && pcb->snd_buf >= TCP_SND_BUF / 3 &&
                tcp_sndqueuelen(pcb) < TCP_SND_QUEUELEN / 2;
    if (room || (t->i.linger && !pcb->unacked)) {
        t->no_space = false;
        stream_wake(t, POLLOUT | POLLWRNORM);
    }
    return ERR_OK;
}

/* lwIP has freed the pcb. */
static void on_error(void *arg, err_t err)
{
    struct stream *t = arg;
    t->pcb = NULL;
    if (t->state == STREAM_CONNECTING) {
        stream_end_locked(t, err == ERR_RST ? ECONNREFUSED : ETIMEDOUT);
        t->state = STREAM_CLOSED;
        t->i.receive_shut = t->i.send_shut = false;
        t->i.remote_port = 0;
        if (!t->i.address_bound)
            t->i.local = inet_any(&t->i);
    } else if (err == ERR_RST) {
        stream_end_locked(t, t->i.receive_shut ? EPIPE : ECONNRESET);
    } else {
        stream_end_locked(t, err == ERR_CLSD ? 0 : ETIMEDOUT);
    }
}

err_t stream_connected(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct stream *t = arg;
    (void)pcb, (void)err;
    t->state = STREAM_CONNECTED;
    stream_wake(t, POLLOUT | POLLWRNORM);
    return ERR_OK;
}

void stream_attach_locked(struct stream *t, struct tcp_pcb *pcb)
{
    t->pcb = pcb;
    tcp_arg(pcb, t);
    tcp_recv(pcb, on_receive);
    tcp_sent(pcb, on_sent);
    tcp_err(pcb, on_error);
    stream_apply_locked(t);
}

struct tcp_pcb *stream_detach_locked(struct stream *t)
{
    struct tcp_pcb *pcb = t->pcb;
    if (!pcb)
        return NULL;
    t->pcb = NULL;
    tcp_arg(pcb, NULL);
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
    return pcb;
}

/* ---- connections of listeners ---- */

static struct stream *child_new_locked(struct stream *listener, struct tcp_pcb *pcb)
{
    struct stream *t = stream_new(listener->i.s.family, listener->i.s.protocol);
    if (!t)
        return NULL;
    t->i.v6only = listener->i.v6only;
    t->i.keepalive = listener->i.keepalive;
    t->i.reuse_address = listener->i.reuse_address;
    t->i.linger = listener->i.linger;
    t->i.linger_s = listener->i.linger_s;
    t->i.tos = listener->i.tos;
    t->i.ttl = listener->i.ttl;
    t->nodelay = listener->nodelay;
    t->keep_idle_s = listener->keep_idle_s;
    t->keep_interval_s = listener->keep_interval_s;
    t->keep_count = listener->keep_count;
    t->state = STREAM_CONNECTED;
    t->i.local = pcb->local_ip;
    t->i.local_port = pcb->local_port;
    t->i.remote = pcb->remote_ip;
    t->i.remote_port = pcb->remote_port;
    return t;
}

/* The other end of pcb's connection, if it is a socket here that nothing has gone through yet. */
static struct stream *other_end_locked(const struct tcp_pcb *pcb)
{
    if (!stream_joins || !inet_is_local_locked(&pcb->remote_ip))
        return NULL;
    for (struct tcp_pcb *o = tcp_active_pcbs; o; o = o->next) {
        struct stream *t = o->callback_arg;
        if (o != pcb && o->local_port == pcb->remote_port && o->remote_port == pcb->local_port &&
            o->state == ESTABLISHED && ip_addr_cmp(&o->local_ip, &pcb->remote_ip) &&
            ip_addr_cmp(&o->remote_ip, &pcb->local_ip))
            return t && t->pcb == o && !t->queued && !o->unsent && !o->unacked ? t : NULL;
    }
    return NULL;
}

/* lwIP forgets pcb without a word to the other end. */
static void forget_locked(struct tcp_pcb *pcb)
{
    tcp_abandon(pcb, 0);
}

static void join_locked(struct stream *a, struct stream *b)
{
    stream_get(a);
    stream_get(b);
    a->peer = b;
    b->peer = a;
}

/* lwIP doesn't count connections that it has forgotten. */
static err_t accept_joined_locked(struct stream *listener, struct stream *child,
                                  struct stream *client, struct tcp_pcb *pcb)
{
    forget_locked(stream_detach_locked(client));
    forget_locked(pcb);
    listener->listener_pcb->accepts_pending++;
    child->joined = true;
    join_locked(child, client);
    return ERR_ABRT; /* pcb is gone */
}

/* Listeners that share a port get each their part of the connections. */
static struct stream *chosen_locked(struct stream *listener, struct tcp_pcb *pcb)
{
    if (!listener->i.reuse_port)
        return listener;
    struct inet_socket *i = port_group_locked(&listener->i, &pcb->remote_ip, pcb->remote_port);
    struct stream *chosen = container_of(i, struct stream, i);
    if (chosen->listener_pcb->accepts_pending >= chosen->listener_pcb->backlog)
        return listener;
    pcb->listener = chosen->listener_pcb;
    return chosen;
}

err_t stream_accepted(void *arg, struct tcp_pcb *pcb, err_t err)
{
    struct stream *listener = arg;
    if (err || !pcb || !listener)
        return ERR_VAL;
    listener = chosen_locked(listener, pcb);
    struct stream *child = child_new_locked(listener, pcb), *client;
    if (!child)
        return ERR_MEM;
    child->listener = listener;
    list_push_back(&listener->pending, &child->waiting);
    stream_wake(listener, POLLIN | POLLRDNORM);
    client = other_end_locked(pcb);
    if (client)
        return accept_joined_locked(listener, child, client, pcb);
    tcp_backlog_delayed(pcb);
    stream_attach_locked(child, pcb);
    return ERR_OK;
}
