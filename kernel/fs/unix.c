/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unix sockets: connections, names, shutdown. Bytes and descriptors are moved in unix_data.c.
 *
 * Lock: one spinlock, unix_lock, for all relations between sockets and all queues; it is held for a
 * few instructions at a time.
 */
#include "kernel/fs/unix_socket.h"

#include "abi/errno.h"
#include "kernel/core/optional.h"
#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/names.h"
#include "kernel/fs/pseudo.h"
#include "lib/str.h"

struct spinlock unix_lock;
static struct list bound = LIST_INIT(bound); /* sockets with a name */
static struct list all = LIST_INIT(all);     /* by `everywhere` */

void unix_get(struct unix_socket *u)
{
    __atomic_add_fetch(&u->refs, 1, __ATOMIC_RELAXED);
}

void unix_put(struct unix_socket *u)
{
    if (__atomic_sub_fetch(&u->refs, 1, __ATOMIC_ACQ_REL))
        return;
    spin_lock(&unix_lock);
    list_remove(&u->everywhere);
    spin_unlock(&unix_lock);
    if (u->inode)
        inode_put(u->inode);
    kfree(u);
}

static struct unix_socket *unix_new(int type)
{
    struct unix_socket *u = kzalloc(sizeof(*u));
    if (!u)
        return NULL;
    u->s = (struct socket){.ops = &unix_ops,
                           .family = AF_UNIX,
                           .type = type,
                           .receive_timeout_ns = WAIT_FOREVER,
                           .send_timeout_ns = WAIT_FOREVER,
                           .send_buffer = UNIX_BUFFER,
                           .receive_buffer = UNIX_BUFFER};
    u->refs = 1;
    list_init(&u->named);
    list_init(&u->queue);
    list_init(&u->pending);
    list_init(&u->waiting);
    waitq_init(&u->wait);
    mutex_init(&u->reading);
    spin_lock(&unix_lock);
    list_push_back(&all, &u->everywhere);
    spin_unlock(&unix_lock);
    return u;
}

static int unix_create(int type, int protocol, struct socket **s)
{
    if (protocol && protocol != AF_UNIX)
        return -EPROTONOSUPPORT;
    if (type == SOCK_RAW)
        type = SOCK_DGRAM;
    if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
        return -ESOCKTNOSUPPORT;
    struct unix_socket *u = unix_new(type);
    *s = u ? &u->s : NULL;
    return u ? 0 : -ENOMEM;
}

static int unix_register(void)
{
    static struct socket_family family = {.family = AF_UNIX, .create = unix_create};
    socket_register(&family);
    return 0;
}
BOOT_STEP(unix_register);

/* ---- /proc/net/unix ---- */

/* State 1 is unconnected, 3 connected; an abstract name's NULs are shown as @. */
static void show_one(struct text *t, const struct unix_socket *u)
{
    text_add(t, "%016x: %08x 00000000 %08x %04x %02x 0", 0u, u->refs, u->listening ? 0x10000u : 0u,
             (unsigned)u->s.type, u->peer ? 3u : 1u);
    if (u->name.len > 2)
        text_add(t, " ");
    for (uint32_t i = 2; i < u->name.len && (u->name.bytes[i] || u->name.bytes[2] == 0); i++)
        text_add(t, "%c", u->name.bytes[i] ? u->name.bytes[i] : '@');
    text_add(t, "\n");
}

void unix_show(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "Num       RefCount Protocol Flags    Type St Inode Path\n");
    spin_lock(&unix_lock);
    list_for_each (n, &all)
        show_one(t, list_entry(n, struct unix_socket, everywhere));
    spin_unlock(&unix_lock);
}

/* ---- connecting two ---- */

static void link_locked(struct unix_socket *a, struct unix_socket *b)
{
    unix_get(b);
    a->peer = b;
    a->was_connected = true;
}

static int unix_pair(struct socket *a, struct socket *b)
{
    spin_lock(&unix_lock);
    link_locked(unix_of(a), unix_of(b));
    link_locked(unix_of(b), unix_of(a));
    spin_unlock(&unix_lock);
    return 0;
}

/* ---- names ---- */

static uint32_t path_len(const struct socket_address *a)
{
    return a->len - 2;
}

static const char *path_of(const struct socket_address *a)
{
    return (const char *)a->bytes + 2;
}

/* -EINVAL: not an address of this family. An abstract name begins with NUL. */
static int check_address(const struct socket_address *a)
{
    if (a->len <= 2 || a->len > sizeof(struct linux_sockaddr_un) || a->bytes[0] != AF_UNIX ||
        a->bytes[1])
        return -EINVAL;
    return 0;
}

static bool is_abstract(const struct socket_address *a)
{
    return !path_of(a)[0];
}

/* Each type has abstract names of its own. */
static struct unix_socket *find_abstract_locked(const struct socket_address *a, int type)
{
    list_for_each (n, &bound) {
        struct unix_socket *u = list_entry(n, struct unix_socket, named);
        if (u->s.type == type && u->name.len == a->len && !memcmp(u->name.bytes, a->bytes, a->len))
            return u;
    }
    return NULL;
}

static int claim(struct unix_socket *u, const struct socket_address *a, struct inode *inode)
{
    int err = 0;
    spin_lock(&unix_lock);
    if (u->name.len)
        err = -EINVAL;
    else if (!inode && find_abstract_locked(a, u->s.type))
        err = -EADDRINUSE;
    if (!err) {
        u->name = *a;
        u->inode = inode;
        list_push_back(&bound, &u->named);
    }
    spin_unlock(&unix_lock);
    return err;
}

/* The NUL-ended path of an address. */
static void path_text(const struct socket_address *a, char text[110])
{
    uint32_t n = (uint32_t)strnlen(path_of(a), path_len(a));
    memcpy(text, path_of(a), n);
    text[n] = 0;
}

static int remove_path(const char *text)
{
    struct dentry *cwd = fs_cwd();
    int err = names_remove(cwd, text, false);
    dentry_put(cwd);
    return err;
}

static int bind_path(struct unix_socket *u, const struct socket_address *a)
{
    char text[110];
    struct dentry *cwd = fs_cwd(), *d = NULL;
    path_text(a, text);
    uint32_t mode = S_IFSOCK | (0777 & ~fs_context_self()->umask);
    int err = names_make(cwd, text, mode, 0, NULL);
    if (!err)
        err = path_lookup(cwd, text, 0, &d);
    dentry_put(cwd);
    if (err)
        return err == -EEXIST ? -EADDRINUSE : err;
    struct socket_address with_nul = *a;
    with_nul.len = 2 + (uint32_t)strlen(text) + 1;
    with_nul.bytes[with_nul.len - 1] = 0;
    err = claim(u, &with_nul, inode_get(d->inode));
    if (err) {
        inode_put(d->inode);
        (void)!remove_path(text);
    }
    dentry_put(d);
    return err;
}

/* A name that the kernel chooses: five hexadecimal digits. */
static int bind_any(struct unix_socket *u)
{
    static uint32_t next;
    struct socket_address a = {.len = 8, .bytes = {AF_UNIX}};
    int err;
    do {
        uint32_t n = __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED);
        for (int i = 0; i < 5; i++)
            a.bytes[3 + i] = (uint8_t) "0123456789abcdef"[n >> (16 - 4 * i) & 15];
        err = claim(u, &a, NULL);
    } while (err == -EADDRINUSE);
    return err;
}

static int unix_bind(struct socket *s, const struct socket_address *a)
{
    struct unix_socket *u = unix_of(s);
    if (a->len == 2 && a->bytes[0] == AF_UNIX)
        return u->name.len ? 0 : bind_any(u);
    int err = check_address(a);
    if (err)
        return err;
    return is_abstract(a) ? claim(u, a, NULL) : bind_path(u, a);
}

static struct unix_socket *find_inode_locked(const struct inode *inode)
{
    list_for_each (n, &bound) {
        struct unix_socket *u = list_entry(n, struct unix_socket, named);
        if (u->inode == inode)
            return u;
    }
    return NULL;
}

static int find_path(const struct socket_address *a, struct unix_socket **u)
{
    char text[110];
    struct dentry *cwd = fs_cwd(), *d;
    path_text(a, text);
    int err = path_lookup(cwd, text, WALK_FOLLOW, &d);
    dentry_put(cwd);
    if (err)
        return err;
    err = inode_access(d->inode, W_OK);
    if (!err) {
        spin_lock(&unix_lock);
        *u = inode_is(d->inode, S_IFSOCK) ? find_inode_locked(d->inode) : NULL;
        if (*u)
            unix_get(*u);
        spin_unlock(&unix_lock);
        err = *u ? 0 : -ECONNREFUSED;
    }
    dentry_put(d);
    return err;
}

int unix_find(const struct socket_address *a, int type, struct unix_socket **u)
{
    *u = NULL;
    int err = check_address(a);
    if (err)
        return err;
    if (is_abstract(a)) {
        spin_lock(&unix_lock);
        *u = find_abstract_locked(a, type);
        if (*u)
            unix_get(*u);
        spin_unlock(&unix_lock);
        err = *u ? 0 : -ECONNREFUSED;
    } else {
        err = find_path(a, u);
    }
    if (!err && (*u)->s.type != type) {
        unix_put(*u);
        *u = NULL;
        err = -EPROTOTYPE;
    }
    return err;
}

static int unix_name(struct socket *s, bool peer, struct socket_address *a)
{
    struct unix_socket *u = unix_of(s);
    int err = 0;
    spin_lock(&unix_lock);
    if (peer)
        u = u->peer;
    if (u && u->name.len)
        *a = u->name;
    else
        *a = (struct socket_address){.len = 2, .bytes = {AF_UNIX}};
    if (!u)
        err = -ENOTCONN;
    spin_unlock(&unix_lock);
    return err;
}

/* ---- listening and connecting ---- */

static int unix_listen(struct socket *s, int backlog)
{
    struct unix_socket *u = unix_of(s);
    int err = 0;
    if (s->type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    spin_lock(&unix_lock);
    if (!u->name.len || u->peer)
        err = -EINVAL;
    else {
        u->listening = true;
        u->backlog = (unsigned)MIN((unsigned)backlog, 4096u);
    }
    spin_unlock(&unix_lock);
    if (!err)
        waitq_wake(&u->wait, ~0u, 0); /* connecters wait for room */
    return err;
}

/* The other end for a connecter, put on the listener's list. 0, -EAGAIN: no room, -ECONNREFUSED. */
static int enter_locked(struct unix_socket *u, struct unix_socket *listener,
                        struct unix_socket *end)
{
    if (!listener->listening || listener->receive_shut)
        return -ECONNREFUSED;
    if (listener->pending_count > listener->backlog)
        return -EAGAIN;
    if (u->peer || u->listening)
        return u->listening ? -EINVAL : -EISCONN;
    link_locked(u, end);
    link_locked(end, u);
    end->name = listener->name;
    unix_get(end);
    list_push_back(&listener->pending, &end->waiting);
    listener->pending_count++;
    return 0;
}

static int try_connect(struct unix_socket *u, struct unix_socket *listener, struct unix_socket *end)
{
    spin_lock(&unix_lock);
    int err = enter_locked(u, listener, end);
    spin_unlock(&unix_lock);
    return err;
}

static int connect_stream(struct unix_socket *u, struct unix_socket *listener, bool nonblock)
{
    struct unix_socket *end = unix_new(u->s.type);
    if (!end)
        return -ENOMEM;
    int err = try_connect(u, listener, end);
    if (err == -EAGAIN && !nonblock) {
        int waited = wait_event(&listener->wait, (err = try_connect(u, listener, end)) != -EAGAIN,
                                WAIT_FOREVER);
        err = waited ? waited : err;
    }
    unix_put(end);
    if (!err) {
        waitq_wake(&listener->wait, POLLIN | POLLRDNORM, 0);
        waitq_wake(&u->wait, POLLOUT | POLLWRNORM, 0);
    }
    return err;
}

void unix_change_peer(struct unix_socket *u, struct unix_socket *from, struct unix_socket *to)
{
    spin_lock(&unix_lock);
    bool change = u->peer == from && from != to;
    bool lost = change && from && !list_empty(&u->queue);
    if (change) {
        u->peer = to;
        if (to)
            unix_get(to);
    }
    if (lost && !from->gone && from->peer == u)
        from->error = ECONNRESET;
    spin_unlock(&unix_lock);
    if (lost)
        unix_drop_queue(u);
    if (change && from)
        unix_put(from);
}

static int connect_datagrams(struct unix_socket *u, struct unix_socket *to)
{
    spin_lock(&unix_lock);
    bool may = unix_may_send_locked(u, to);
    spin_unlock(&unix_lock);
    if (!may)
        return -EPERM;
    unix_change_peer(u, u->peer, to);
    return 0;
}

static int unix_connect(struct socket *s, const struct socket_address *a, bool nonblock)
{
    struct unix_socket *u = unix_of(s), *to;
    if (s->type == SOCK_DGRAM && a->len >= 2 && !a->bytes[0] && !a->bytes[1]) {
        unix_change_peer(u, u->peer, NULL); /* AF_UNSPEC */
        return 0;
    }
    int err = unix_find(a, s->type, &to);
    if (err)
        return err;
    if (s->type == SOCK_DGRAM)
        err = connect_datagrams(u, to);
    else
        err = connect_stream(u, to, nonblock);
    unix_put(to);
    return err;
}

static struct unix_socket *take_pending(struct unix_socket *u)
{
    struct unix_socket *end = NULL;
    spin_lock(&unix_lock);
    struct list *n = list_pop_front(&u->pending);
    if (n) {
        end = list_entry(n, struct unix_socket, waiting);
        u->pending_count--;
    }
    spin_unlock(&unix_lock);
    return end;
}

static int unix_accept(struct socket *s, bool nonblock, struct socket **made)
{
    struct unix_socket *u = unix_of(s), *end = NULL;
    if (s->type == SOCK_DGRAM)
        return -EOPNOTSUPP;
    if (!u->listening)
        return -EINVAL;
    end = take_pending(u);
    if (!end) {
        int err = nonblock ? -EAGAIN
                           : wait_event(&u->wait, (end = take_pending(u)) || u->receive_shut,
                                        unix_deadline(s->receive_timeout_ns));
        if (err)
            return err == -ETIMEDOUT ? -EAGAIN : err;
    }
    if (!end)
        return -EINVAL;
    waitq_wake(&u->wait, POLLOUT, 0); /* room for another */
    *made = &end->s;
    return 0;
}

/* ---- ending ---- */

static int unix_shutdown(struct socket *s, int how)
{
    struct unix_socket *u = unix_of(s);
    if (how < SHUT_RD || how > SHUT_RDWR)
        return -EINVAL;
    spin_lock(&unix_lock);
    struct unix_socket *peer = u->peer;
    bool connected = peer && s->type != SOCK_DGRAM;
    u->receive_shut |= how != SHUT_WR;
    u->send_shut |= how != SHUT_RD;
    if (connected) {
        peer->send_shut |= how != SHUT_WR;
        peer->receive_shut |= how != SHUT_RD;
        unix_get(peer);
    }
    spin_unlock(&unix_lock);
    waitq_wake(&u->wait, ~0u, 0);
    if (connected) {
        waitq_wake(&peer->wait, ~0u, 0);
        unix_put(peer);
    }
    return 0;
}

/* The other end learns that u is gone; what it had not yet been read by u makes that a reset. */
static void leave_peer(struct unix_socket *u, bool unread)
{
    spin_lock(&unix_lock);
    struct unix_socket *peer = u->peer;
    u->peer = NULL;
    u->gone = true;
    if (peer && u->s.type != SOCK_DGRAM) {
        peer->receive_shut = peer->send_shut = true;
        if (unread)
            peer->error = ECONNRESET;
    }
    spin_unlock(&unix_lock);
    if (peer) {
        waitq_wake(&peer->wait, ~0u, 0);
        unix_put(peer);
    }
}

static void unix_release(struct socket *s)
{
    struct unix_socket *u = unix_of(s), *end;
    spin_lock(&unix_lock);
    list_remove(&u->named);
    u->listening = false;
    bool unread = !list_empty(&u->queue);
    spin_unlock(&unix_lock);
    leave_peer(u, unread);
    while ((end = take_pending(u))) {
        leave_peer(end, true);
        unix_drop_queue(end);
        unix_put(end);
    }
    waitq_wake(&u->wait, ~0u, 0);
    unix_drop_queue(u);
    unix_put(u);
}

const struct socket_ops unix_ops = {
    .bind = unix_bind,
    .connect = unix_connect,
    .listen = unix_listen,
    .accept = unix_accept,
    .name = unix_name,
    .send = unix_send,
    .receive = unix_receive,
    .shutdown = unix_shutdown,
    .get_option = unix_get_option,
    .poll = unix_poll,
    .readable = unix_readable,
    .pair = unix_pair,
    .release = unix_release,
};
