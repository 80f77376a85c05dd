/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/interface.h: Ethernet between lwIP and a card. */
#include "kernel/net/interface.h"

#include <lwip/dns.h>
#include <lwip/etharp.h>
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

struct interface {
    struct netif n;
    struct netdev *device;
    struct interface_counters counters;
    bool unflushed;
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

static uint32_t sum_words(uint32_t sum, const void *bytes, unsigned size)
{
    for (unsigned i = 0; i < size; i += 2) {
        uint16_t w;
        memcpy(&w, (const char *)bytes + i, sizeof(w));
        sum += w;
    }
    return sum;
}

/* The device adds up the segment; what it can't know, the pseudo header, is put where the checksum
 * will be. Only TCP's is left to it, whose headers lwIP makes in one piece. */
static struct netdev_checksum tcp_checksum(struct pbuf *p)
{
    struct netdev_checksum none = {0};
    char *frame = p->payload, *ip = frame + SIZEOF_ETH_HDR;
    const struct ip_hdr *v4 = (const void *)ip;
    const struct ip6_hdr *v6 = (const void *)ip;
    bool six = frame[12] == (char)0x86 && frame[13] == (char)0xdd;
    unsigned header = six ? IP6_HLEN : IP_HLEN;
    if (p->len < SIZEOF_ETH_HDR + header + TCP_HLEN || (!six && (frame[12] != 8 || frame[13])))
        return none;
    if (six ? v6->_nexth != IP_PROTO_TCP
            : v4->_proto != IP_PROTO_TCP || IPH_HL_BYTES(v4) != IP_HLEN ||
                  (IPH_OFFSET(v4) & PP_HTONS(IP_OFFMASK | IP_MF)))
        return none;
    uint32_t size = p->tot_len - SIZEOF_ETH_HDR - header;
    uint32_t sum = sum_words(lwip_htons((u16_t)size) + PP_HTONS(IP_PROTO_TCP), ip + (six ? 8 : 12),
                             six ? 32 : 8);
    sum = (sum & 0xffff) + (sum >> 16);
    uint16_t folded = (uint16_t)((sum & 0xffff) + (sum >> 16));
    memcpy(ip + header + offsetof(struct tcp_hdr, chksum), &folded, sizeof(folded));
    return (struct netdev_checksum){(uint16_t)(SIZEOF_ETH_HDR + header),
                                    offsetof(struct tcp_hdr, chksum)};
}

static bool send_pieces(struct interface *i, struct pbuf *p)
{
    struct netdev_piece pieces[PIECES_MAX];
    struct netdev_checksum c = {0};
    unsigned n = 0;
    for (struct pbuf *q = p; q && n < PIECES_MAX; q = q->next)
        pieces[n++] = (struct netdev_piece){q->payload, q->len};
    if (i->device->checksums)
        c = tcp_checksum(p);
    return i->device->send(i->device, pieces, n, c);
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
        interfaces[k]->device->flush(interfaces[k]->device);
    }
}

/* ---- receiving ---- */

static void on_frame(void *owner, const void *bytes, uint32_t size, bool checked)
{
    struct interface *i = owner;
    if (size < SIZEOF_ETH_HDR || size > NETDEV_FRAME_MAX)
        return;
    uint32_t whole = MAX(size, (uint32_t)FRAME_MIN);
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)whole, PBUF_RAM);
    i->counters.rx_bytes += size;
    i->counters.rx_packets++;
    if (!p)
        return;
    memcpy(p->payload, bytes, size);
    memset((char *)p->payload + size, 0, whole - size);
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
