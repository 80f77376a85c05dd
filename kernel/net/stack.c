/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/stack.h */
#include "kernel/net/stack.h"

#include <lwip/igmp.h>
#include <lwip/init.h>
#include <lwip/ip.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/sys.h>

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/panic.h"
#include "kernel/core/random.h"
#include "kernel/net/datagram.h"
#include "kernel/net/interface.h"
#include "kernel/net/timers.h"

struct spinlock stack_lock;

/* For lwIP: when an interface has changed, in milliseconds. */
u32_t sys_now(void)
{
    return (u32_t)(clock_mono_ns() / (NS_PER_SEC / 1000));
}

uint32_t stack_random(void)
{
    uint32_t n;
    random_fill(&n, sizeof(n));
    return n;
}

void stack_assertion(const char *message)
{
    panic("lwIP: %s", message);
}

int stack_error(int8_t err)
{
    static const int8_t map[] = {
        [-ERR_MEM] = ENOBUFS,
        [-ERR_BUF] = ENOBUFS,
        [-ERR_TIMEOUT] = ETIMEDOUT,
        [-ERR_RTE] = ENETUNREACH,
        [-ERR_INPROGRESS] = EINPROGRESS,
        [-ERR_VAL] = EINVAL,
        [-ERR_WOULDBLOCK] = EAGAIN,
        [-ERR_USE] = EADDRINUSE,
        [-ERR_ALREADY] = EALREADY,
        [-ERR_ISCONN] = EISCONN,
        [-ERR_CONN] = ENOTCONN,
        [-ERR_IF] = ENETDOWN,
        [-ERR_ABRT] = ECONNABORTED,
        [-ERR_RST] = ECONNRESET,
        [-ERR_CLSD] = ENOTCONN,
        [-ERR_ARG] = EINVAL,
    };
    return err < 0 && -err < (int)ARRAY_SIZE(map) ? -map[-err] : 0;
}

struct netif *stack_loopback(void)
{
    return netif_get_by_index(1);
}

/* ---- the loopback ---- */

/* All of 127.0.0.0/8 is this machine. lwIP knows one address of an interface: it is the one that
 * the packet goes to, while it is taken in. */
int stack_ip4_input(struct pbuf *p, struct netif *netif)
{
    const struct ip_hdr *h = p->payload;
    if (p->len < IP_HLEN)
        return 0;
    if (netif == stack_loopback() && (lwip_ntohl(h->dest.addr) >> 24) == IP_LOOPBACKNET)
        netif->ip_addr.u_addr.ip4.addr = h->dest.addr;
    if (IPH_OFFSET(h) & PP_HTONS(IP_OFFMASK | IP_MF))
        timers_fragment_locked();
    if (IPH_PROTO(h) == IP_PROTO_ICMP)
        datagram_icmp_locked(p);
    return 0;
}

int stack_ip6_input(struct pbuf *p, struct netif *netif)
{
    const struct ip6_hdr *h = p->payload;
    u8_t next = p->len >= IP6_HLEN ? IP6H_NEXTH(h) : IP6_NEXTH_NONE;
    (void)netif;
    if (next == IP6_NEXTH_ICMP6)
        datagram_icmp6_locked(p);
    else if (next != IP6_NEXTH_TCP && next != IP6_NEXTH_UDP)
        timers_fragment_locked(); /* or another header, behind which one may be */
    return 0;
}

static void loop_deliver(void)
{
    bool more;
    do {
        struct netif *n;
        more = false;
        NETIF_FOREACH(n)
        {
            if (!n->loop_first)
                continue;
            netif_poll(n);
            more = true;
        }
    } while (more);
    stack_loopback()->ip_addr.u_addr.ip4.addr = PP_HTONL(IPADDR_LOOPBACK);
}

/* ---- entering and leaving ---- */

void stack_deliver_locked(void)
{
    loop_deliver();
    interfaces_flush_locked();
}

void stack_enter(void)
{
    spin_lock(&stack_lock);
    timers_enter_locked();
}

void stack_leave(void)
{
    stack_deliver_locked();
    timers_leave_locked();
    spin_unlock(&stack_lock);
}

void stack_start(void)
{
    connections_start();
    lwip_init();
    stack_loopback()->mtu = 65535;
    stack_loopback()->flags |= NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    stack_loopback()->rs_count = 0; /* no router is there */
    igmp_start(stack_loopback());
    NETIF_SET_CHECKSUM_CTRL(stack_loopback(), NETIF_CHECKSUM_DISABLE_ALL);
    timers_start();
}
