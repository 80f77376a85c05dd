/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/net: the files that programs read, in Linux' formats. */
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip.h>
#include <lwip/mld6.h>
#include <lwip/priv/tcp_priv.h>

#include "kernel/fs/pseudo.h"
#include "kernel/fs/unix_socket.h"
#include "kernel/net/datagram.h"
#include "kernel/net/interface.h"
#include "kernel/net/proc_net.h"
#include "kernel/net/stream.h"
#include "lib/fmt.h"

extern const struct pseudo_dir proc_net_dir;

/* ---- sockets ---- */

struct listing {
    struct text *t;
    int family;
    unsigned count;
};

struct end {
    const ip_addr_t *ip;
    uint16_t port;
};

static void add_end(struct listing *l, struct end e)
{
    struct inet_socket as = {.s.family = l->family};
    struct socket_address a;
    uint32_t w[4];
    inet_write(&as, e.ip, e.port, &a);
    if (l->family == AF_INET) {
        memcpy(w, ((struct linux_sockaddr_in *)a.bytes)->addr, 4);
        text_add(l->t, "%08X:%04X ", w[0], e.port);
    } else {
        memcpy(w, ((struct linux_sockaddr_in6 *)a.bytes)->addr, 16);
        text_add(l->t, "%08X%08X%08X%08X:%04X ", w[0], w[1], w[2], w[3], e.port);
    }
}

static void add_line(struct listing *l, struct end local, struct end remote, unsigned state,
                     uint32_t queued)
{
    text_add(l->t, "%4u: ", l->count++);
    add_end(l, local);
    add_end(l, remote);
    text_add(l->t, "%02X %08X:%08X 00:00000000 00000000     0        0 0 1 0000000000000000\n",
             state, 0u, queued);
}

static void add_socket(struct listing *l, const struct inet_socket *i, unsigned state,
                       uint32_t queued)
{
    if (i->s.family == l->family)
        add_line(l, (struct end){&i->local, i->local_port},
                 (struct end){&i->remote, i->remote_port}, state, queued);
}

/* The listener's; what no socket has any more is known by its addresses only. */
static int family_of(const struct tcp_pcb *pcb)
{
    if (pcb->state == SYN_RCVD && pcb->listener)
        return ((struct stream *)pcb->listener->callback_arg)->i.s.family;
    return IP_IS_V6_VAL(pcb->local_ip) ? AF_INET6 : AF_INET;
}

/* Those that no socket has yet, or has any more. */
static void list_pcbs(struct listing *l, const struct tcp_pcb *pcb)
{
    for (; pcb; pcb = pcb->next)
        if ((!pcb->callback_arg || pcb->state == SYN_RCVD) && family_of(pcb) == l->family)
            add_line(l, (struct end){&pcb->local_ip, pcb->local_port},
                     (struct end){&pcb->remote_ip, pcb->remote_port}, stream_pcb_state(pcb), 0);
}

static void list_stream(struct stream *s, void *arg)
{
    if (s->state == STREAM_LISTENING || s->i.remote_port)
        add_socket(arg, &s->i, stream_tcp_state(s), s->queued);
}

static void list_datagram(struct datagram_socket *d, void *arg)
{
    if (d->udp && d->i.local_port)
        add_socket(arg, &d->i, d->connected ? TCP_STATE_ESTABLISHED : TCP_STATE_CLOSE,
                   d->queued_bytes);
}

static void list_raw(struct datagram_socket *d, void *arg)
{
    if (d->raw)
        add_socket(arg, &d->i, TCP_STATE_CLOSE, d->queued_bytes);
}

enum { SHOW_TCP, SHOW_UDP, SHOW_RAW };

static void show_sockets(struct text *t, int family, int what)
{
    struct listing l = {.t = t, .family = family};
    text_add(t,
             "  sl  local_address %srem_address %s  st tx_queue rx_queue tr tm->when retrnsmt   "
             "uid  timeout inode%s\n",
             family == AF_INET ? "" : "                        ",
             family == AF_INET ? "" : "                        ",
             what == SHOW_TCP ? "" : " ref pointer drops");
    spin_lock(&stack_lock);
    if (what == SHOW_TCP) {
        stream_foreach_locked(list_stream, &l);
        list_pcbs(&l, tcp_active_pcbs);
        list_pcbs(&l, tcp_tw_pcbs);
    } else {
        datagram_foreach_locked(what == SHOW_UDP ? list_datagram : list_raw, &l);
    }
    spin_unlock(&stack_lock);
}

#define SHOW_SOCKETS(name, family, what)           \
    static void name(struct text *t, uint64_t arg) \
    {                                              \
        (void)arg;                                 \
        show_sockets(t, family, what);             \
    }
SHOW_SOCKETS(show_tcp, AF_INET, SHOW_TCP)
SHOW_SOCKETS(show_tcp6, AF_INET6, SHOW_TCP)
SHOW_SOCKETS(show_udp, AF_INET, SHOW_UDP)
SHOW_SOCKETS(show_udp6, AF_INET6, SHOW_UDP)
SHOW_SOCKETS(show_raw, AF_INET, SHOW_RAW)
SHOW_SOCKETS(show_raw6, AF_INET6, SHOW_RAW)

/* ---- interfaces ---- */

typedef void interface_fn(struct text *t, struct netif *n, const char *name);

static void each_interface(struct text *t, interface_fn *fn)
{
    spin_lock(&stack_lock);
    for (unsigned k = 1; k <= NETDEV_MAX + 1; k++) {
        struct netif *n = netif_get_by_index((u8_t)k);
        char name[INTERFACE_NAME_MAX];
        if (!n)
            continue;
        interface_name(n, name);
        fn(t, n, name);
    }
    spin_unlock(&stack_lock);
}

static void add_device(struct text *t, struct netif *n, const char *name)
{
    struct interface_counters c = interface_counters_locked(n);
    text_add(t,
             "%6s: %7lu %7lu    0    0    0     0          0         0 %8lu %7lu    0 %4lu    0    "
             " 0       0          0\n",
             name, c.rx_bytes, c.rx_packets, c.tx_bytes, c.tx_packets, c.tx_dropped);
}

static void show_dev(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(
        t,
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs "
        "drop fifo colls carrier compressed\n");
    each_interface(t, add_device);
}

static void add_route_line(struct text *t, const char *name, uint32_t dst, uint32_t gw,
                           uint32_t mask)
{
    text_add(t, "%s\t%08X\t%08X\t%04X\t0\t0\t0\t%08X\t0\t0\t0\n", name, dst, gw, gw ? 3 : 1, mask);
}

static void add_route(struct text *t, struct netif *n, const char *name)
{
    uint32_t ip = netif_ip4_addr(n)->addr, mask = netif_ip4_netmask(n)->addr,
             gw = netif_ip4_gw(n)->addr;
    if (n == stack_loopback() || !ip)
        return;
    if (n == netif_default && gw)
        add_route_line(t, name, 0, gw, 0);
    add_route_line(t, name, ip & mask, 0, mask);
}

static void show_route(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(
        t, "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n");
    each_interface(t, add_route);
}

static void add_hex(struct text *t, const ip6_addr_t *ip)
{
    for (unsigned k = 0; k < 4; k++)
        text_add(t, "%08x", lwip_ntohl(ip->addr[k]));
}

static void add_if_inet6(struct text *t, struct netif *n, const char *name)
{
    for (int k = 0; k < LWIP_IPV6_NUM_ADDRESSES; k++) {
        const ip6_addr_t *ip = netif_ip6_addr(n, k);
        if (!ip6_addr_isvalid(netif_ip6_addr_state(n, k)))
            continue;
        bool lo = n == stack_loopback();
        add_hex(t, ip);
        text_add(t, " %02x %02x %02x %02x %8s\n", netif_get_index(n), lo ? 128 : 64,
                 lo                         ? 0x10
                 : ip6_addr_islinklocal(ip) ? 0x20
                                            : 0,
                 0x80, name);
    }
}

static void show_if_inet6(struct text *t, uint64_t arg)
{
    (void)arg;
    each_interface(t, add_if_inet6);
}

static void add_igmp(struct text *t, struct netif *n, const char *name)
{
    unsigned groups = 0;
    for (struct igmp_group *g = netif_igmp_data(n); g; g = g->next)
        groups++;
    text_add(t, "%u\t%-10s: %5u      V2\n", netif_get_index(n), name, groups);
    for (struct igmp_group *g = netif_igmp_data(n); g; g = g->next)
        text_add(t, "\t\t\t\t%08X %5u 0:%08X\t\t0\n", g->group_address.addr, g->use, 0u);
}

static void show_igmp(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n");
    each_interface(t, add_igmp);
}

static void add_igmp6(struct text *t, struct netif *n, const char *name)
{
    text_add(t, "%-4u %-15s ff020000000000000000000000000001     1 0000000C 0\n",
             netif_get_index(n), name);
    for (struct mld_group *g = netif_mld6_data(n); g; g = g->next) {
        text_add(t, "%-4u %-15s ", netif_get_index(n), name);
        add_hex(t, &g->group_address);
        text_add(t, " %5u 00000004 0\n", g->use);
    }
}

static void show_igmp6(struct text *t, uint64_t arg)
{
    (void)arg;
    each_interface(t, add_igmp6);
}

static void show_arp(struct text *t, uint64_t arg)
{
    ip4_addr_t *ip;
    struct netif *n;
    struct eth_addr *mac;
    char name[INTERFACE_NAME_MAX];
    (void)arg;
    text_add(t, "IP address       HW type     Flags       HW address            Mask     Device\n");
    spin_lock(&stack_lock);
    for (size_t i = 0; i < ARP_TABLE_SIZE; i++) {
        if (!etharp_get_entry(i, &ip, &n, &mac))
            continue;
        interface_name(n, name);
        text_add(t, "%u.%u.%u.%u 0x1 0x2 %02x:%02x:%02x:%02x:%02x:%02x * %s\n", ip4_addr1(ip),
                 ip4_addr2(ip), ip4_addr3(ip), ip4_addr4(ip), mac->addr[0], mac->addr[1],
                 mac->addr[2], mac->addr[3], mac->addr[4], mac->addr[5], name);
    }
    spin_unlock(&stack_lock);
}

/* ---- counts ---- */

/* Sockets of one family. */
struct counts {
    int family;
    unsigned streams, datagrams, raw;
};

static void count_stream(struct stream *s, void *arg)
{
    struct counts *c = arg;
    c->streams += s->i.s.family == c->family;
}

static void count_datagram(struct datagram_socket *d, void *arg)
{
    struct counts *c = arg;
    c->datagrams += d->udp && d->i.s.family == c->family;
    c->raw += d->raw && d->i.s.family == c->family;
}

static struct counts counts_of(int family)
{
    struct counts c = {.family = family};
    spin_lock(&stack_lock);
    stream_foreach_locked(count_stream, &c);
    datagram_foreach_locked(count_datagram, &c);
    spin_unlock(&stack_lock);
    return c;
}

/* Those that no socket has: the program has closed them, and lwIP goes on alone. */
static unsigned count_orphans(const struct tcp_pcb *pcb)
{
    unsigned n = 0;
    for (; pcb; pcb = pcb->next)
        n += !pcb->callback_arg;
    return n;
}

static void show_sockstat(struct text *t, uint64_t arg)
{
    struct counts c = counts_of(AF_INET), six = counts_of(AF_INET6);
    (void)arg;
    spin_lock(&stack_lock);
    unsigned orphans = count_orphans(tcp_active_pcbs), waiting = count_orphans(tcp_tw_pcbs);
    spin_unlock(&stack_lock);
    text_add(t,
             "sockets: used %u\nTCP: inuse %u orphan %u tw %u alloc %u mem 0\n"
             "UDP: inuse %u mem 0\nUDPLITE: inuse 0\nRAW: inuse %u\nFRAG: inuse 0 memory 0\n",
             c.streams + c.datagrams + c.raw + six.streams + six.datagrams + six.raw, c.streams,
             orphans, waiting, c.streams + six.streams + orphans, c.datagrams, c.raw);
}

static void show_sockstat6(struct text *t, uint64_t arg)
{
    struct counts c = counts_of(AF_INET6);
    (void)arg;
    text_add(t,
             "TCP6: inuse %u\nUDP6: inuse %u\nUDPLITE6: inuse 0\nRAW6: inuse %u\n"
             "FRAG6: inuse 0 memory 0\n",
             c.streams, c.datagrams, c.raw);
}

#define FILE_ENTRY(file, fn)                     \
    {                                            \
        .name = (file), .mode = 0444, .show = fn \
    }
static const struct pseudo_entry entries[] = {
    FILE_ENTRY("arp", show_arp),
    FILE_ENTRY("dev", show_dev),
    FILE_ENTRY("if_inet6", show_if_inet6),
    FILE_ENTRY("igmp", show_igmp),
    FILE_ENTRY("igmp6", show_igmp6),
    FILE_ENTRY("raw", show_raw),
    FILE_ENTRY("raw6", show_raw6),
    FILE_ENTRY("route", show_route),
    FILE_ENTRY("snmp", proc_net_snmp),
    FILE_ENTRY("sockstat", show_sockstat),
    FILE_ENTRY("sockstat6", show_sockstat6),
    FILE_ENTRY("tcp", show_tcp),
    FILE_ENTRY("tcp6", show_tcp6),
    FILE_ENTRY("udp", show_udp),
    FILE_ENTRY("udp6", show_udp6),
    FILE_ENTRY("unix", unix_show),
};
const struct pseudo_dir proc_net_dir = PSEUDO_DIR(entries);
