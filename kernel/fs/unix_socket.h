/* SPDX-License-Identifier: Apache-2.0 */
/* What unix.c and unix_data.c share. Fields of a unix socket are under unix_lock unless said
 * otherwise. */
#ifndef KERNEL_FS_UNIX_SOCKET_H
#define KERNEL_FS_UNIX_SOCKET_H

#include "kernel/fs/socket.h"

#define UNIX_BUFFER    212992 /* bytes that may wait at a receiver, and SO_SNDBUF */
#define UNIX_DATAGRAMS 10u    /* of one receiver; one more is taken */

struct unix_socket {
    struct socket s;
    uint32_t refs;            /* the file's, a peer's, a pending list's, a call's */
    struct unix_socket *peer; /* a reference */
    struct socket_address name;
    struct inode *inode; /* of a name in the file system, a reference */
    struct list named;   /* among all that have a name */
    struct list everywhere;
    struct list queue; /* of struct unix_message, received */
    uint32_t queued_bytes, queued;
    struct list pending; /* of a listener: ends that wait to be accepted */
    struct list waiting; /* being one of them */
    unsigned pending_count, backlog;
    bool listening, receive_shut, send_shut, was_connected, gone;
    int error; /* told once */
    struct waitq wait;
    struct mutex reading; /* one reader at a time, so that bytes keep their order */
};

static inline struct unix_socket *unix_of(struct socket *s)
{
    return container_of(s, struct unix_socket, s);
}

extern struct spinlock unix_lock;
extern const struct socket_ops unix_ops;

void unix_get(struct unix_socket *u);
void unix_put(struct unix_socket *u);

/* unix_find - the socket of that type with this name: a reference; NULL on failure. -EINVAL,
 * -ECONNREFUSED, -EPROTOTYPE, the path's errors. */
int unix_find(const struct socket_address *a, int type, struct unix_socket **u) MUST_CHECK;

/* unix_change_peer - a datagram socket sends to `to` (NULL: nobody) from now on, if it sends to
 * `from` now. What it has not read is lost, and an old peer that was connected to it learns of
 * that, as on Linux. */
void unix_change_peer(struct unix_socket *u, struct unix_socket *from, struct unix_socket *to);

/* unix_may_send_locked - a datagram socket that is connected takes messages from its peer only. */
static inline bool unix_may_send_locked(const struct unix_socket *u, const struct unix_socket *to)
{
    return !to->peer || to->peer == u;
}

/* unix_show - /proc/net/unix: every one of them. */
struct text;
void unix_show(struct text *t, uint64_t arg);

/* unix_deadline - now plus a timeout. */
int64_t unix_deadline(int64_t timeout_ns);

/* unix_drop_queue - throw away what nobody will read, and the files in it. */
void unix_drop_queue(struct unix_socket *u);

/* unix_send to unix_get_option - struct socket_ops' functions of these names. */
long unix_send(struct socket *s, struct socket_message *m, bool nonblock);
long unix_receive(struct socket *s, struct socket_message *m, bool nonblock);
unsigned unix_poll(struct socket *s, struct poll_table *pt);
uint32_t unix_readable(struct socket *s);
int unix_get_option(struct socket *s, int level, int option, int *value);

#endif
