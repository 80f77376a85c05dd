/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/connections.h. A hash table of all that have ever been in one of lwIP's lists of
 * connections, until they are freed; its chains are doubly linked. */
#include "kernel/net/connections.h"

#include <lwip/ip.h>
#include <lwip/priv/tcp_priv.h>

#include "kernel/core/clock.h"
#include "kernel/core/random.h"
#include "kernel/core/slab.h"
#include "lib/chacha20.h"
#include "lib/str.h"

#define FIRST_LOG2 4
#define ISN_SHIFT  12 /* first sequence numbers go on by one in 4.096 us (RFC 9293, 3.4.1) */
#define REOPEN_GAP 65537u

static struct tcp_pcb *first[1 << FIRST_LOG2], **buckets = first;
static unsigned buckets_log2 = FIRST_LOG2;
static size_t count;
static uint64_t seed;
static uint8_t isn_key[CHACHA20_NONCE_BYTES];
static uint32_t reopened_isn; /* of the connection that a SYN is about to make; 0: any */

void connections_start(void)
{
    random_fill(&seed, sizeof(seed));
    random_fill(isn_key, sizeof(isn_key));
}

/* ---- the table ---- */

static uint32_t address_word(const ip_addr_t *ip)
{
    const uint32_t *six = ip_2_ip6(ip)->addr;
    return IP_IS_V4(ip) ? ip_2_ip4(ip)->addr : six[0] ^ six[1] ^ six[2] ^ six[3];
}

static struct tcp_pcb **bucket_of(const ip_addr_t *remote, uint16_t remote_port,
                                  uint16_t local_port)
{
    uint64_t h = (uint64_t)address_word(remote) << 32 | (uint32_t)remote_port << 16 | local_port;
    return &buckets[(h ^ seed) * 0x9e3779b97f4a7c15u >> (64 - buckets_log2)];
}

static void add(struct tcp_pcb *pcb)
{
    struct tcp_pcb **bucket = bucket_of(&pcb->remote_ip, pcb->remote_port, pcb->local_port);
    pcb->chain = *bucket;
    pcb->chained = bucket;
    if (pcb->chain)
        pcb->chain->chained = &pcb->chain;
    *bucket = pcb;
}

/* Without memory the chains get longer. */
static void grow(void)
{
    struct tcp_pcb **old = buckets, **larger = kzalloc(sizeof(*larger) << (buckets_log2 + 1)),
                   *next;
    if (!larger)
        return;
    buckets = larger;
    buckets_log2++;
    for (size_t i = 0; i < (size_t)1 << (buckets_log2 - 1); i++) {
        for (struct tcp_pcb *pcb = old[i]; pcb; pcb = next) {
            next = pcb->chain;
            add(pcb);
        }
    }
    if (old != first)
        kfree(old);
}

static void add_new(struct tcp_pcb *pcb)
{
    if (!pcb || pcb->chained)
        return;
    if (++count >> buckets_log2)
        grow();
    add(pcb);
}

/* lwIP has put a connection at the head of one of its lists. */
void tcp_timer_needed(void)
{
    add_new(tcp_active_pcbs);
    add_new(tcp_tw_pcbs);
}

void connection_gone(struct tcp_pcb *pcb)
{
    if (!pcb->chained)
        return;
    count--;
    *pcb->chained = pcb->chain;
    if (pcb->chain)
        pcb->chain->chained = pcb->chained;
}

static bool is_for(const struct tcp_pcb *pcb, const struct tcp_hdr *h)
{
    return pcb->remote_port == h->src && pcb->local_port == h->dest &&
           (pcb->netif_idx == NETIF_NO_INDEX ||
            pcb->netif_idx == netif_get_index(ip_current_input_netif())) &&
           ip_addr_cmp(&pcb->remote_ip, ip_current_src_addr()) &&
           ip_addr_cmp(&pcb->local_ip, ip_current_dest_addr());
}

static struct tcp_pcb *find(const struct tcp_hdr *h, bool waiting)
{
    struct tcp_pcb *pcb = *bucket_of(ip_current_src_addr(), h->src, h->dest);
    while (pcb && (pcb->state == CLOSED || (pcb->state == TIME_WAIT) != waiting || !is_for(pcb, h)))
        pcb = pcb->chain;
    return pcb;
}

struct tcp_pcb *connection_active(const struct tcp_hdr *h)
{
    return find(h, false);
}

struct tcp_pcb *connection_waiting(const struct tcp_hdr *h)
{
    struct tcp_pcb *pcb = find(h, true);
    if (!pcb)
        return NULL;
    unsigned flags = TCPH_FLAGS(h) & (TCP_SYN | TCP_ACK | TCP_RST);
    if (flags == TCP_SYN && TCP_SEQ_GT(h->seqno, pcb->rcv_nxt))
        reopened_isn = (pcb->snd_nxt + REOPEN_GAP) | 1;
    else if (!(flags & TCP_RST) || h->seqno != pcb->rcv_nxt)
        return pcb;
    tcp_abandon(pcb, 0);
    return NULL;
}

/* ---- first sequence numbers (RFC 6528) ---- */

uint32_t connection_isn(const struct ip_addr *local, uint16_t local_port,
                        const struct ip_addr *remote, uint16_t remote_port)
{
    uint8_t ends[CHACHA20_KEY_BYTES] = {0}, block[CHACHA20_BLOCK_BYTES];
    struct chacha20 c;
    uint32_t isn = reopened_isn;
    reopened_isn = 0;
    if (isn)
        return isn;
    memcpy(ends, ip_2_ip6(local), IP_IS_V4(local) ? 4 : 16);
    memcpy(ends + 16, ip_2_ip6(remote), IP_IS_V4(remote) ? 4 : 16);
    chacha20_init(&c, ends, isn_key, (uint32_t)local_port << 16 | remote_port);
    chacha20_block(&c, block);
    memcpy(&isn, block, sizeof(isn));
    return isn + (uint32_t)(clock_mono_ns() >> ISN_SHIFT);
}
