/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/raw.h */
#include "kernel/net/raw.h"

#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <lwip/prot/icmp.h>
#include <lwip/prot/icmp6.h>
#include <lwip/prot/ip4.h>

#include "abi/errno.h"
#include "kernel/core/random.h"

/* ---- what comes in ---- */

/* A copy, since the packet goes on its way. IPv4's comes with its header, IPv6's without, as on
 * Linux. */
static u8_t on_packet(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    struct pbuf *copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
    (void)pcb;
    if (copy && ip_current_is_v6())
        pbuf_remove_header(copy, ip_current_header_tot_len());
    if (copy)
        datagram_enqueue_locked(arg, copy, from, 0);
    return 0;
}

static bool answers(const struct datagram_socket *d, const struct pbuf *p)
{
    const struct icmp_echo_hdr *h = p->payload;
    return p->len >= sizeof(*h) && h->type == (ip_current_is_v6() ? ICMP6_TYPE_EREP : ICMP_ER) &&
           h->id == lwip_htons(d->i.local_port);
}

/* Nobody gets an answer but the socket that asked; it comes without an IP header. */
static u8_t on_echo(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    struct pbuf *copy = pbuf_clone(PBUF_RAW, PBUF_RAM, p);
    (void)pcb;
    if (!copy)
        return 0;
    pbuf_remove_header(copy, ip_current_header_tot_len());
    if (answers(arg, copy))
        datagram_enqueue_locked(arg, copy, from, 0);
    else
        pbuf_free(copy);
    return 0;
}

/* ---- what goes out ---- */

static int complete_echo(const struct datagram_socket *d, struct pbuf *p, bool six)
{
    struct icmp_echo_hdr *h = p->payload;
    if (p->len < sizeof(*h) || h->type != (six ? ICMP6_TYPE_EREQ : ICMP_ECHO) || h->code)
        return -EINVAL;
    h->id = lwip_htons(d->i.local_port);
    h->chksum = 0; /* for IPv6 lwIP fills it in */
    if (!six)
        h->chksum = inet_chksum(h, p->len);
    return 0;
}

static int complete_header(struct pbuf *p, const ip_addr_t *from, const ip_addr_t *to)
{
    struct ip_hdr *h = p->payload;
    if (p->len < IP_HLEN || IPH_HL_BYTES(h) < IP_HLEN || IPH_HL_BYTES(h) > p->len)
        return -EINVAL;
    struct netif *n = ip_route(from, to);
    if (!n)
        return -ENETUNREACH;
    if (!h->src.addr)
        h->src.addr = ip_addr_isany(from) ? netif_ip4_addr(n)->addr : ip_2_ip4(from)->addr;
    if (!h->_id)
        random_fill(&h->_id, sizeof(h->_id));
    h->_len = lwip_htons(p->len);
    h->_chksum = 0;
    h->_chksum = inet_chksum(h, IPH_HL_BYTES(h));
    return 0;
}

int raw_complete_locked(struct datagram_socket *d, struct pbuf *p, const ip_addr_t *from,
                        const ip_addr_t *to)
{
    if (d->i.s.type == SOCK_DGRAM)
        return complete_echo(d, p, IP_IS_V6(to));
    if (d->raw->chksum_reqd && p->len < d->raw->chksum_offset + sizeof(uint16_t))
        return -EINVAL; /* lwIP would write it behind the packet */
    return d->i.header_included ? complete_header(p, from, to) : 0;
}

/* ---- making ---- */

bool raw_attach_locked(struct datagram_socket *d)
{
    d->raw = raw_new_ip_type(d->i.s.family == AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6,
                             (u8_t)d->i.s.protocol);
    if (!d->raw)
        return false;
    raw_recv(d->raw, d->i.s.type == SOCK_DGRAM ? on_echo : on_packet, d);
    if (d->i.s.protocol == IPPROTO_ICMPV6) {
        d->raw->chksum_reqd = 1;
        d->raw->chksum_offset = offsetof(struct icmp6_hdr, chksum);
    }
    d->i.header_included = d->i.s.protocol == IPPROTO_RAW;
    d->i.reuse_address = true; /* as on Linux */
    return true;
}

void raw_apply_locked(struct datagram_socket *d)
{
    IP_SET_TYPE_VAL(d->raw->local_ip, d->i.s.family == AF_INET ? IPADDR_TYPE_V4 : IPADDR_TYPE_V6);
    d->raw->mcast_ttl = d->i.mc_ttl;
    d->raw->mcast_ifindex = d->i.mc_interface;
    raw_set_flags(d->raw, d->i.header_included ? RAW_FLAGS_HDRINCL : 0);
}
