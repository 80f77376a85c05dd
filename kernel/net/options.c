/* SPDX-License-Identifier: Apache-2.0 */
/* Options of internet sockets, but those of TCP (stream_options.c). */
#include <lwip/ip.h>
#include <lwip/netif.h>

#include "abi/errno.h"
#include "kernel/net/inet.h"
#include "kernel/net/interface.h"
#include "lib/str.h"

void inet_apply_locked(const struct inet_socket *i, struct ip_pcb *pcb)
{
    pcb->so_options =
        (u8_t)((i->keepalive ? SOF_KEEPALIVE : 0) | (i->broadcast ? SOF_BROADCAST : 0) |
               (i->reuse_address || i->reuse_port ? SOF_REUSEADDR : 0));
    pcb->tos = i->tos;
    pcb->ttl = i->ttl ? i->ttl : 64;
    pcb->netif_idx = i->device;
}

static int get_socket(const struct inet_socket *i, int option, int *value)
{
    switch (option) {
    case SO_REUSEADDR:
        *value = i->reuse_address;
        return 0;
    case SO_REUSEPORT:
        *value = i->reuse_port;
        return 0;
    case SO_KEEPALIVE:
        *value = i->keepalive;
        return 0;
    case SO_BROADCAST:
        *value = i->broadcast;
        return 0;
    case SO_ACCEPTCONN:
        *value = i->listening;
        return 0;
    case SO_RCVLOWAT:
        *value = 1;
        return 0;
    case SO_DONTROUTE:
    case SO_OOBINLINE:
    case SO_PRIORITY:
    case SO_MARK:
    case SO_TIMESTAMP:
    case SO_BUSY_POLL:
    case SO_ZEROCOPY:
    case SO_INCOMING_CPU:
        *value = 0;
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int set_socket(struct inet_socket *i, int option, int value)
{
    switch (option) {
    case SO_REUSEADDR:
        i->reuse_address = value;
        return 0;
    case SO_REUSEPORT:
        i->reuse_port = value;
        return 0;
    case SO_KEEPALIVE:
        i->keepalive = value;
        return 0;
    case SO_BROADCAST:
        i->broadcast = value;
        return 0;
    case SO_DONTROUTE:
    case SO_OOBINLINE:
    case SO_PRIORITY:
    case SO_MARK:
    case SO_RCVLOWAT:
    case SO_BUSY_POLL:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

/* What receives are to tell, by option. */
static uint8_t wanted_bit(int level, int option)
{
    if (level == IPPROTO_IP)
        return option == IP_PKTINFO   ? WANT_PKTINFO
               : option == IP_RECVTTL ? WANT_TTL
               : option == IP_RECVTOS ? WANT_TOS
                                      : 0;
    return option == IPV6_RECVPKTINFO    ? WANT_PKTINFO6
           : option == IPV6_RECVHOPLIMIT ? WANT_HOPLIMIT6
           : option == IPV6_RECVTCLASS   ? WANT_TCLASS6
                                         : 0;
}

static int get_ip(const struct inet_socket *i, int option, int *value)
{
    switch (option) {
    case IP_TOS:
        *value = i->tos;
        return 0;
    case IP_TTL:
        *value = i->ttl ? i->ttl : 64;
        return 0;
    case IP_MULTICAST_TTL:
        *value = i->mc_ttl;
        return 0;
    case IP_MULTICAST_LOOP:
        *value = !i->no_mc_loop;
        return 0;
    case IP_MULTICAST_ALL:
        *value = 1;
        return 0;
    case IP_MTU_DISCOVER:
        *value = 1;
        return 0;
    case IP_FREEBIND:
        *value = i->freebind;
        return 0;
    case IP_HDRINCL:
        *value = i->header_included;
        return i->s.type == SOCK_RAW ? 0 : -ENOPROTOOPT;
    case IP_RECVERR:
        *value = 0;
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int set_byte(uint8_t *to, int value, int least)
{
    if (value < least || value > 255)
        return -EINVAL;
    *to = (uint8_t)value;
    return 0;
}

static int set_ip(struct inet_socket *i, int option, int value)
{
    switch (option) {
    case IP_TOS:
        i->tos = (uint8_t)value;
        return 0;
    case IP_TTL:
        return value == -1 ? (i->ttl = 0) : set_byte(&i->ttl, value, 1);
    case IP_MULTICAST_TTL:
        return value == -1 ? (i->mc_ttl = 1, 0) : set_byte(&i->mc_ttl, value, 0);
    case IP_MULTICAST_LOOP:
        i->no_mc_loop = !value;
        return 0;
    case IP_FREEBIND:
        i->freebind = value;
        return 0;
    case IP_HDRINCL:
        if (i->s.type != SOCK_RAW)
            return -ENOPROTOOPT;
        i->header_included = value;
        return 0;
    case IP_MTU_DISCOVER:
    case IP_RECVERR:
    case IP_MULTICAST_ALL:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int get_ipv6(const struct inet_socket *i, int option, int *value)
{
    switch (option) {
    case IPV6_V6ONLY:
        *value = i->v6only;
        return 0;
    case IPV6_UNICAST_HOPS:
        *value = i->ttl ? i->ttl : 64;
        return 0;
    case IPV6_MULTICAST_HOPS:
        *value = i->mc_ttl;
        return 0;
    case IPV6_MULTICAST_LOOP:
        *value = !i->no_mc_loop;
        return 0;
    case IPV6_MULTICAST_IF:
        *value = i->mc_interface;
        return 0;
    case IPV6_TCLASS:
        *value = i->tos;
        return 0;
    case IPV6_MTU_DISCOVER:
        *value = 1;
        return 0;
    case IPV6_RECVERR:
        *value = 0;
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int set_v6only(struct inet_socket *i, int value)
{
    if (i->local_port)
        return -EINVAL;
    i->v6only = value;
    i->local = inet_any(i);
    return 0;
}

static int set_mc_interface(struct inet_socket *i, int index)
{
    if (index < 0 || index > 255 || (index && !netif_get_by_index((u8_t)index)))
        return -ENODEV;
    i->mc_interface = (uint8_t)index;
    return 0;
}

static int set_ipv6(struct inet_socket *i, int option, int value)
{
    switch (option) {
    case IPV6_V6ONLY:
        return set_v6only(i, value);
    case IPV6_UNICAST_HOPS:
        return value == -1 ? (i->ttl = 0) : set_byte(&i->ttl, value, 0);
    case IPV6_MULTICAST_HOPS:
        return value == -1 ? (i->mc_ttl = 1, 0) : set_byte(&i->mc_ttl, value, 0);
    case IPV6_MULTICAST_LOOP:
        i->no_mc_loop = !value;
        return 0;
    case IPV6_MULTICAST_IF:
        return set_mc_interface(i, value);
    case IPV6_TCLASS:
        return value == -1 ? (i->tos = 0) : set_byte(&i->tos, value, 0);
    case IPV6_MTU_DISCOVER:
    case IPV6_RECVERR:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

/* A socket of IPv6 has those of IPv4, too, one of IPv4 hasn't those of IPv6. */
static bool has_level(const struct inet_socket *i, int level)
{
    return level == SOL_SOCKET || level == IPPROTO_IP ||
           (level == IPPROTO_IPV6 && i->s.family == AF_INET6);
}

int inet_get_option(struct inet_socket *i, int level, int option, int *value)
{
    uint8_t bit = level == SOL_SOCKET ? 0 : wanted_bit(level, option);
    int err = 0;
    if (!has_level(i, level))
        return level == IPPROTO_IPV6 ? -EOPNOTSUPP : -ENOPROTOOPT;
    spin_lock(&stack_lock);
    if (bit)
        *value = (i->wanted & bit) != 0;
    else if (level == SOL_SOCKET && option == SO_ERROR)
        *value = -inet_take_error_locked(i);
    else
        err = level == SOL_SOCKET   ? get_socket(i, option, value)
              : level == IPPROTO_IP ? get_ip(i, option, value)
                                    : get_ipv6(i, option, value);
    spin_unlock(&stack_lock);
    return err;
}

int inet_set_option(struct inet_socket *i, int level, int option, int value)
{
    uint8_t bit = level == SOL_SOCKET ? 0 : wanted_bit(level, option);
    int err = 0;
    if (!has_level(i, level))
        return level == IPPROTO_IPV6 ? -ENOPROTOOPT : -ENOPROTOOPT;
    spin_lock(&stack_lock);
    if (bit)
        i->wanted = (uint8_t)(value ? i->wanted | bit : i->wanted & ~bit);
    else
        err = level == SOL_SOCKET   ? set_socket(i, option, value)
              : level == IPPROTO_IP ? set_ip(i, option, value)
                                    : set_ipv6(i, option, value);
    spin_unlock(&stack_lock);
    return err;
}

/* ---- options that are no int ---- */

int inet_get_wide(struct inet_socket *i, int level, int option, void *buf, uint32_t room)
{
    if (level == SOL_SOCKET && option == SO_LINGER) {
        struct linux_linger l = {i->linger, i->linger_s};
        memcpy(buf, &l, MIN(room, (uint32_t)sizeof(l)));
        return MIN(room, (uint32_t)sizeof(l));
    }
    if (level == IPPROTO_IP && option == IP_MULTICAST_IF) {
        struct netif *n = netif_get_by_index(i->mc_interface);
        uint32_t addr = n ? netif_ip4_addr(n)->addr : 0;
        memcpy(buf, &addr, MIN(room, 4u));
        return MIN(room, 4u);
    }
    return -ENOPROTOOPT;
}

static int set_linger(struct inet_socket *i, const void *buf, uint32_t size)
{
    struct linux_linger l;
    if (size < sizeof(l))
        return -EINVAL;
    memcpy(&l, buf, sizeof(l));
    i->linger = l.on;
    i->linger_s = l.seconds;
    return 0;
}

/* The interface that a struct ip_mreqn means: its index, or the one that has the address. -ENODEV.
 */
static int mreqn_interface(const struct linux_ip_mreqn *m)
{
    struct netif *n;
    uint32_t addr;
    memcpy(&addr, m->address, sizeof(addr));
    if (m->index)
        return netif_get_by_index((u8_t)m->index) ? m->index : -ENODEV;
    if (!addr)
        return 0;
    NETIF_FOREACH(n)
    {
        if (netif_ip4_addr(n)->addr == addr)
            return netif_get_index(n);
    }
    return -ENODEV;
}

static int set_ip_wide_locked(struct inet_socket *i, int option, const void *buf, uint32_t size)
{
    struct linux_ip_mreqn m = {0};
    ip_addr_t group;
    uint32_t addr;
    if (option == IP_MULTICAST_IF && size >= 4 && size < sizeof(m) - sizeof(m.index))
        memcpy(m.address, buf, 4);
    else if (size >= 8)
        memcpy(&m, buf, MIN(size, (uint32_t)sizeof(m)));
    else
        return -EINVAL;
    int index = mreqn_interface(&m);
    if (index < 0)
        return option == IP_MULTICAST_IF ? -EADDRNOTAVAIL : index;
    if (option == IP_MULTICAST_IF)
        return set_mc_interface(i, index);
    memcpy(&addr, m.group, sizeof(addr));
    memset(&group, 0, sizeof(group));
    ip_addr_set_ip4_u32(&group, addr);
    if (!ip_addr_ismulticast(&group))
        return -EINVAL;
    return option == IP_ADD_MEMBERSHIP ? inet_join_locked(i, &group, (uint8_t)index)
                                       : inet_leave_locked(i, &group, (uint8_t)index);
}

static int set_ipv6_wide_locked(struct inet_socket *i, int option, const void *buf, uint32_t size)
{
    struct linux_ipv6_mreq m;
    ip_addr_t group;
    uint32_t w[4];
    if (size < sizeof(m))
        return -EINVAL;
    memcpy(&m, buf, sizeof(m));
    memcpy(w, m.group, sizeof(w));
    memset(&group, 0, sizeof(group));
    IP_ADDR6(&group, w[0], w[1], w[2], w[3]);
    if (!ip_addr_ismulticast(&group))
        return -EINVAL;
    if (m.index < 0 || m.index > 255 || (m.index && !netif_get_by_index((u8_t)m.index)))
        return -ENODEV;
    return option == IPV6_JOIN_GROUP ? inet_join_locked(i, &group, (uint8_t)m.index)
                                     : inet_leave_locked(i, &group, (uint8_t)m.index);
}

static int set_device_locked(struct inet_socket *i, const char *name, uint32_t size)
{
    struct netif *n;
    uint32_t len = (uint32_t)strnlen(name, size);
    if (!len) {
        i->device = 0;
        return 0;
    }
    NETIF_FOREACH(n)
    {
        char own[INTERFACE_NAME_MAX];
        interface_name(n, own);
        if (strlen(own) == len && !memcmp(own, name, len)) {
            i->device = netif_get_index(n);
            return 0;
        }
    }
    return -ENODEV;
}

int inet_set_wide(struct inet_socket *i, int level, int option, const void *buf, uint32_t size)
{
    int err = -ENOPROTOOPT;
    stack_enter();
    if (level == SOL_SOCKET && option == SO_LINGER)
        err = set_linger(i, buf, size);
    else if (level == SOL_SOCKET && option == SO_BINDTODEVICE)
        err = set_device_locked(i, buf, size);
    else if (level == IPPROTO_IP && (option == IP_MULTICAST_IF || option == IP_ADD_MEMBERSHIP ||
                                     option == IP_DROP_MEMBERSHIP))
        err = set_ip_wide_locked(i, option, buf, size);
    else if (level == IPPROTO_IPV6 && (option == IPV6_JOIN_GROUP || option == IPV6_LEAVE_GROUP))
        err = set_ipv6_wide_locked(i, option, buf, size);
    stack_leave();
    return err;
}
