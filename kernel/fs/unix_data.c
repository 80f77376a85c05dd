/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes, datagrams and descriptors through unix sockets. A message is copied once on its way in and
 * once on its way out. */
#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/fs/signal_hook.h"
#include "kernel/fs/unix_socket.h"
#include "lib/str.h"

#define PIECE_BYTES 16384u /* of a stream, in one message */

struct unix_message {
    struct list node;
    uint32_t len, used;       /* used: already read, of a stream */
    struct unix_socket *from; /* a reference */
    struct file **files;
    uint32_t file_count;
    char bytes[];
};

int64_t unix_deadline(int64_t timeout_ns)
{
    return timeout_ns == WAIT_FOREVER ? WAIT_FOREVER : clock_mono_ns() + timeout_ns;
}

static void drop_files(struct unix_message *m)
{
    for (uint32_t i = 0; i < m->file_count; i++)
        file_put(m->files[i]);
    m->file_count = 0;
}

static void message_free(struct unix_message *m)
{
    drop_files(m);
    kfree(m->files);
    unix_put(m->from);
    kfree(m);
}

static struct unix_message *pop(struct unix_socket *u)
{
    struct unix_message *m = NULL;
    spin_lock(&unix_lock);
    struct list *n = list_pop_front(&u->queue);
    if (n) {
        m = list_entry(n, struct unix_message, node);
        u->queued_bytes -= m->len - m->used;
        u->queued--;
    }
    spin_unlock(&unix_lock);
    return m;
}

static void push_back_front(struct unix_socket *u, struct unix_message *m)
{
    spin_lock(&unix_lock);
    list_push_front(&u->queue, &m->node);
    u->queued_bytes += m->len - m->used;
    u->queued++;
    spin_unlock(&unix_lock);
}

void unix_drop_queue(struct unix_socket *u)
{
    struct unix_message *m;
    while ((m = pop(u)))
        message_free(m);
}

static int take_error(struct unix_socket *u)
{
    spin_lock(&unix_lock);
    int err = u->error;
    u->error = 0;
    spin_unlock(&unix_lock);
    return -err;
}

/* ---- sending ---- */

static struct unix_message *message_new(struct unix_socket *u, struct socket_message *sm,
                                        uint32_t len)
{
    struct unix_message *m = kmalloc(sizeof(*m) + len);
    if (!m)
        return NULL;
    *m = (struct unix_message){.len = len, .from = u};
    unix_get(u);
    if (sm->file_count) {
        m->files = kmalloc(sm->file_count * sizeof(*m->files));
        if (!m->files) {
            message_free(m);
            return NULL;
        }
        memcpy(m->files, sm->files, sm->file_count * sizeof(*m->files));
    }
    return m;
}

static int can_send_locked(struct unix_socket *u, struct unix_socket *to, uint32_t len)
{
    bool datagram = u->s.type == SOCK_DGRAM;
    if (datagram && !unix_may_send_locked(u, to))
        return -EPERM;
    if (u->send_shut || (!datagram && to->gone))
        return -EPIPE;
    if (to->gone)
        return -ECONNREFUSED;
    if (to->receive_shut)
        return -EPIPE;
    if (datagram && to->queued > UNIX_DATAGRAMS)
        return -EAGAIN;
    if (to->queued_bytes && to->queued_bytes + len > UNIX_BUFFER)
        return -EAGAIN;
    return 0;
}

/* Hand m over. 0; -EAGAIN: no room; -EPIPE, -ECONNREFUSED. */
static int deliver(struct unix_socket *u, struct unix_socket *to, struct unix_message *m)
{
    spin_lock(&unix_lock);
    int err = can_send_locked(u, to, m->len);
    if (!err) {
        list_push_back(&to->queue, &m->node);
        to->queued_bytes += m->len;
        to->queued++;
    }
    spin_unlock(&unix_lock);
    return err;
}

static int deliver_waiting(struct unix_socket *u, struct unix_socket *to, struct unix_message *m,
                           bool nonblock)
{
    int err = deliver(u, to, m);
    if (err == -EAGAIN && !nonblock) {
        int waited = wait_event(&to->wait, (err = deliver(u, to, m)) != -EAGAIN,
                                unix_deadline(u->s.send_timeout_ns));
        err = waited == -ETIMEDOUT ? -EAGAIN : waited ? waited : err;
    }
    if (!err)
        waitq_wake(&to->wait, POLLIN | POLLRDNORM, 0);
    return err;
}

/* One message of len bytes from sm->uio. Its files go with it. */
static long send_one(struct unix_socket *u, struct unix_socket *to, struct socket_message *sm,
                     uint32_t len, bool nonblock)
{
    int err = u->send_shut ? -EPIPE : take_error(u);
    if (err)
        return err;
    struct unix_message *m = message_new(u, sm, len);
    if (!m)
        return -ENOMEM;
    err = uio_read(sm->uio, m->bytes, len) == len ? 0 : -EFAULT;
    if (!err) {
        m->file_count = sm->file_count;
        err = deliver_waiting(u, to, m, nonblock);
    }
    if (!err) {
        sm->file_count = 0;
        return len;
    }
    m->file_count = 0; /* the files stay the caller's */
    message_free(m);
    return err;
}

static long send_stream(struct unix_socket *u, struct unix_socket *to, struct socket_message *sm,
                        bool nonblock)
{
    long done = u->send_shut || to->receive_shut ? -EPIPE : 0;
    while (done >= 0 && sm->uio->left) {
        uint32_t len = (uint32_t)MIN(sm->uio->left, (uint64_t)PIECE_BYTES);
        long n = send_one(u, to, sm, len, nonblock);
        if (n < 0)
            return done ? done : n;
        done += n;
    }
    return done;
}

static int destination(struct unix_socket *u, struct socket_message *sm, struct unix_socket **to)
{
    bool named = sm->name && sm->name->len; /* ignored by SOCK_SEQPACKET */
    if (named && u->s.type == SOCK_DGRAM && u->send_shut)
        return -EPIPE;
    if (named && u->s.type == SOCK_DGRAM)
        return unix_find(sm->name, SOCK_DGRAM, to);
    if (named && u->s.type == SOCK_STREAM)
        return u->peer ? -EISCONN : -EOPNOTSUPP;
    spin_lock(&unix_lock);
    *to = u->peer;
    if (*to)
        unix_get(*to);
    spin_unlock(&unix_lock);
    return *to ? 0 : -ENOTCONN;
}

long unix_send(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct unix_socket *u = unix_of(s), *to = NULL;
    nonblock |= (m->flags & MSG_DONTWAIT) != 0;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    long n = s->type == SOCK_SEQPACKET ? take_error(u) : 0;
    if (!n)
        n = destination(u, m, &to);
    if (!n && s->type == SOCK_STREAM)
        n = send_stream(u, to, m, nonblock);
    else if (!n && m->uio->left > UNIX_BUFFER - 32)
        n = -EMSGSIZE;
    else if (!n)
        n = send_one(u, to, m, (uint32_t)m->uio->left, nonblock);
    if (n == -ECONNREFUSED && to)
        unix_change_peer(u, to, NULL);
    if (to)
        unix_put(to);
    if (n == -EPIPE && s->type != SOCK_DGRAM && !(m->flags & MSG_NOSIGNAL))
        thread_signal_self(LINUX_SIGPIPE);
    return n;
}

/* ---- receiving ---- */

static bool has_input(struct unix_socket *u)
{
    spin_lock(&unix_lock);
    bool yes = !list_empty(&u->queue) || u->receive_shut || u->error;
    spin_unlock(&unix_lock);
    return yes;
}

static void take_files(struct unix_message *m, struct socket_message *sm)
{
    if (!m->file_count)
        return;
    if (!sm->files) { /* read() gets none: they are closed */
        if (!(sm->flags & MSG_PEEK))
            drop_files(m);
        return;
    }
    memcpy(sm->files, m->files, m->file_count * sizeof(*m->files));
    sm->file_count = m->file_count;
    if (sm->flags & MSG_PEEK)
        for (uint32_t i = 0; i < m->file_count; i++)
            file_get(m->files[i]);
    else
        m->file_count = 0;
}

static void room_made(struct unix_socket *u)
{
    waitq_wake(&u->wait, POLLOUT, 0); /* senders sleep here; pollers of the peer are told below */
    spin_lock(&unix_lock);
    struct unix_socket *peer = u->peer;
    if (peer)
        unix_get(peer);
    spin_unlock(&unix_lock);
    if (peer) {
        waitq_wake(&peer->wait, POLLOUT | POLLWRNORM, 0);
        unix_put(peer);
    }
}

/* The name that the sender has by now. */
static void take_sender(const struct unix_message *m, struct socket_message *sm)
{
    if (!sm->name)
        return;
    spin_lock(&unix_lock);
    *sm->name = m->from->name;
    spin_unlock(&unix_lock);
}

/* A datagram: whole or cut. */
static long take_datagram(struct unix_socket *u, struct unix_message *m, struct socket_message *sm)
{
    uint32_t n = (uint32_t)MIN((uint64_t)m->len, sm->uio->left);
    long result = uio_write(sm->uio, m->bytes, n) == n ? (long)n : -EFAULT;
    if (n < m->len) {
        sm->flags_out |= MSG_TRUNC;
        if ((sm->flags & MSG_TRUNC) && result >= 0)
            result = m->len;
    }
    take_sender(m, sm);
    take_files(m, sm);
    if (sm->flags & MSG_PEEK)
        push_back_front(u, m);
    else
        message_free(m);
    return result;
}

/* As much as fits of a stream's first message. */
static long take_piece(struct unix_socket *u, struct unix_message *m, struct socket_message *sm)
{
    uint32_t want = (uint32_t)MIN((uint64_t)(m->len - m->used), sm->uio->left);
    uint32_t n = (uint32_t)uio_write(sm->uio, m->bytes + m->used, want);
    if (sm->name && !sm->name->len)
        take_sender(m, sm);
    take_files(m, sm);
    if (!(sm->flags & MSG_PEEK))
        m->used += n;
    if (m->used < m->len)
        push_back_front(u, m);
    else
        message_free(m);
    return n || !want ? (long)n : -EFAULT;
}

/* A read doesn't go on into a message that carries files once it has bytes. */
static bool next_has_files(struct unix_socket *u)
{
    spin_lock(&unix_lock);
    bool yes =
        !list_empty(&u->queue) && list_entry(u->queue.next, struct unix_message, node)->file_count;
    spin_unlock(&unix_lock);
    return yes;
}

/* Even a read of nothing looks at the first message: its sender, its files. */
static long take_stream(struct unix_socket *u, struct socket_message *sm)
{
    long done = 0;
    bool last = false;
    do {
        struct unix_message *m = done && next_has_files(u) ? NULL : pop(u);
        if (!m)
            break;
        last = m->file_count || (sm->flags & MSG_PEEK);
        long n = take_piece(u, m, sm);
        if (n < 0)
            return done ? done : n;
        done += n;
    } while (sm->uio->left && !last);
    return done;
}

static long take_any(struct unix_socket *u, struct socket_message *sm)
{
    if (u->s.type == SOCK_STREAM)
        return take_stream(u, sm);
    struct unix_message *m = pop(u);
    return m ? take_datagram(u, m, sm) : 0;
}

static int wait_input(struct unix_socket *u)
{
    int err = wait_event(&u->wait, has_input(u), unix_deadline(u->s.receive_timeout_ns));
    return err == -ETIMEDOUT ? -EAGAIN : err;
}

static bool queue_empty(struct unix_socket *u)
{
    spin_lock(&unix_lock);
    bool empty = list_empty(&u->queue);
    spin_unlock(&unix_lock);
    return empty;
}

static long receive_locked(struct unix_socket *u, struct socket_message *m, bool nonblock)
{
    for (;;) {
        if (!queue_empty(u)) {
            long n = take_any(u, m);
            if (!(m->flags & MSG_PEEK))
                room_made(u);
            return n;
        }
        int err = take_error(u);
        bool over = u->receive_shut && (u->s.type != SOCK_DGRAM || !nonblock);
        if (err || over)
            return err;
        err = nonblock ? -EAGAIN : wait_input(u);
        if (err)
            return err;
    }
}

/* MSG_WAITALL: again until the buffer is full, the end, or trouble. */
static long receive_all(struct unix_socket *u, struct socket_message *m, bool nonblock)
{
    long done = 0, n;
    do {
        n = receive_locked(u, m, nonblock);
        if (n > 0)
            done += n;
    } while (n > 0 && m->uio->left && !m->file_count);
    return done ? done : n;
}

long unix_receive(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct unix_socket *u = unix_of(s);
    nonblock |= (m->flags & MSG_DONTWAIT) != 0;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    if (s->type != SOCK_DGRAM && !u->was_connected)
        return s->type == SOCK_STREAM ? -EINVAL : -ENOTCONN;
    long n = mutex_lock(&u->reading);
    if (n)
        return n;
    bool all = (m->flags & MSG_WAITALL) && !(m->flags & MSG_PEEK) && s->type == SOCK_STREAM;
    n = all ? receive_all(u, m, nonblock) : receive_locked(u, m, nonblock);
    mutex_unlock(&u->reading);
    return n;
}

/* ---- asking ---- */

static unsigned poll_locked(struct unix_socket *u)
{
    struct unix_socket *to = u->peer;
    unsigned mask = 0;
    if (!list_empty(&u->queue) || !list_empty(&u->pending) || u->receive_shut)
        mask |= POLLIN | POLLRDNORM;
    if (u->receive_shut)
        mask |= POLLRDHUP | POLLIN | POLLRDNORM;
    if (u->error)
        mask |= POLLERR;
    bool connectable = u->s.type != SOCK_DGRAM;
    if ((u->receive_shut && u->send_shut) ||
        (connectable && !to && !u->listening && !u->was_connected))
        mask |= POLLHUP;
    if (u->listening)
        return mask;
    bool room = !to || (to->queued_bytes < UNIX_BUFFER / 4 * 3 &&
                        (connectable || to->queued <= UNIX_DATAGRAMS));
    return room ? mask | POLLOUT | POLLWRNORM | POLLWRBAND : mask;
}

unsigned unix_poll(struct socket *s, struct poll_table *pt)
{
    struct unix_socket *u = unix_of(s);
    poll_watch(pt, &u->wait);
    spin_lock(&unix_lock);
    unsigned mask = poll_locked(u);
    spin_unlock(&unix_lock);
    return mask;
}

uint32_t unix_readable(struct socket *s)
{
    struct unix_socket *u = unix_of(s);
    spin_lock(&unix_lock);
    uint32_t n = u->queued_bytes;
    if (s->type == SOCK_DGRAM)
        n = list_empty(&u->queue) ? 0 : list_entry(u->queue.next, struct unix_message, node)->len;
    spin_unlock(&unix_lock);
    return n;
}

int unix_get_option(struct socket *s, int level, int option, int *value)
{
    struct unix_socket *u = unix_of(s);
    if (level != SOL_SOCKET)
        return -EOPNOTSUPP;
    switch (option) {
    case SO_ERROR:
        *value = -take_error(u);
        return 0;
    case SO_ACCEPTCONN:
        *value = u->listening;
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}
