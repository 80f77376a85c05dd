/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/inet.h: families, addresses, names. Options are in options.c. */
#include "kernel/net/inet.h"

#include <lwip/ip.h>

#include "abi/errno.h"
#include "lib/str.h"

static int create(int family, int type, int protocol, struct socket **s)
{
    if (protocol < 0 || protocol > 255)
        return protocol == IPPROTO_MPTCP ? -EPROTONOSUPPORT : -EINVAL;
    if (type == SOCK_STREAM)
        return protocol && protocol != IPPROTO_TCP ? -EPROTONOSUPPORT
                                                   : stream_create(family, IPPROTO_TCP, s);
    if (type == SOCK_DGRAM || type == SOCK_RAW)
        return datagram_create(family, type, protocol, s);
    return -ESOCKTNOSUPPORT;
}

static int create_v4(int type, int protocol, struct socket **s)
{
    return create(AF_INET, type, protocol, s);
}

static int create_v6(int type, int protocol, struct socket **s)
{
    return create(AF_INET6, type, protocol, s);
}

void inet_register(void)
{
    static struct socket_family v4 = {.family = AF_INET, .create = create_v4},
                                v6 = {.family = AF_INET6, .create = create_v6};
    socket_register(&v4);
    socket_register(&v6);
}

void inet_init(struct inet_socket *i, const struct socket_ops *ops, int family, int type,
               int protocol)
{
    bool stream = type == SOCK_STREAM;
    i->s = (struct socket){.ops = ops,
                           .family = family,
                           .type = type,
                           .protocol = protocol,
                           .receive_timeout_ns = WAIT_FOREVER,
                           .send_timeout_ns = WAIT_FOREVER,
                           .send_buffer = stream ? 16384 : 212992,
                           .receive_buffer = stream ? 131072 : 212992};
    i->refs = 1;
    i->mc_ttl = 1;
    i->local = inet_any(i);
    list_init(&i->claimed);
    waitq_init(&i->wait);
    mutex_init(&i->reading);
    mutex_init(&i->writing);
}

/* ---- addresses ---- */

ip_addr_t inet_any(const struct inet_socket *i)
{
    ip_addr_t any;
    memset(&any, 0, sizeof(any));
    IP_SET_TYPE_VAL(any, i->s.family == AF_INET ? IPADDR_TYPE_V4
                         : i->v6only            ? IPADDR_TYPE_V6
                                                : IPADDR_TYPE_ANY);
    return any;
}

static int read_v4(const struct socket_address *a, ip_addr_t *ip, uint16_t *port)
{
    const struct linux_sockaddr_in *in = (const void *)a->bytes;
    if (a->len < sizeof(*in))
        return -EINVAL;
    if (in->family != AF_INET)
        return -EAFNOSUPPORT;
    uint32_t addr;
    memcpy(&addr, in->addr, sizeof(addr));
    ip_addr_set_ip4_u32(ip, addr);
    *port = lwip_ntohs(in->port);
    return 0;
}

static int read_v6(const struct inet_socket *i, const struct socket_address *a, ip_addr_t *ip,
                   uint16_t *port)
{
    const struct linux_sockaddr_in6 *in = (const void *)a->bytes;
    uint32_t w[4];
    if (a->len < SOCKADDR_IN6_MIN)
        return -EINVAL;
    if (in->family != AF_INET6)
        return -EAFNOSUPPORT;
    memcpy(w, in->addr, sizeof(w));
    *port = lwip_ntohs(in->port);
    bool mapped = !w[0] && !w[1] && w[2] == PP_HTONL(0xffff);
    if (mapped && i->v6only)
        return -ENETUNREACH;
    if (mapped) {
        ip_addr_set_ip4_u32(ip, w[3]);
        return 0;
    }
    IP_ADDR6(ip, w[0], w[1], w[2], w[3]);
    uint32_t scope = a->len >= sizeof(*in) ? in->scope : 0;
    if (ip6_addr_has_scope(ip_2_ip6(ip), IP6_UNKNOWN)) {
        uint32_t zone = scope ? scope : i->device;
        if (!zone && ip6_addr_islinklocal(ip_2_ip6(ip)))
            return -EINVAL;
        ip6_addr_set_zone(ip_2_ip6(ip), (u8_t)zone);
    }
    return 0;
}

int inet_read(const struct inet_socket *i, const struct socket_address *a, ip_addr_t *ip,
              uint16_t *port)
{
    memset(ip, 0, sizeof(*ip));
    if (i->s.family == AF_INET)
        return read_v4(a, ip, port);
    if (i->s.type != SOCK_STREAM && !i->v6only && a->len >= 16 && a->bytes[0] == AF_INET &&
        !a->bytes[1])
        return read_v4(a, ip, port);
    return read_v6(i, a, ip, port);
}

void inet_write(const struct inet_socket *i, const ip_addr_t *ip, uint16_t port,
                struct socket_address *a)
{
    *a = (struct socket_address){0};
    if (i->s.family == AF_INET) {
        struct linux_sockaddr_in *in = (void *)a->bytes;
        a->len = sizeof(*in);
        in->family = AF_INET;
        in->port = lwip_htons(port);
        memcpy(in->addr, &ip_2_ip4(ip)->addr, sizeof(in->addr));
        return;
    }
    struct linux_sockaddr_in6 *in = (void *)a->bytes;
    a->len = sizeof(*in);
    in->family = AF_INET6;
    in->port = lwip_htons(port);
    if (IP_IS_V6(ip)) {
        memcpy(in->addr, ip_2_ip6(ip)->addr, sizeof(in->addr));
        in->scope = ip6_addr_zone(ip_2_ip6(ip));
    } else if (IP_IS_V4(ip)) {
        in->addr[10] = in->addr[11] = 0xff;
        memcpy(in->addr + 12, &ip_2_ip4(ip)->addr, 4);
    }
}

static bool is_local_v4(const ip4_addr_t *ip)
{
    struct netif *n;
    if (ip4_addr_isloopback(ip))
        return true;
    NETIF_FOREACH(n)
    {
        if (ip4_addr_cmp(ip, netif_ip4_addr(n)))
            return true;
    }
    return false;
}

static bool is_local_v6(const ip6_addr_t *ip)
{
    struct netif *n;
    NETIF_FOREACH(n)
    {
        for (int k = 0; k < LWIP_IPV6_NUM_ADDRESSES; k++)
            if (!ip6_addr_isinvalid(netif_ip6_addr_state(n, k)) &&
                ip6_addr_cmp_zoneless(ip, netif_ip6_addr(n, k)))
                return true;
    }
    return false;
}

bool inet_is_local_locked(const ip_addr_t *ip)
{
    return IP_IS_V6(ip) ? is_local_v6(ip_2_ip6(ip)) : is_local_v4(ip_2_ip4(ip));
}

/* ---- binding ---- */

static bool may_bind(const struct inet_socket *i, const ip_addr_t *ip)
{
    return i->freebind || ip_addr_isany(ip) || inet_is_local_locked(ip) ||
           (i->s.type != SOCK_STREAM &&
            (ip_addr_ismulticast(ip) || (IP_IS_V4(ip) && ip_2_ip4(ip)->addr == IPADDR_BROADCAST)));
}

int inet_bind_locked(struct inet_socket *i, const struct socket_address *a)
{
    ip_addr_t ip;
    uint16_t port;
    int err = inet_read(i, a, &ip, &port);
    if (err)
        return err == -ENETUNREACH ? -EINVAL : err;
    if (i->local_port && i->s.type != SOCK_RAW)
        return -EINVAL;
    if (!may_bind(i, &ip))
        return -EADDRNOTAVAIL;
    ip_addr_t before = i->local;
    if (ip_addr_isany(&ip) && IP_IS_V6(&ip))
        ip = inet_any(i);
    i->local = ip;
    err = i->s.type == SOCK_RAW ? 0 : port_claim_locked(i, port);
    if (err)
        i->local = before;
    else
        i->address_bound = !ip_addr_isany(&ip);
    return err;
}

int inet_autobind_locked(struct inet_socket *i)
{
    if (i->local_port)
        return 0;
    return port_claim_locked(i, 0) ? -EADDRNOTAVAIL : 0;
}

int inet_name(struct socket *s, bool peer, struct socket_address *a)
{
    struct inet_socket *i = inet_of(s);
    int err = 0;
    spin_lock(&stack_lock);
    if (peer && !i->remote_port)
        err = -ENOTCONN;
    else if (peer)
        inet_write(i, &i->remote, i->remote_port, a);
    else
        inet_write(i, &i->local, i->local_port, a);
    spin_unlock(&stack_lock);
    return err;
}

int inet_take_error_locked(struct inet_socket *i)
{
    int err = i->error;
    i->error = 0;
    return -err;
}

void inet_release_locked(struct inet_socket *i)
{
    inet_leave_all_locked(i);
    port_release_locked(i);
}
