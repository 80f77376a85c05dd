/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/stream.h: making, connecting, listening, accepting, ending. */
#include "kernel/net/stream.h"

#include <lwip/priv/tcp_priv.h>

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"

static struct list all = LIST_INIT(all); /* sockets, by `everywhere` of struct entry */

struct entry {
    struct stream t;
    struct list everywhere;
};

void stream_foreach_locked(void (*fn)(struct stream *t, void *arg), void *arg)
{
    list_for_each (n, &all)
        fn(&list_entry(n, struct entry, everywhere)->t, arg);
}

void stream_get(struct stream *t)
{
    __atomic_add_fetch(&t->i.refs, 1, __ATOMIC_RELAXED);
}

void stream_put(struct stream *t)
{
    if (!__atomic_sub_fetch(&t->i.refs, 1, __ATOMIC_ACQ_REL))
        kfree(container_of(t, struct entry, t));
}

struct stream *stream_new(int family, int protocol)
{
    struct entry *e = kzalloc(sizeof(*e));
    if (!e)
        return NULL;
    struct stream *t = &e->t;
    inet_init(&t->i, &stream_ops, family, SOCK_STREAM, protocol);
    list_init(&t->pending);
    list_init(&t->waiting);
    list_init(&e->everywhere);
    t->keep_idle_s = 7200;
    t->keep_interval_s = 75;
    t->keep_count = 9;
    return t;
}

int stream_create(int family, int protocol, struct socket **s)
{
    struct stream *t = stream_new(family, protocol);
    if (!t)
        return -ENOMEM;
    *s = &t->i.s;
    spin_lock(&stack_lock);
    list_push_back(&all, &container_of(t, struct entry, t)->everywhere);
    spin_unlock(&stack_lock);
    return 0;
}

int64_t stream_deadline(int64_t timeout_ns)
{
    return timeout_ns == WAIT_FOREVER ? WAIT_FOREVER : clock_mono_ns() + timeout_ns;
}

static int stream_bind(struct socket *s, const struct socket_address *a)
{
    struct stream *t = stream_of(s);
    spin_lock(&stack_lock);
    int err = t->state == STREAM_CLOSED ? inet_bind_locked(&t->i, a) : -EINVAL;
    spin_unlock(&stack_lock);
    return err;
}

/* A control block with t's port and address. The port is t's already, so lwIP needn't look for
 * others that have it. */
static struct tcp_pcb *pcb_new_locked(struct stream *t, u8_t type)
{
    struct tcp_pcb *pcb = tcp_new_ip_type(type);
    if (!pcb)
        return NULL;
    pcb->local_ip = t->i.local;
    IP_SET_TYPE_VAL(pcb->local_ip, type);
    pcb->local_port = t->i.local_port;
    TCP_REG(&tcp_bound_pcbs, pcb);
    return pcb;
}

/* ---- listening ---- */

static int listen_locked(struct stream *t)
{
    int err = inet_autobind_locked(&t->i);
    if (!err)
        err = port_listen_locked(&t->i);
    if (err)
        return err;
    struct tcp_pcb *pcb = pcb_new_locked(t, IP_GET_TYPE(&t->i.local));
    struct tcp_pcb *listening = pcb ? tcp_listen_with_backlog(pcb, 1) : NULL;
    if (!listening) {
        if (pcb)
            tcp_abort(pcb);
        t->i.listening = false;
        return -ENOBUFS;
    }
    t->listener_pcb = (struct tcp_pcb_listen *)listening;
    tcp_arg(listening, t);
    tcp_accept(listening, stream_accepted);
    t->state = STREAM_LISTENING;
    return 0;
}

static int stream_listen(struct socket *s, int backlog)
{
    struct stream *t = stream_of(s);
    int err = 0;
    stack_enter();
    if (t->state == STREAM_CLOSED)
        err = listen_locked(t);
    else if (t->state != STREAM_LISTENING)
        err = -EINVAL;
    if (!err)
        t->listener_pcb->backlog = (u16_t)(MIN((unsigned)backlog, 4096u) + 1);
    stack_leave();
    return err;
}

static struct stream *take_pending(struct stream *t)
{
    struct stream *child = NULL;
    spin_lock(&stack_lock);
    struct list *n = list_pop_front(&t->pending);
    if (n) {
        child = list_entry(n, struct stream, waiting);
        child->listener = NULL;
        if (child->pcb)
            tcp_backlog_accepted(child->pcb);
        else if (child->joined && t->listener_pcb)
            t->listener_pcb->accepts_pending--;
        list_push_back(&all, &container_of(child, struct entry, t)->everywhere);
    }
    spin_unlock(&stack_lock);
    return child;
}

static int stream_accept(struct socket *s, bool nonblock, struct socket **made)
{
    struct stream *t = stream_of(s), *child;
    if (t->state != STREAM_LISTENING)
        return -EINVAL;
    child = take_pending(t);
    if (!child) {
        int err = nonblock ? -EAGAIN
                           : wait_event(&t->i.wait,
                                        (child = take_pending(t)) || t->state != STREAM_LISTENING,
                                        stream_deadline(s->receive_timeout_ns));
        if (err)
            return err == -ETIMEDOUT ? -EAGAIN : err;
    }
    if (!child)
        return -EINVAL;
    *made = &child->i.s;
    return 0;
}

/* ---- connecting ---- */

/* A connection to nobody in particular is one to this machine. */
static void resolve_any(ip_addr_t *ip)
{
    if (!ip_addr_isany(ip))
        return;
    if (IP_IS_V6(ip))
        IP_ADDR6(ip, 0, 0, 0, PP_HTONL(1));
    else
        ip_addr_set_ip4_u32(ip, PP_HTONL(IPADDR_LOOPBACK));
}

static int begin_locked(struct stream *t, const ip_addr_t *ip, uint16_t port)
{
    int err = inet_autobind_locked(&t->i);
    struct tcp_pcb *pcb = err ? NULL : pcb_new_locked(t, IP_GET_TYPE(ip));
    if (!pcb)
        return err ? err : -ENOBUFS;
    stream_attach_locked(t, pcb);
    ip_set_option(pcb, SOF_REUSEADDR);
    err = stack_error(tcp_connect(pcb, ip, port, stream_connected));
    if (err) {
        stream_detach_locked(t);
        tcp_abort(pcb);
        return err == -EADDRINUSE ? -EADDRNOTAVAIL : err;
    }
    t->state = STREAM_CONNECTING;
    t->i.local = pcb->local_ip;
    t->i.remote = *ip;
    t->i.remote_port = port;
    return 0;
}

/* What connect says before it tries. */
static int connect_error_locked(struct stream *t)
{
    if (t->state == STREAM_CONNECTING)
        return -EALREADY;
    if (t->i.error)
        return inet_take_error_locked(&t->i);
    return t->state == STREAM_CLOSED ? 0 : -EISCONN;
}

static int connect_wait(struct stream *t)
{
    int err = wait_event(&t->i.wait, t->state != STREAM_CONNECTING,
                         stream_deadline(t->i.s.send_timeout_ns));
    return err == -ETIMEDOUT ? -EINPROGRESS : err;
}

static int stream_connect(struct socket *s, const struct socket_address *a, bool nonblock)
{
    struct stream *t = stream_of(s);
    ip_addr_t ip;
    uint16_t port;
    if (a->len >= 2 && !a->bytes[0] && !a->bytes[1])
        return t->state == STREAM_CLOSED ? 0 : -EINVAL; /* AF_UNSPEC: nothing to undo */
    int err = inet_read(&t->i, a, &ip, &port);
    if (err)
        return err;
    resolve_any(&ip);
    if (t->i.address_bound && IP_GET_TYPE(&ip) != IP_GET_TYPE(&t->i.local))
        return -EINVAL;
    if (ip_addr_ismulticast(&ip) || (IP_IS_V4(&ip) && ip_2_ip4(&ip)->addr == IPADDR_BROADCAST))
        return -ENETUNREACH;
    stack_enter();
    err = connect_error_locked(t);
    bool again = err == -EALREADY && !nonblock;
    if (!err)
        err = begin_locked(t, &ip, port);
    stack_leave();
    if (!err || again)
        err = nonblock ? -EINPROGRESS : connect_wait(t); /* so even if it is made already */
    if (err)
        return err;
    spin_lock(&stack_lock);
    err = inet_take_error_locked(&t->i);
    spin_unlock(&stack_lock);
    return err;
}

/* ---- ending ---- */

/* The other end of a joined connection learns that t is closed. */
static void leave_peer_locked(struct stream *t, bool reset)
{
    struct stream *peer = t->peer;
    t->peer = peer->peer = NULL;
    peer->peer_closed = true;
    if (reset) {
        stream_end_locked(peer, peer->i.receive_shut ? EPIPE : ECONNRESET);
    } else {
        peer->i.receive_shut = true;
        stream_wake(peer, ~0u);
    }
    stream_put(peer);
    stream_put(t); /* the peer's reference */
}

/* Nobody will accept these. */
static void refuse_pending_locked(struct stream *t)
{
    struct list *n;
    while ((n = list_pop_front(&t->pending))) {
        struct stream *child = list_entry(n, struct stream, waiting);
        struct tcp_pcb *pcb = stream_detach_locked(child);
        if (pcb)
            tcp_abort(pcb);
        if (child->peer)
            leave_peer_locked(child, true);
        stream_drop_locked(child);
        stream_put(child);
    }
}

static void stop_listening_locked(struct stream *t)
{
    struct tcp_pcb *pcb = (struct tcp_pcb *)t->listener_pcb;
    t->listener_pcb = NULL;
    t->i.listening = false;
    t->state = STREAM_CLOSED;
    tcp_arg(pcb, NULL);
    tcp_accept(pcb, NULL);
    tcp_close(pcb);
    refuse_pending_locked(t);
    stream_wake(t, ~0u);
}

static void shut_send_locked(struct stream *t)
{
    struct stream *peer = t->peer;
    if (t->i.send_shut)
        return;
    t->i.send_shut = true;
    if (peer) {
        peer->i.receive_shut = true;
        stream_wake(peer, POLLIN | POLLRDNORM | POLLRDHUP | (peer->i.send_shut ? POLLHUP : 0));
    } else if (t->pcb) {
        tcp_shutdown(t->pcb, 0, 1);
        if (t->i.receive_shut)
            stream_detach_locked(t);
    }
    stream_wake(t, POLLOUT | POLLWRNORM | (t->i.receive_shut ? POLLHUP : 0));
}

static int stream_shutdown(struct socket *s, int how)
{
    struct stream *t = stream_of(s);
    int err = 0;
    if (how < SHUT_RD || how > SHUT_RDWR)
        return -EINVAL;
    stack_enter();
    if (t->state == STREAM_LISTENING && how != SHUT_WR) {
        stop_listening_locked(t);
    } else if (t->state != STREAM_CONNECTED) {
        err = -ENOTCONN;
    } else {
        if (how != SHUT_WR) {
            t->i.receive_shut = true;
            stream_wake(t, POLLIN | POLLRDNORM | POLLRDHUP);
        }
        if (how != SHUT_RD)
            shut_send_locked(t);
    }
    stack_leave();
    return err;
}

/* SO_LINGER: until all is sent. */
static void linger(struct stream *t)
{
    int64_t end_ns = clock_mono_ns() + t->i.linger_s * NS_PER_SEC;
    stack_enter();
    if (t->pcb && !t->i.send_shut)
        shut_send_locked(t);
    stack_leave();
    (void)!wait_event(&t->i.wait, !t->pcb || !(t->pcb->unsent || t->pcb->unacked), end_ns);
}

static void stream_release(struct socket *s)
{
    struct stream *t = stream_of(s);
    if (t->i.linger && t->i.linger_s && t->state == STREAM_CONNECTED)
        linger(t);
    stack_enter();
    bool reset = t->queued || (t->i.linger && !t->i.linger_s);
    list_remove(&container_of(t, struct entry, t)->everywhere);
    if (t->state == STREAM_LISTENING)
        stop_listening_locked(t);
    if (t->peer)
        leave_peer_locked(t, reset);
    struct tcp_pcb *pcb = stream_detach_locked(t);
    if (pcb && (reset || tcp_close(pcb)))
        tcp_abort(pcb);
    stream_drop_locked(t);
    inet_release_locked(&t->i);
    stack_leave();
    stream_put(t);
}

const struct socket_ops stream_ops = {
    .bind = stream_bind,
    .connect = stream_connect,
    .listen = stream_listen,
    .accept = stream_accept,
    .name = inet_name,
    .send = stream_send,
    .receive = stream_receive,
    .shutdown = stream_shutdown,
    .get_option = stream_get_option,
    .set_option = stream_set_option,
    .get_wide = stream_get_wide,
    .set_wide = stream_set_wide,
    .poll = stream_poll,
    .ioctl = inet_ioctl,
    .readable = stream_readable,
    .release = stream_release,
};
