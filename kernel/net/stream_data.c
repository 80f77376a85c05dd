/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes through streams. */
#include <lwip/priv/tcp_priv.h>

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/signal_hook.h"
#include "kernel/net/stream.h"
#include "lib/str.h"

enum {
    SMALL_BYTES = 512,        /* sent from a buffer on the stack */
    PIECE_BYTES = 16384 - 64, /* of larger ones, with a buffer's head a power of two */
};

/* ---- sending ---- */

/* 0, or why nothing can be sent. */
static int send_error_locked(struct stream *t)
{
    if (t->i.error)
        return inet_take_error_locked(&t->i);
    if (t->i.send_shut)
        return -EPIPE;
    if (t->state == STREAM_CONNECTED)
        return 0;
    return t->state == STREAM_CONNECTING ? -EAGAIN : -EPIPE;
}

static uint32_t space_locked(const struct stream *t)
{
    if (t->peer)
        return t->peer->queued < STREAM_JOINED_MAX ? STREAM_JOINED_MAX - t->peer->queued : 0;
    if (!t->pcb)
        return t->peer_closed ? TCP_SND_BUF : 0; /* what is sent is thrown away */
    return tcp_sndqueuelen(t->pcb) < TCP_SND_QUEUELEN - 64 ? t->pcb->snd_buf : 0;
}

/* Room now, or an error; -EAGAIN: none, and whoever makes some will say so. */
static long room(struct stream *t)
{
    spin_lock(&stack_lock);
    long n = send_error_locked(t);
    if (!n)
        n = space_locked(t);
    if (!n) {
        t->no_space = true;
        n = -EAGAIN;
    }
    spin_unlock(&stack_lock);
    return n;
}

static long room_wait(struct stream *t, bool nonblock)
{
    long n = room(t);
    if (n != -EAGAIN || nonblock)
        return n;
    int err =
        wait_event(&t->i.wait, (n = room(t)) != -EAGAIN, stream_deadline(t->i.s.send_timeout_ns));
    return err == -ETIMEDOUT ? -EAGAIN : err ? err : n;
}

/* To the other end of this machine: it gets the buffer itself. */
static long send_joined(struct stream *t, struct uio *u, uint32_t size)
{
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_RAM);
    if (!p)
        return -ENOBUFS;
    size_t got = uio_read(u, p->payload, size);
    if (got < size) {
        p->len = p->tot_len = (u16_t)got;
        if (!got) {
            pbuf_free(p);
            return -EFAULT;
        }
    }
    spin_lock(&stack_lock);
    int err = send_error_locked(t);
    bool taken = !err && t->peer;
    if (taken)
        stream_enqueue_locked(t->peer, p);
    spin_unlock(&stack_lock);
    if (!taken)
        pbuf_free(p);
    return err ? err : (long)got;
}

/* Whoever is closed altogether answers what it gets with a reset. */
static long send_closed(struct stream *t, struct uio *u)
{
    long n = (long)MIN(u->left, (uint64_t)PIECE_BYTES);
    stack_enter();
    stream_end_locked(t, EPIPE);
    stack_leave();
    u->left -= (uint64_t)n;
    return n;
}

static long write_locked(struct stream *t, const char *from, uint32_t size, bool more)
{
    int err = send_error_locked(t);
    if (err)
        return err;
    if (!t->pcb)
        return -EPIPE;
    uint32_t n = MIN(size, space_locked(t));
    err = n ? tcp_write(t->pcb, from, (u16_t)n,
                        TCP_WRITE_FLAG_COPY | (more ? TCP_WRITE_FLAG_MORE : 0))
            : ERR_MEM;
    if (err == ERR_MEM)
        return 0;
    if (err)
        return stack_error((int8_t)err);
    if (!t->cork)
        tcp_output(t->pcb);
    return n;
}

static long send_wire(struct stream *t, struct uio *u, uint32_t size, bool more)
{
    char small[SMALL_BYTES], *buf = small;
    if (size > sizeof(small))
        buf = kmalloc(size);
    if (!buf)
        return -ENOBUFS;
    size_t got = uio_read(u, buf, size);
    stack_enter();
    long n = got ? write_locked(t, buf, (uint32_t)got, more) : -EFAULT;
    if (!n) { /* lwIP is out of buffers: it has some again when the other end has answered */
        t->no_space = true;
        n = -EAGAIN;
    }
    stack_leave();
    if (buf != small)
        kfree(buf);
    return n;
}

static long send_piece(struct stream *t, struct socket_message *m, bool nonblock)
{
    long n = room_wait(t, nonblock);
    if (n <= 0)
        return n;
    uint32_t size = (uint32_t)MIN(MIN((uint64_t)n, m->uio->left), (uint64_t)PIECE_BYTES);
    if (t->peer)
        return send_joined(t, m->uio, size);
    if (t->peer_closed)
        return send_closed(t, m->uio);
    return send_wire(t, m->uio, size, (m->flags & MSG_MORE) || m->uio->left > size);
}

long stream_send(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct stream *t = stream_of(s);
    long done = 0, n;
    nonblock |= (m->flags & MSG_DONTWAIT) != 0;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    n = mutex_lock(&t->i.writing);
    if (n)
        return n;
    if (!m->uio->left)
        n = room(t) == -EPIPE ? -EPIPE : 0;
    while (m->uio->left) {
        n = send_piece(t, m, nonblock);
        if (n < 0)
            break;
        done += n;
    }
    mutex_unlock(&t->i.writing);
    if (n == -EPIPE && !done && !(m->flags & MSG_NOSIGNAL))
        thread_signal_self(LINUX_SIGPIPE);
    return done ? done : n;
}

/* ---- receiving ---- */

/* Copy up to `size` bytes out of the queue, which has as many. Under `reading`. */
static size_t copy_out(struct stream *t, struct uio *u, size_t size, bool discard)
{
    struct pbuf *p = __atomic_load_n(&t->head, __ATOMIC_ACQUIRE);
    size_t done = 0;
    while (done < size) {
        size_t n = MIN((size_t)p->len, size - done);
        size_t moved = discard ? n : uio_write(u, p->payload, n);
        done += moved;
        if (moved < n)
            break;
        if (done < size)
            p = __atomic_load_n(&p->next, __ATOMIC_ACQUIRE);
    }
    return done;
}

/* Take `size` bytes off the queue: the list of buffers that are not needed any more. */
static struct pbuf *consume_locked(struct stream *t, size_t size)
{
    struct pbuf *first = t->head, *last = NULL;
    t->queued -= (uint32_t)size;
    while (size && size >= t->head->len) {
        size -= t->head->len;
        last = t->head;
        t->head = t->head->next;
    }
    if (!t->head)
        t->tail = NULL;
    else if (size) {
        t->head->payload = (char *)t->head->payload + size;
        t->head->len = (u16_t)(t->head->len - size);
    }
    if (!last)
        return NULL;
    last->next = NULL;
    return first;
}

static void free_list(struct pbuf *p)
{
    while (p) {
        struct pbuf *next = p->next;
        p->next = NULL;
        pbuf_free(p);
        p = next;
    }
}

/* The sender gets the room. */
static struct pbuf *consume(struct stream *t, size_t size)
{
    struct pbuf *done;
    if (t->pcb) {
        stack_enter();
        done = consume_locked(t, size);
        if (t->pcb)
            for (size_t n; size; size -= n)
                tcp_recved(t->pcb, (u16_t)(n = MIN(size, (size_t)UINT16_MAX)));
        stack_leave();
        return done;
    }
    spin_lock(&stack_lock);
    done = consume_locked(t, size);
    struct stream *peer = t->peer;
    if (peer && peer->no_space && t->queued < STREAM_JOINED_MAX / 3 * 2) {
        peer->no_space = false;
        stream_wake(peer, POLLOUT | POLLWRNORM);
    }
    spin_unlock(&stack_lock);
    return done;
}

static long take(struct stream *t, struct socket_message *m)
{
    uint64_t queued = __atomic_load_n(&t->queued, __ATOMIC_ACQUIRE);
    size_t size = MIN(queued, m->uio->left);
    size_t done = copy_out(t, m->uio, size, (m->flags & MSG_TRUNC) != 0);
    if (!done)
        return -EFAULT;
    if (!(m->flags & MSG_PEEK))
        free_list(consume(t, done));
    return (long)done;
}

/* What a receive without bytes says. 1: there are bytes. */
static int receive_state_locked(struct stream *t)
{
    if (t->queued)
        return 1;
    if (t->i.error && t->i.error != EPIPE)
        return inet_take_error_locked(&t->i);
    if (t->i.receive_shut)
        return 0;
    return t->state == STREAM_CONNECTED || t->state == STREAM_CONNECTING ? -EAGAIN : -ENOTCONN;
}

static int receive_state(struct stream *t)
{
    if (t->queued)
        return 1;
    spin_lock(&stack_lock);
    int state = receive_state_locked(t);
    spin_unlock(&stack_lock);
    return state;
}

static int receive_wait(struct stream *t, bool nonblock)
{
    int state = receive_state(t);
    if (state != -EAGAIN || nonblock)
        return state;
    int err = wait_event(&t->i.wait, (state = receive_state(t)) != -EAGAIN,
                         stream_deadline(t->i.s.receive_timeout_ns));
    return err == -ETIMEDOUT ? -EAGAIN : err ? err : state;
}

static long receive_locked(struct stream *t, struct socket_message *m, bool nonblock)
{
    bool all = (m->flags & MSG_WAITALL) && !(m->flags & MSG_PEEK);
    long done = 0, n;
    do {
        n = receive_wait(t, nonblock);
        if (n > 0)
            n = take(t, m);
        if (n > 0)
            done += n;
    } while (n > 0 && all && m->uio->left);
    return done ? done : n;
}

long stream_receive(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct stream *t = stream_of(s);
    nonblock |= (m->flags & MSG_DONTWAIT) != 0;
    if (m->flags & MSG_OOB)
        return -EINVAL;
    if (m->flags & MSG_ERRQUEUE)
        return -EAGAIN;
    long n = mutex_lock(&t->i.reading);
    if (n)
        return n;
    if (m->uio->left)
        n = receive_locked(t, m, nonblock);
    mutex_unlock(&t->i.reading);
    if (m->name)
        m->name->len = 0; /* a connection's messages have no sender */
    return n;
}

/* ---- asking ---- */

static unsigned poll_locked(struct stream *t)
{
    unsigned mask = t->i.error ? POLLERR : 0;
    if (t->state == STREAM_LISTENING)
        return list_empty(&t->pending) ? 0 : POLLIN | POLLRDNORM;
    if (t->state == STREAM_CLOSED || (t->i.receive_shut && t->i.send_shut))
        mask |= POLLHUP;
    if (t->i.receive_shut)
        mask |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (t->state == STREAM_CONNECTING)
        return mask;
    if (t->queued)
        mask |= POLLIN | POLLRDNORM;
    if (t->state != STREAM_CONNECTED || t->i.send_shut || space_locked(t) >= TCP_SND_BUF / 3)
        return mask | POLLOUT | POLLWRNORM;
    t->no_space = true;
    return mask;
}

unsigned stream_poll(struct socket *s, struct poll_table *pt)
{
    struct stream *t = stream_of(s);
    poll_watch(pt, &t->i.wait);
    spin_lock(&stack_lock);
    unsigned mask = poll_locked(t);
    spin_unlock(&stack_lock);
    return mask;
}

uint32_t stream_readable(struct socket *s)
{
    return stream_of(s)->queued;
}
