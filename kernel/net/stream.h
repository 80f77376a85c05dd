/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP sockets. A stream begins CLOSED; it becomes LISTENING, or CONNECTING and then CONNECTED; OVER
 * it is when the connection has ended: both directions are shut, what has come in can be read.
 *
 * A connection between two sockets of this machine is made by lwIP, handshake, backlog and all.
 * Once both ends are there they are joined: each is the other's `peer`, lwIP forgets the
 * connection, and bytes go from the sender's memory straight into the receiver's queue.
 *
 * Everything is under stack_lock; but the head of the queue is moved on by whoever holds `reading`,
 * and only by him, so he may look at it without the lock.
 */
#ifndef KERNEL_NET_STREAM_H
#define KERNEL_NET_STREAM_H

#include <lwip/tcp.h>

#include "kernel/net/inet.h"

#define STREAM_JOINED_MAX 262144u /* bytes that may wait at a joined receiver */

enum stream_state {
    STREAM_CLOSED,
    STREAM_LISTENING,
    STREAM_CONNECTING,
    STREAM_CONNECTED,
    STREAM_OVER
};

enum stream_stored { /* options that are only kept */
                     STORED_MAXSEG,
                     STORED_SYNCNT,
                     STORED_LINGER2,
                     STORED_DEFER_ACCEPT,
                     STORED_WINDOW_CLAMP,
                     STORED_USER_TIMEOUT,
                     STORED_FASTOPEN,
                     STORED_NOTSENT_LOWAT,
                     STORED_COUNT
};

struct stream {
    struct inet_socket i;
    enum stream_state state;
    bool no_space;    /* a sender waits or was sent away, or poll said so */
    bool peer_closed; /* joined: the other end is closed altogether */
    bool joined;      /* a child whose connection lwIP doesn't count any more */
    bool nodelay, cork;
    struct tcp_pcb *pcb; /* NULL: lwIP has forgotten the connection, or never knew of it */
    struct tcp_pcb_listen *listener_pcb; /* LISTENING */
    struct stream *peer;                 /* joined; a reference */
    struct pbuf *head, *tail;            /* received, one buffer each, next the next */
    uint32_t queued;                     /* bytes in them */
    struct list pending;     /* LISTENING: connections that wait to be accepted; a reference each */
    struct list waiting;     /* being one of them */
    struct stream *listener; /* whose; NULL once accepted */
    int keep_idle_s, keep_interval_s, keep_count;
    int stored[STORED_COUNT];
};

static inline struct stream *stream_of(struct socket *s)
{
    return container_of(inet_of(s), struct stream, i);
}

extern const struct socket_ops stream_ops;
extern bool stream_joins; /* connections within the machine are joined; set at boot */

/* stream_new - one with one reference; NULL: no memory. */
struct stream *stream_new(int family, int protocol) MUST_CHECK;
void stream_get(struct stream *t);
void stream_put(struct stream *t);

/* stream_wake - events have come about. Under the lock. */
static inline void stream_wake(struct stream *t, unsigned events)
{
    waitq_wake(&t->i.wait, events, 0);
}

/* stream_attach_locked - pcb is t's from now on: its events come to t, t's options hold for it. */
void stream_attach_locked(struct stream *t, struct tcp_pcb *pcb);

/* stream_detach_locked - lwIP goes on with the connection alone. Returns the pcb or NULL. */
struct tcp_pcb *stream_detach_locked(struct stream *t);

/* stream_end_locked - both directions are over, with error (positive) to be told, or 0. */
void stream_end_locked(struct stream *t, int error);

/* stream_enqueue_locked - a chain of buffers was received. */
void stream_enqueue_locked(struct stream *t, struct pbuf *p);

/* stream_drop_locked - throw away what nobody will read. */
void stream_drop_locked(struct stream *t);

/* stream_accepted, stream_connected - for lwIP: a listener has a connection; ours is made. */
err_t stream_accepted(void *arg, struct tcp_pcb *pcb, err_t err);
err_t stream_connected(void *arg, struct tcp_pcb *pcb, err_t err);

/* stream_apply_locked - set t's options in its pcb. */
void stream_apply_locked(struct stream *t);

/* stream_send to stream_set_option - struct socket_ops' functions of these names. */
long stream_send(struct socket *s, struct socket_message *m, bool nonblock);
long stream_receive(struct socket *s, struct socket_message *m, bool nonblock);
unsigned stream_poll(struct socket *s, struct poll_table *pt);
uint32_t stream_readable(struct socket *s);
int stream_get_option(struct socket *s, int level, int option, int *value);
int stream_set_option(struct socket *s, int level, int option, int value);
int stream_get_wide(struct socket *s, int level, int option, void *buf, uint32_t room);
int stream_set_wide(struct socket *s, int level, int option, const void *buf, uint32_t size);

/* stream_deadline - now plus a timeout. */
int64_t stream_deadline(int64_t timeout_ns);

/* stream_tcp_state - as tcp_info and /proc/net/tcp tell it. stream_pcb_state: of lwIP's part. */
enum tcp_info_state stream_tcp_state(const struct stream *t);
enum tcp_info_state stream_pcb_state(const struct tcp_pcb *pcb);

/* stream_foreach_locked - fn(t, arg) for every socket that isn't closed yet. */
void stream_foreach_locked(void (*fn)(struct stream *t, void *arg), void *arg);

#endif
