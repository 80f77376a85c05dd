/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/interface.h: Ethernet between lwIP and a card. */
#include "kernel/net/interface.h"

#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <lwip/ethip6.h>
#include <lwip/prot/etharp.h>
#include <lwip/prot/ethernet.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/prot/tcp.h>
#include <netif/ethernet.h>

#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/net/stack.h"
#include "lib/fmt.h"
#include "lib/str.h"

enum {
    FRAME_MIN = 60, /* what Ethernet carries at least: lwIP reads that far without asking */
    PIECES_MAX = 8,
    ASKED_MAX = 8,
    ASKED_S = 6 /* lwIP asks five times, a second apart */
};

/* An address that has been asked for by ARP. */
struct asked {
    ip4_addr_t ip;
    int64_t until_ns;
};

/* TCP segments of one connection in one frame, which the card splits again. */
struct train {
    uint8_t *frame; /* in the card's memory; NULL: the last frame is none */
    uint32_t frame_bytes;
    uint16_t segment_bytes;
};

struct interface {
    struct netif n;
    struct netdev *device;
    struct interface_counters counters;
    bool unflushed;
    struct train train;
    struct asked asked[ASKED_MAX]; /* the latest ones */
    unsigned asked_next;
};

static struct interface *interfaces[NETDEV_MAX];
static unsigned count;
static ip_addr_t nameservers[DNS_MAX_SERVERS];

static struct interface *interface_of(const struct netif *n)
{
    return n->state;
}

void interface_name(const struct netif *n, char name[INTERFACE_NAME_MAX])
{
    if (n == stack_loopback())
        memcpy(name, "lo", 3);
    else
        fmt_print(name, INTERFACE_NAME_MAX, "eth%u", (unsigned)n->num - 1);
}

struct interface_counters interface_counters_locked(const struct netif *n)
{
    return n == stack_loopback() ? (struct interface_counters){0} : interface_of(n)->counters;
}

/* ---- sending ---- */

/* A TCP segment in a frame of ours: where its parts are. */
struct segment {
    uint8_t *ip, *tcp;
    uint16_t header_bytes; /* up to its data */
    bool six;
};

/* False: it is none, or not one that a card can check and split. lwIP makes all headers in one
 * piece. */
static bool segment_in(uint8_t *frame, uint32_t size, struct segment *s)
{
    const struct ip_hdr *v4 = (const void *)(frame + SIZEOF_ETH_HDR);
    const struct ip6_hdr *v6 = (const void *)v4;
    *s = (struct segment){.ip = frame + SIZEOF_ETH_HDR, .six = frame[12] == 0x86};
    uint32_t header = s->six ? IP6_HLEN : IP_HLEN;
    if (size < SIZEOF_ETH_HDR + header + TCP_HLEN || frame[13] != (s->six ? 0xdd : 0) ||
        (!s->six && frame[12] != 8))
        return false;
    if (s->six ? v6->_nexth != IP_PROTO_TCP
               : v4->_proto != IP_PROTO_TCP || IPH_HL_BYTES(v4) != IP_HLEN ||
                     (IPH_OFFSET(v4) & PP_HTONS(IP_OFFMASK | IP_MF)))
        return false;
    s->tcp = s->ip + header;
    s->header_bytes = (uint16_t)(SIZEOF_ETH_HDR + header + (s->tcp[12] >> 4) * 4u);
    return s->header_bytes <= size;
}

/* The device adds up the segment; what it can't know, the pseudo header, is put where the checksum
 * will be. */
static struct netdev_checksum prepare_checksum(const struct segment *s, uint32_t frame_bytes)
{
    uint32_t start = (uint32_t)(s->tcp - s->ip) + SIZEOF_ETH_HDR;
    uint16_t pseudo[] = {lwip_htons((u16_t)(frame_bytes - start)), PP_HTONS(IP_PROTO_TCP),
                         checksum_sum(s->ip + (s->six ? 8 : 12), s->six ? 32 : 8)};
    uint16_t folded = checksum_sum(pseudo, sizeof(pseudo));
    memcpy(s->tcp + offsetof(struct tcp_hdr, chksum), &folded, sizeof(folded));
    return (struct netdev_checksum){(uint16_t)start, offsetof(struct tcp_hdr, chksum)};
}

static unsigned pieces_of(const struct pbuf *p, uint32_t skip, struct netdev_piece *pieces)
{
    unsigned n = 0;
    for (; p && n < PIECES_MAX; p = p->next, skip = 0)
        pieces[n++] = (struct netdev_piece){(char *)p->payload + skip, p->len - skip};
    return n;
}

/* ---- trains: segments that follow one another are given to the card as one ---- */

static uint32_t sequence(const struct segment *s)
{
    uint32_t n;
    memcpy(&n, s->tcp + offsetof(struct tcp_hdr, seqno), sizeof(n));
    return lwip_ntohl(n);
}

/* Everything but lengths, identifier, checksums, sequence number and PSH is the same. */
static bool same_headers(const struct segment *a, const struct segment *b)
{
    unsigned from = a->six ? 6 : 12,
             options = a->header_bytes - (unsigned)(a->tcp + TCP_HLEN - a->ip + SIZEOF_ETH_HDR);
    return a->six == b->six && a->header_bytes == b->header_bytes &&
           !memcmp(a->ip - SIZEOF_ETH_HDR, b->ip - SIZEOF_ETH_HDR, SIZEOF_ETH_HDR) &&
           !memcmp(a->ip, b->ip, a->six ? 4 : 2) && (a->six || !memcmp(a->ip + 6, b->ip + 6, 4)) &&
           !memcmp(a->ip + from, b->ip + from, (size_t)(a->tcp - a->ip) - from) &&
           !memcmp(a->tcp, b->tcp, 4) && !memcmp(a->tcp + 8, b->tcp + 8, 5) &&
           !((a->tcp[13] ^ b->tcp[13]) & ~TCP_PSH) && !memcmp(a->tcp + 14, b->tcp + 14, 2) &&
           !memcmp(a->tcp + TCP_HLEN, b->tcp + TCP_HLEN, options);
}

/* What p, which was sent as the frame at `frame`, may be the first of. */
static void train_begin(struct interface *i, uint8_t *frame, const struct pbuf *p)
{
    struct train *t = &i->train;
    struct segment s;
    t->frame = NULL;
    if (!(i->device->segments4 || i->device->segments6) || !segment_in(frame, p->tot_len, &s) ||
        !(s.six ? i->device->segments6 : i->device->segments4) ||
        (s.tcp[13] & ~TCP_PSH) != TCP_ACK || p->tot_len == s.header_bytes)
        return;
    *t = (struct train){.frame = frame,
                        .frame_bytes = p->tot_len,
                        .segment_bytes = (uint16_t)(p->tot_len - s.header_bytes)};
}

/* The train as it is now: its lengths and what depends on them. */
static void train_describe(struct interface *i, const struct segment *s, uint8_t flags)
{
    struct train *t = &i->train;
    struct ip_hdr *v4 = (void *)s->ip;
    struct ip6_hdr *v6 = (void *)s->ip;
    if (s->six) {
        v6->_plen = lwip_htons((u16_t)(t->frame_bytes - SIZEOF_ETH_HDR - IP6_HLEN));
    } else {
        v4->_len = lwip_htons((u16_t)(t->frame_bytes - SIZEOF_ETH_HDR));
        v4->_chksum = 0;
        v4->_chksum = inet_chksum(v4, IP_HLEN);
    }
    s->tcp[13] |= flags;
    prepare_checksum(s, t->frame_bytes);
    i->device->segment(i->device, s->six, s->header_bytes, t->segment_bytes);
}

/* p goes on where the train ends: it is one of it now. */
static bool train_extend(struct interface *i, struct pbuf *p)
{
    struct train *t = &i->train;
    struct netdev_piece pieces[PIECES_MAX];
    struct segment s, first;
    if (!t->frame || !segment_in(p->payload, p->len, &s) ||
        !segment_in(t->frame, t->frame_bytes, &first) || !same_headers(&first, &s))
        return false;
    uint32_t sent = t->frame_bytes - first.header_bytes, more = p->tot_len - s.header_bytes;
    if (!more || more > t->segment_bytes || sent % t->segment_bytes ||
        sequence(&s) != sequence(&first) + sent ||
        !i->device->extend(i->device, pieces, pieces_of(p, s.header_bytes, pieces)))
        return false;
    t->frame_bytes += more;
    train_describe(i, &first, s.tcp[13] & TCP_PSH);
    return true;
}

static bool send_pieces(struct interface *i, struct pbuf *p)
{
    struct netdev_piece pieces[PIECES_MAX];
    struct netdev_checksum c = {0};
    struct segment s;
    if (train_extend(i, p))
        return true;
    if (i->device->checksums && segment_in(p->payload, p->len, &s))
        c = prepare_checksum(&s, p->tot_len);
    uint8_t *frame = i->device->send(i->device, pieces, pieces_of(p, 0, pieces), c);
    i->train.frame = NULL;
    if (frame)
        train_begin(i, frame, p);
    return frame;
}

/* lwIP's table of unanswered requests is its own: it is told by what it sends. */
static void note_request(struct interface *i, const struct pbuf *p)
{
    const struct eth_hdr *eth = p->payload;
    const struct etharp_hdr *arp = (const void *)(eth + 1);
    ip4_addr_t ip;
    if (p->len < SIZEOF_ETH_HDR + SIZEOF_ETHARP_HDR || eth->type != PP_HTONS(ETHTYPE_ARP) ||
        arp->opcode != PP_HTONS(ARP_REQUEST))
        return;
    IPADDR_WORDALIGNED_COPY_TO_IP4_ADDR_T(&ip, &arp->dipaddr);
    int64_t now_ns = clock_mono_ns();
    for (unsigned k = 0; k < ASKED_MAX; k++)
        if (ip4_addr_cmp(&i->asked[k].ip, &ip) && i->asked[k].until_ns > now_ns)
            return; /* repeated */
    if (!ip4_addr_cmp(&ip, netif_ip4_addr(&i->n)))
        i->asked[i->asked_next++ % ASKED_MAX] = (struct asked){ip, now_ns + ASKED_S * NS_PER_SEC};
}

static bool is_asked(struct interface *i, struct asked *a, int64_t now_ns)
{
    struct eth_addr *mac;
    const ip4_addr_t *ip;
    if (a->until_ns > now_ns && etharp_find_addr(&i->n, &a->ip, &mac, &ip) >= 0)
        a->until_ns = 0;
    return a->until_ns > now_ns;
}

bool interfaces_resolve_locked(int64_t now_ns)
{
    bool waits = false;
    for (unsigned k = 0; k < count; k++)
        for (unsigned a = 0; a < ASKED_MAX; a++)
            waits |= is_asked(interfaces[k], &interfaces[k]->asked[a], now_ns);
    return waits;
}

static err_t output(struct netif *netif, struct pbuf *p)
{
    struct interface *i = interface_of(netif);
    struct pbuf *whole = NULL;
    if (pbuf_clen(p) > PIECES_MAX && !(p = whole = pbuf_clone(PBUF_RAW, PBUF_RAM, p)))
        return ERR_MEM;
    note_request(i, p);
    bool sent = send_pieces(i, p);
    i->counters.tx_bytes += sent ? p->tot_len : 0;
    i->counters.tx_packets += sent;
    i->counters.tx_dropped += !sent;
    i->unflushed |= sent;
    if (whole)
        pbuf_free(whole);
    return sent ? ERR_OK : ERR_BUF;
}

void interfaces_flush_locked(void)
{
    for (unsigned k = 0; k < count; k++) {
        if (!interfaces[k]->unflushed)
            continue;
        interfaces[k]->unflushed = false;
        interfaces[k]->train.frame = NULL;
        interfaces[k]->device->flush(interfaces[k]->device);
    }
}

/* ---- receiving ---- */

static struct pbuf *copy_in(const struct netdev_piece *pieces, unsigned n, uint32_t size)
{
    uint32_t whole = MAX(size, (uint32_t)FRAME_MIN);
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)whole, PBUF_RAM);
    if (!p)
        return NULL;
    char *to = p->payload;
    for (unsigned k = 0; k < n; to += pieces[k++].size)
        memcpy(to, pieces[k].bytes, pieces[k].size);
    memset(to, 0, whole - size);
    return p;
}

static void on_frame(void *owner, const struct netdev_piece *pieces, unsigned n, bool checked)
{
    struct interface *i = owner;
    uint32_t size = 0;
    for (unsigned k = 0; k < n; k++)
        size += pieces[k].size;
    if (size < SIZEOF_ETH_HDR || size > NETDEV_LARGE_MAX)
        return;
    i->counters.rx_bytes += size;
    i->counters.rx_packets++;
    struct pbuf *p = copy_in(pieces, n, size);
    if (!p)
        return;
    u16_t flags = i->n.chksum_flags;
    if (checked)
        i->n.chksum_flags &= (u16_t) ~(NETIF_CHECKSUM_CHECK_TCP | NETIF_CHECKSUM_CHECK_UDP);
    if (i->n.input(p, &i->n))
        pbuf_free(p);
    i->n.chksum_flags = flags;
}

/* ---- making ---- */

static err_t setup(struct netif *n)
{
    struct interface *i = interface_of(n);
    n->name[0] = 'e';
    n->name[1] = 't';
    n->mtu = 1500;
    n->hwaddr_len = ETH_HWADDR_LEN;
    memcpy(n->hwaddr, i->device->mac, ETH_HWADDR_LEN);
    n->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP |
               NETIF_FLAG_MLD6;
    n->output = etharp_output;
    n->output_ip6 = ethip6_output;
    n->linkoutput = output;
    NETIF_SET_CHECKSUM_CTRL(n, (u16_t)(NETIF_CHECKSUM_ENABLE_ALL &
                                       ~(i->device->checksums ? NETIF_CHECKSUM_GEN_TCP : 0)));
    return ERR_OK;
}

uint8_t interface_add(struct netdev *d)
{
    if (count == NETDEV_MAX)
        return 0;
    struct interface *i = kzalloc(sizeof(*i));
    if (!i)
        return 0;
    i->device = d;
    d->owner = i;
    d->enter = stack_enter;
    d->leave = stack_leave;
    d->frame = on_frame;
    stack_enter();
    interfaces[count++] = i;
    netif_add(&i->n, NULL, NULL, NULL, i, setup, ethernet_input);
    netif_create_ip6_linklocal_address(&i->n, 1);
    netif_set_link_up(&i->n);
    netif_set_up(&i->n);
    stack_leave();
    return netif_get_index(&i->n);
}

/* ---- name servers: what lwIP's DHCP has to tell ---- */

void dns_init(void)
{
}

void dns_setserver(u8_t n, const ip_addr_t *ip)
{
    if (n < ARRAY_SIZE(nameservers))
        nameservers[n] = *ip;
}

bool interface_nameserver_locked(unsigned n, ip_addr_t *ip)
{
    if (n >= ARRAY_SIZE(nameservers) || ip_addr_isany_val(nameservers[n]))
        return false;
    *ip = nameservers[n];
    return true;
}
