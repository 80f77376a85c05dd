/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/datagram.h */
#include "kernel/net/datagram.h"

#include <lwip/icmp.h>
#include <lwip/ip.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/prot/udp.h>

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/net/raw.h"
#include "lib/str.h"

#define OVERHEAD_BYTES 256u /* what a waiting datagram counts besides its bytes */
#define DATAGRAM_MAX   65507u
#define DATAGRAM6_MAX  65527u

struct datagram {
    struct list node;
    struct pbuf *p;
    ip_addr_t from, to;
    uint16_t port;
    uint8_t index, ttl, tos; /* index: of the interface it came in by */
};

static struct list all = LIST_INIT(all);
static const struct socket_ops datagram_ops;

static struct datagram_socket *datagram_of(struct socket *s)
{
    return container_of(inet_of(s), struct datagram_socket, i);
}

void datagram_foreach_locked(void (*fn)(struct datagram_socket *d, void *arg), void *arg)
{
    list_for_each (n, &all)
        fn(list_entry(n, struct datagram_socket, everywhere), arg);
}

/* ---- what comes in ---- */

static void note_header(struct datagram *d)
{
    if (ip_current_is_v6()) {
        d->ttl = IP6H_HOPLIM(ip6_current_header());
        d->tos = IP6H_TC(ip6_current_header());
    } else {
        d->ttl = IPH_TTL(ip4_current_header());
        d->tos = IPH_TOS(ip4_current_header());
    }
}

void datagram_enqueue_locked(struct datagram_socket *s, struct pbuf *p, const ip_addr_t *from,
                             uint16_t port)
{
    struct datagram *d = NULL;
    uint32_t cost = p->tot_len + OVERHEAD_BYTES;
    if (s->queued_bytes + cost <= (uint32_t)s->i.s.receive_buffer + OVERHEAD_BYTES &&
        !s->i.receive_shut)
        d = kmalloc(sizeof(*d));
    if (!d) {
        pbuf_free(p);
        return;
    }
    *d = (struct datagram){.p = p, .from = *from, .to = *ip_current_dest_addr(), .port = port};
    d->index = netif_get_index(ip_current_input_netif());
    note_header(d);
    list_push_back(&s->queue, &d->node);
    s->queued_bytes += cost;
    waitq_wake(&s->i.wait, POLLIN | POLLRDNORM, 0);
}

/* Sockets that share a port get each their part of the senders. */
static struct datagram_socket *chosen_locked(struct datagram_socket *s, const ip_addr_t *from,
                                             uint16_t port)
{
    if (!s->i.reuse_port || s->connected || ip_addr_ismulticast(ip_current_dest_addr()))
        return s;
    return container_of(port_group_locked(&s->i, from, port), struct datagram_socket, i);
}

static void on_udp(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from,
                   u16_t port)
{
    struct datagram_socket *s = chosen_locked(arg, from, port);
    uint8_t index = netif_get_index(ip_current_input_netif());
    (void)pcb;
    if (ip_addr_ismulticast(ip_current_dest_addr()) && s->i.memberships &&
        !inet_is_member_locked(&s->i, ip_current_dest_addr(), index))
        pbuf_free(p);
    else
        datagram_enqueue_locked(s, p, from, port);
}

/* ---- errors ---- */

struct undelivered {
    ip_addr_t from, to;
    uint16_t from_port, to_port;
    int error;
};

static void tell(struct datagram_socket *s, void *arg)
{
    const struct undelivered *u = arg;
    if (!s->connected || s->i.local_port != u->from_port || s->i.remote_port != u->to_port ||
        !ip_addr_cmp_zoneless(&s->i.remote, &u->to))
        return;
    s->i.error = u->error;
    waitq_wake(&s->i.wait, ~0u, 0);
}

/* The datagram that an error is about begins with this IP payload. */
static void tell_ports(struct undelivered *u, const uint8_t *udp)
{
    u->from_port = (uint16_t)(udp[0] << 8 | udp[1]);
    u->to_port = (uint16_t)(udp[2] << 8 | udp[3]);
    datagram_foreach_locked(tell, u);
}

void datagram_icmp_locked(const struct pbuf *p)
{
    static const uint8_t errors[] = {ENETUNREACH, EHOSTUNREACH, EPROTO, ECONNREFUSED};
    uint8_t bytes[60 + 8 + 60 + 4];
    uint16_t n = pbuf_copy_partial(p, bytes, sizeof(bytes), 0);
    unsigned at = n ? (bytes[0] & 15u) * 4 : 0;
    if (at < IP_HLEN || at + 8 + IP_HLEN > n || bytes[at] != ICMP_DUR ||
        bytes[at + 1] >= ARRAY_SIZE(errors))
        return;
    const uint8_t *inner = bytes + at + 8;
    unsigned udp = at + 8 + (inner[0] & 15u) * 4;
    struct undelivered u = {.error = errors[bytes[at + 1]]};
    uint32_t to;
    if (inner[9] != IP_PROTO_UDP || udp + 4 > n)
        return;
    memcpy(&to, inner + 16, sizeof(to));
    ip_addr_set_ip4_u32(&u.to, to);
    tell_ports(&u, bytes + udp);
}

void datagram_icmp6_locked(const struct pbuf *p)
{
    uint8_t bytes[40 + 8 + 40 + 4];
    uint32_t to[4];
    uint16_t n = pbuf_copy_partial(p, bytes, sizeof(bytes), 0);
    if (n < sizeof(bytes) || bytes[40] != 1 || bytes[48 + 6] != IP_PROTO_UDP)
        return;
    struct undelivered u = {.error = bytes[41] == 4 ? ECONNREFUSED : EHOSTUNREACH};
    memcpy(to, bytes + 48 + 24, sizeof(to));
    IP_ADDR6(&u.to, to[0], to[1], to[2], to[3]);
    tell_ports(&u, bytes + 88);
}

/* ---- making ---- */

static struct datagram_socket *datagram_new(int family, int type, int protocol)
{
    struct datagram_socket *d = kzalloc(sizeof(*d));
    if (!d)
        return NULL;
    inet_init(&d->i, &datagram_ops, family, type, protocol);
    list_init(&d->queue);
    list_init(&d->everywhere);
    return d;
}

/* What lwIP looks at in the pcb, as it is now. */
static void apply_locked(struct datagram_socket *d)
{
    struct ip_pcb *pcb = d->udp ? (struct ip_pcb *)d->udp : (struct ip_pcb *)d->raw;
    inet_apply_locked(&d->i, pcb);
    pcb->local_ip = d->i.local;
    if (d->udp) {
        d->udp->local_port = d->i.local_port;
        d->udp->mcast_ttl = d->i.mc_ttl;
        d->udp->mcast_ifindex = d->i.mc_interface;
        udp_set_flags(d->udp, UDP_FLAGS_MULTICAST_LOOP);
        if (d->i.no_mc_loop)
            udp_clear_flags(d->udp, UDP_FLAGS_MULTICAST_LOOP);
    } else {
        raw_apply_locked(d);
    }
}

static bool is_echo(int type, int protocol)
{
    return type == SOCK_DGRAM && (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6);
}

static bool attach_locked(struct datagram_socket *d)
{
    if (d->i.s.protocol != IPPROTO_UDP || d->i.s.type == SOCK_RAW)
        return raw_attach_locked(d);
    d->udp = udp_new_ip_type(d->i.s.family == AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_ANY);
    if (d->udp)
        udp_recv(d->udp, on_udp, d);
    return d->udp;
}

/* Which protocols there are for a family and type. */
static bool is_served(int family, int type, int protocol)
{
    if (is_echo(type, protocol))
        return protocol == (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
    if (type == SOCK_DGRAM)
        return !protocol || protocol == IPPROTO_UDP;
    return protocol && (protocol != IPPROTO_RAW || family == AF_INET);
}

int datagram_create(int family, int type, int protocol, struct socket **s)
{
    if (!is_served(family, type, protocol))
        return -EPROTONOSUPPORT;
    struct datagram_socket *d = datagram_new(family, type, protocol ? protocol : IPPROTO_UDP);
    if (!d)
        return -ENOMEM;
    spin_lock(&stack_lock);
    bool attached = attach_locked(d);
    if (attached) {
        apply_locked(d);
        list_push_back(&all, &d->everywhere);
    }
    spin_unlock(&stack_lock);
    if (!attached) {
        kfree(d);
        return -ENOMEM;
    }
    *s = &d->i.s;
    return 0;
}

/* lwIP delivers to what is on its list, where udp_bind puts it; the port is ours already. */
static int enlist_locked(struct datagram_socket *d)
{
    if (!d->udp) {
        apply_locked(d);
        return 0;
    }
    ip_set_option(d->udp, SOF_REUSEADDR);
    err_t err = udp_bind(d->udp, &d->i.local, d->i.local_port);
    apply_locked(d);
    return stack_error((int8_t)err);
}

static int bound_locked(struct datagram_socket *d)
{
    if (d->i.local_port || d->i.s.type == SOCK_RAW)
        return 0;
    int err = inet_autobind_locked(&d->i);
    return err ? err : enlist_locked(d);
}

static int datagram_bind(struct socket *s, const struct socket_address *a)
{
    struct datagram_socket *d = datagram_of(s);
    stack_enter();
    int err = inet_bind_locked(&d->i, a);
    if (!err)
        err = enlist_locked(d);
    stack_leave();
    return err;
}

/* ---- connecting ---- */

static void disconnect_locked(struct datagram_socket *d)
{
    if (d->udp)
        udp_disconnect(d->udp);
    else
        raw_disconnect(d->raw);
    d->connected = false;
    d->i.remote_port = 0;
    if (!d->i.address_bound)
        d->i.local = inet_any(&d->i);
    apply_locked(d);
}

static int connect_locked(struct datagram_socket *d, const ip_addr_t *ip, uint16_t port)
{
    int err = bound_locked(d);
    if (err)
        return err;
    if (d->connected)
        disconnect_locked(d);
    struct netif *n = ip_route(&d->i.local, ip);
    const ip_addr_t *local = n ? ip_netif_get_local_ip(n, ip) : NULL;
    if (!local)
        return -ENETUNREACH;
    err = d->udp ? udp_connect(d->udp, ip, port) : raw_connect(d->raw, ip);
    if (err)
        return stack_error((int8_t)err);
    d->connected = true;
    d->i.remote = *ip;
    d->i.remote_port = port ? port : 1; /* those without ports are connected, too */
    if (!d->i.address_bound)
        d->i.local = *local;
    apply_locked(d);
    return 0;
}

static bool is_broadcast_locked(const ip_addr_t *ip)
{
    struct netif *n = IP_IS_V4(ip) ? ip4_route(ip_2_ip4(ip)) : NULL;
    return IP_IS_V4(ip) && (ip_2_ip4(ip)->addr == IPADDR_BROADCAST ||
                            (n && n != stack_loopback() && ip4_addr_isbroadcast(ip_2_ip4(ip), n)));
}

/* To nobody in particular is to this machine. */
static void resolve_any(ip_addr_t *ip)
{
    if (!ip_addr_isany(ip))
        return;
    if (IP_IS_V6(ip))
        IP_ADDR6(ip, 0, 0, 0, PP_HTONL(1));
    else
        ip_addr_set_ip4_u32(ip, PP_HTONL(IPADDR_LOOPBACK));
}

static int datagram_connect(struct socket *s, const struct socket_address *a, bool nonblock)
{
    struct datagram_socket *d = datagram_of(s);
    ip_addr_t ip;
    uint16_t port = 0;
    int err = 0;
    (void)nonblock;
    bool none = a->len >= 2 && !a->bytes[0] && !a->bytes[1]; /* AF_UNSPEC */
    if (!none)
        err = inet_read(&d->i, a, &ip, &port);
    if (err)
        return err;
    stack_enter();
    if (none) {
        disconnect_locked(d);
    } else {
        resolve_any(&ip);
        err = is_broadcast_locked(&ip) && !d->i.broadcast ? -EACCES : connect_locked(d, &ip, port);
    }
    stack_leave();
    return err;
}

/* ---- sending ---- */

struct route {
    ip_addr_t to, from; /* from: any if it isn't chosen */
    uint16_t port;
    uint8_t index; /* of the interface; 0: by routing */
};

static int take_pktinfo(const struct linux_cmsghdr *c, const uint8_t *data, struct route *r)
{
    struct linux_in_pktinfo v4;
    struct linux_in6_pktinfo v6;
    uint32_t w[4];
    if (c->level == IPPROTO_IP && c->type == IP_PKTINFO) {
        if (c->len < sizeof(*c) + sizeof(v4))
            return -EINVAL;
        memcpy(&v4, data, sizeof(v4));
        memcpy(w, v4.local, 4);
        if (w[0])
            ip_addr_set_ip4_u32(&r->from, w[0]);
        r->index = (uint8_t)v4.index;
    } else if (c->level == IPPROTO_IPV6 && c->type == IPV6_PKTINFO) {
        if (c->len < sizeof(*c) + sizeof(v6))
            return -EINVAL;
        memcpy(&v6, data, sizeof(v6));
        memcpy(w, v6.addr, sizeof(w));
        if (w[0] | w[1] | w[2] | w[3])
            IP_ADDR6(&r->from, w[0], w[1], w[2], w[3]);
        r->index = (uint8_t)v6.index;
    }
    return 0;
}

static int take_control(const struct socket_message *m, struct route *r)
{
    uint32_t at = 0;
    int err = 0;
    while (!err && m->control_bytes - at >= sizeof(struct linux_cmsghdr)) {
        struct linux_cmsghdr c;
        memcpy(&c, m->control + at, sizeof(c));
        if (c.len < sizeof(c) || c.len > m->control_bytes - at)
            return -EINVAL;
        err = take_pktinfo(&c, m->control + at + sizeof(c), r);
        at = (uint32_t)MIN(at + ALIGN_UP(c.len, (uint64_t)8), (uint64_t)m->control_bytes);
    }
    return err;
}

static int destination(struct datagram_socket *d, const struct socket_message *m, struct route *r)
{
    *r = (struct route){0};
    if (m->name && m->name->len) {
        int err = inet_read(&d->i, m->name, &r->to, &r->port);
        if (err)
            return err;
        if (!r->port && d->udp)
            return -EINVAL;
    } else if (d->connected) {
        r->to = d->i.remote;
        r->port = d->i.remote_port;
    } else {
        return -EDESTADDRREQ;
    }
    resolve_any(&r->to);
    return m->control_bytes ? take_control(m, r) : 0;
}

static int send_locked(struct datagram_socket *d, struct pbuf *p, struct route *r)
{
    int err = d->i.error ? inet_take_error_locked(&d->i) : bound_locked(d);
    if (err)
        return err;
    if (d->i.send_shut)
        return -EPIPE;
    if (is_broadcast_locked(&r->to) && !d->i.broadcast)
        return -EACCES;
    struct netif *n = r->index ? netif_get_by_index(r->index) : NULL;
    if (r->index && !n)
        return -ENODEV;
    if (n && ip_addr_isany(&r->from) && !d->i.address_bound) {
        const ip_addr_t *own = ip_netif_get_local_ip(n, &r->to);
        if (own)
            r->from = *own;
    }
    bool chosen = !ip_addr_isany(&r->from);
    if (chosen && !n)
        n = ip_route(&r->from, &r->to);
    if (chosen && !n)
        return -ENETUNREACH;
    err = d->raw ? raw_complete_locked(d, p, chosen ? &r->from : &d->i.local, &r->to) : 0;
    if (err)
        return err;
    if (d->udp)
        return stack_error(!n       ? udp_sendto(d->udp, p, &r->to, r->port)
                           : chosen ? udp_sendto_if_src(d->udp, p, &r->to, r->port, n, &r->from)
                                    : udp_sendto_if(d->udp, p, &r->to, r->port, n));
    return stack_error(n && chosen ? raw_sendto_if_src(d->raw, p, &r->to, n, &r->from)
                                   : raw_sendto(d->raw, p, &r->to));
}

static long datagram_send(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct datagram_socket *d = datagram_of(s);
    struct route r;
    uint64_t size = m->uio->left;
    (void)nonblock;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    int err = destination(d, m, &r);
    if (err)
        return err;
    if (size > (IP_IS_V6(&r.to) ? DATAGRAM6_MAX : DATAGRAM_MAX))
        return -EMSGSIZE;
    struct pbuf *p = pbuf_alloc(d->udp ? PBUF_TRANSPORT : PBUF_IP, (u16_t)size, PBUF_RAM);
    if (!p)
        return -ENOBUFS;
    if (uio_read(m->uio, p->payload, size) != size) {
        pbuf_free(p);
        return -EFAULT;
    }
    stack_enter();
    err = send_locked(d, p, &r);
    pbuf_free(p);
    stack_leave();
    return err ? err : (long)size;
}

/* ---- receiving ---- */

static int receive_state(struct datagram_socket *d)
{
    spin_lock(&stack_lock);
    int state = !list_empty(&d->queue) ? 1
                : d->i.error           ? inet_take_error_locked(&d->i)
                : d->i.receive_shut    ? 0
                                       : -EAGAIN;
    spin_unlock(&stack_lock);
    return state;
}

static int receive_wait(struct datagram_socket *d, bool nonblock)
{
    int state = receive_state(d);
    int64_t timeout_ns = d->i.s.receive_timeout_ns;
    if (state != -EAGAIN || nonblock)
        return state;
    int err = wait_event(&d->i.wait, (state = receive_state(d)) != -EAGAIN,
                         timeout_ns == WAIT_FOREVER ? WAIT_FOREVER : clock_mono_ns() + timeout_ns);
    return err == -ETIMEDOUT ? -EAGAIN : err ? err : state;
}

static void add_control(const struct datagram_socket *d, const struct datagram *g,
                        struct socket_control *c)
{
    uint8_t wanted = d->i.wanted;
    int ttl = g->ttl, tos = g->tos;
    if (IP_IS_V4(&g->to)) {
        struct linux_in_pktinfo info = {.index = g->index};
        memcpy(info.local, &ip_2_ip4(&g->to)->addr, 4);
        memcpy(info.destination, &ip_2_ip4(&g->to)->addr, 4);
        if (wanted & WANT_PKTINFO)
            socket_control(c, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
        if (wanted & WANT_TTL)
            socket_control(c, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
        if (wanted & WANT_TOS)
            socket_control(c, IPPROTO_IP, IP_TOS, &g->tos, sizeof(g->tos));
    }
    if (d->i.s.family != AF_INET6)
        return;
    struct linux_in6_pktinfo info = {.index = g->index};
    struct socket_address a;
    inet_write(&d->i, &g->to, 0, &a);
    memcpy(info.addr, a.bytes + offsetof(struct linux_sockaddr_in6, addr), sizeof(info.addr));
    if (wanted & WANT_PKTINFO6)
        socket_control(c, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
    if ((wanted & WANT_HOPLIMIT6) && IP_IS_V6(&g->to))
        socket_control(c, IPPROTO_IPV6, IPV6_HOPLIMIT, &ttl, sizeof(ttl));
    if ((wanted & WANT_TCLASS6) && IP_IS_V6(&g->to))
        socket_control(c, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof(tos));
}

static long copy_out(const struct datagram *g, struct socket_message *m)
{
    size_t left = MIN((uint64_t)g->p->tot_len, m->uio->left);
    for (struct pbuf *p = g->p; p && left; p = p->next) {
        size_t n = MIN((size_t)p->len, left);
        if (uio_write(m->uio, p->payload, n) != n)
            return -EFAULT;
        left -= n;
    }
    return 0;
}

static void free_datagram(struct datagram *g)
{
    pbuf_free(g->p);
    kfree(g);
}

/* The first datagram; under `reading`, so it stays. */
static long take(struct datagram_socket *d, struct socket_message *m)
{
    struct datagram *g = list_entry(d->queue.next, struct datagram, node);
    uint32_t size = g->p->tot_len, room = (uint32_t)MIN(m->uio->left, (uint64_t)UINT32_MAX);
    long err = copy_out(g, m);
    if (m->name)
        inet_write(&d->i, &g->from, g->port, m->name);
    add_control(d, g, m->control_out);
    if (size > room)
        m->flags_out |= MSG_TRUNC;
    if (!(m->flags & MSG_PEEK)) {
        spin_lock(&stack_lock);
        list_remove(&g->node);
        d->queued_bytes -= size + OVERHEAD_BYTES;
        spin_unlock(&stack_lock);
        free_datagram(g);
    }
    return err ? err : m->flags & MSG_TRUNC ? size : MIN(size, room);
}

static long datagram_receive(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct datagram_socket *d = datagram_of(s);
    nonblock |= (m->flags & MSG_DONTWAIT) != 0;
    if (m->flags & MSG_OOB)
        return -EOPNOTSUPP;
    if (m->flags & MSG_ERRQUEUE)
        return -EAGAIN;
    long n = mutex_lock(&d->i.reading);
    if (n)
        return n;
    n = receive_wait(d, nonblock);
    if (n > 0)
        n = take(d, m);
    mutex_unlock(&d->i.reading);
    return n;
}

/* ---- the rest ---- */

static int datagram_listen(struct socket *s, int backlog)
{
    (void)s, (void)backlog;
    return -EOPNOTSUPP;
}

static int datagram_accept(struct socket *s, bool nonblock, struct socket **made)
{
    (void)s, (void)nonblock, (void)made;
    return -EOPNOTSUPP;
}

static int datagram_shutdown(struct socket *s, int how)
{
    struct datagram_socket *d = datagram_of(s);
    if (how < SHUT_RD || how > SHUT_RDWR)
        return -EINVAL;
    spin_lock(&stack_lock);
    int err = d->connected ? 0 : -ENOTCONN;
    if (!err) {
        d->i.receive_shut |= how != SHUT_WR;
        d->i.send_shut |= how != SHUT_RD;
    }
    waitq_wake(&d->i.wait, ~0u, 0);
    spin_unlock(&stack_lock);
    return err;
}

static int datagram_get_option(struct socket *s, int level, int option, int *value)
{
    return inet_get_option(inet_of(s), level, option, value);
}

static int datagram_set_option(struct socket *s, int level, int option, int value)
{
    struct datagram_socket *d = datagram_of(s);
    int err = inet_set_option(&d->i, level, option, value);
    spin_lock(&stack_lock);
    apply_locked(d);
    spin_unlock(&stack_lock);
    return err;
}

static int datagram_get_wide(struct socket *s, int level, int option, void *buf, uint32_t room)
{
    return inet_get_wide(inet_of(s), level, option, buf, room);
}

/* ICMP filters are taken and left unused: a socket gets more than it asked for. */
static int datagram_set_wide(struct socket *s, int level, int option, const void *buf,
                             uint32_t size)
{
    struct datagram_socket *d = datagram_of(s);
    if (d->raw && (level == IPPROTO_ICMPV6 || level == IPPROTO_RAW) && option == ICMP_FILTER)
        return 0;
    int err = inet_set_wide(&d->i, level, option, buf, size);
    spin_lock(&stack_lock);
    apply_locked(d);
    spin_unlock(&stack_lock);
    return err;
}

static unsigned datagram_poll(struct socket *s, struct poll_table *pt)
{
    struct datagram_socket *d = datagram_of(s);
    poll_watch(pt, &d->i.wait);
    spin_lock(&stack_lock);
    unsigned mask = POLLOUT | POLLWRNORM;
    if (!list_empty(&d->queue) || d->i.receive_shut)
        mask |= POLLIN | POLLRDNORM;
    if (d->i.receive_shut)
        mask |= POLLRDHUP;
    if (d->i.receive_shut && d->i.send_shut)
        mask |= POLLHUP;
    if (d->i.error)
        mask |= POLLERR;
    spin_unlock(&stack_lock);
    return mask;
}

static uint32_t datagram_readable(struct socket *s)
{
    struct datagram_socket *d = datagram_of(s);
    spin_lock(&stack_lock);
    uint32_t n =
        list_empty(&d->queue) ? 0 : list_entry(d->queue.next, struct datagram, node)->p->tot_len;
    spin_unlock(&stack_lock);
    return n;
}

static void datagram_release(struct socket *s)
{
    struct datagram_socket *d = datagram_of(s);
    struct list *n;
    stack_enter();
    list_remove(&d->everywhere);
    if (d->udp)
        udp_remove(d->udp);
    else
        raw_remove(d->raw);
    inet_release_locked(&d->i);
    stack_leave();
    while ((n = list_pop_front(&d->queue)))
        free_datagram(list_entry(n, struct datagram, node));
    kfree(d);
}

static const struct socket_ops datagram_ops = {
    .bind = datagram_bind,
    .connect = datagram_connect,
    .listen = datagram_listen,
    .accept = datagram_accept,
    .name = inet_name,
    .send = datagram_send,
    .receive = datagram_receive,
    .shutdown = datagram_shutdown,
    .get_option = datagram_get_option,
    .set_option = datagram_set_option,
    .get_wide = datagram_get_wide,
    .set_wide = datagram_set_wide,
    .poll = datagram_poll,
    .ioctl = inet_ioctl,
    .readable = datagram_readable,
    .release = datagram_release,
};
