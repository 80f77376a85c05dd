/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/stack.h */
#include "kernel/net/stack.h"

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/init.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/mld6.h>
#include <lwip/nd6.h>
#include <lwip/prot/ip4.h>
#include <lwip/prot/ip6.h>
#include <lwip/priv/tcp_priv.h>

#include "abi/errno.h"
#include "gort/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/panic.h"
#include "kernel/core/random.h"
#include "kernel/net/datagram.h"
#include "kernel/net/interface.h"

#define TICK_NS      (NS_PER_SEC / 4) /* TCP_FAST_INTERVAL */
#define BUSY_NS      (20 * NS_PER_SEC)
#define CATCH_UP_MAX 300u  /* seconds of slow timers that are made up for */
#define TIME_WAITS   4096u /* connections that may linger in TIME_WAIT */

_Static_assert(TCP_TMR_INTERVAL == 250, "lwIP's tick is ours");

struct spinlock stack_lock;
static struct timer tick_timer;
static bool armed;            /* the timer will fire within a tick */
static int64_t ticked_ns;     /* up to when TCP's time has come */
static int64_t slow_ns;       /* up to when that of the slow timers has */
static int64_t busy_until_ns; /* slow timers run until then */
static unsigned tick_count;

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
    if (IPH_PROTO(h) == IP_PROTO_ICMP)
        datagram_icmp_locked(p);
    return 0;
}

int stack_ip6_input(struct pbuf *p, struct netif *netif)
{
    const struct ip6_hdr *h = p->payload;
    (void)netif;
    if (p->len >= IP6_HLEN && IP6H_NEXTH(h) == IP6_NEXTH_ICMP6)
        datagram_icmp6_locked(p);
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

/* ---- time ---- */

void stack_busy_locked(void)
{
    busy_until_ns = clock_mono_ns() + BUSY_NS;
}

/* After a pause: TCP's clock goes on from now. */
static void tcp_catch_up(int64_t now_ns)
{
    int64_t missed = (now_ns - ticked_ns) / TICK_NS;
    if (missed <= 1)
        return;
    tcp_ticks += (uint32_t)(missed / 2);
    ticked_ns += missed * TICK_NS;
}

/* When this connection next wants its timers to run: a number of half seconds, 0: now, UINT32_MAX:
 * never. */
static uint32_t tcp_wants(const struct tcp_pcb *pcb)
{
    bool silent = pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT ||
                  (pcb->state == FIN_WAIT_2 && !(pcb->flags & TF_RXCLOSED));
    if (!silent || pcb->unsent || pcb->unacked || pcb->ooseq || pcb->refused_data ||
        (pcb->flags & (TF_ACK_DELAY | TF_ACK_NOW | TF_CLOSEPEND | TF_FIN)))
        return pcb->state == FIN_WAIT_2 && !(pcb->flags & TF_RXCLOSED) && !pcb->unacked ? UINT32_MAX
                                                                                        : 0;
    if (!ip_get_option(pcb, SOF_KEEPALIVE) || pcb->state == FIN_WAIT_2)
        return UINT32_MAX;
    uint64_t idle_ms = (uint64_t)pcb->keep_idle + (uint64_t)pcb->keep_cnt_sent * pcb->keep_intvl;
    uint32_t since = tcp_ticks - pcb->tmr,
             due = (uint32_t)MIN(idle_ms / TCP_SLOW_INTERVAL + 1, (uint64_t)UINT32_MAX - 1);
    return due > since ? due - since : 0;
}

static uint32_t tcp_all_want(void)
{
    uint32_t first = UINT32_MAX;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb && first; pcb = pcb->next)
        first = MIN(first, tcp_wants(pcb));
    for (struct tcp_pcb *pcb = tcp_tw_pcbs; pcb && first; pcb = pcb->next) {
        uint32_t since = tcp_ticks - pcb->tmr, life = 2 * TCP_MSL / TCP_SLOW_INTERVAL + 1;
        first = MIN(first, life > since ? life - since : 0);
    }
    return first;
}

static void trim_time_waits(void)
{
    unsigned n = 0;
    struct tcp_pcb *next;
    for (struct tcp_pcb *pcb = tcp_tw_pcbs; pcb; pcb = next) {
        next = pcb->next;
        if (++n > TIME_WAITS)
            tcp_abort(pcb);
    }
}

/* A listener whose queue is nearly full of connections that were never answered lets go of those
 * that have been asked twice: a flood of SYNs keeps nobody out for long. */
static void relieve_listeners(void)
{
    struct tcp_pcb *next;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb; pcb = next) {
        const struct tcp_pcb_listen *l = pcb->listener;
        next = pcb->next;
        if (pcb->state == SYN_RCVD && pcb->nrtx && l && l->accepts_pending > l->backlog / 4 * 3)
            tcp_abandon(pcb, 0);
    }
}

static void slow_timers(int64_t now_ns)
{
    uint64_t missed = (uint64_t)((now_ns - slow_ns) / NS_PER_SEC);
    slow_ns += (int64_t)missed * NS_PER_SEC;
    for (uint64_t i = MIN(missed, (uint64_t)CATCH_UP_MAX); i > 0; i--) {
        etharp_tmr();
        ip_reass_tmr();
        nd6_tmr();
        ip6_reass_tmr();
    }
    if (missed)
        trim_time_waits();
}

/* The timer is to fire when the next thing wants it. */
static void arm(int64_t now_ns)
{
    uint32_t wanted = tcp_all_want();
    int64_t at = wanted == UINT32_MAX
                     ? TIMER_NEVER
                     : ticked_ns + (int64_t)MAX(wanted * UINT64_C(2), UINT64_C(1)) * TICK_NS;
    if (now_ns < busy_until_ns)
        at = ticked_ns + TICK_NS;
    at = MIN(at, interface_lease_ns_locked());
    armed = at <= ticked_ns + TICK_NS;
    if (at != TIMER_NEVER)
        timer_set(&tick_timer, MAX(at, now_ns + 1));
}

static void on_tick(void *arg)
{
    (void)arg;
    stack_enter();
    int64_t now_ns = clock_mono_ns();
    tcp_catch_up(now_ns);
    if (now_ns >= ticked_ns + TICK_NS)
        ticked_ns += TICK_NS;
    tick_count++;
    tcp_tmr();
    relieve_listeners();
    if (now_ns < busy_until_ns) {
        igmp_tmr();
        mld6_tmr();
        if (tick_count % 2)
            dhcp_fine_tmr();
    }
    interface_lease_tick_locked(now_ns);
    slow_timers(now_ns);
    loop_deliver();
    interfaces_flush_locked();
    arm(now_ns);
    spin_unlock(&stack_lock);
}

/* lwIP says that TCP's timer should run: whoever leaves the stack sees to that. */
void tcp_timer_needed(void)
{
}

/* ---- entering and leaving ---- */

void stack_enter(void)
{
    spin_lock(&stack_lock);
}

void stack_leave(void)
{
    loop_deliver();
    interfaces_flush_locked();
    if (!armed) {
        int64_t now_ns = clock_mono_ns();
        tcp_catch_up(now_ns);
        armed = true;
        timer_set(&tick_timer, now_ns + TICK_NS);
    }
    spin_unlock(&stack_lock);
}

void stack_start(void)
{
    lwip_init();
    stack_loopback()->mtu = 65535;
    stack_loopback()->flags |= NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    igmp_start(stack_loopback());
    NETIF_SET_CHECKSUM_CTRL(stack_loopback(), NETIF_CHECKSUM_DISABLE_ALL);
    ticked_ns = slow_ns = clock_mono_ns();
    timer_init(&tick_timer, on_tick, NULL);
}
