/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/timers.h */
#include "kernel/net/timers.h"

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/igmp.h>
#include <lwip/ip4_frag.h>
#include <lwip/ip6_frag.h>
#include <lwip/mld6.h>
#include <lwip/nd6.h>
#include <lwip/prot/nd6.h>
#include <lwip/priv/nd6_priv.h>
#include <lwip/priv/tcp_priv.h>

#include "gort/timer.h"
#include "kernel/core/clock.h"
#include "kernel/net/interface.h"
#include "kernel/net/stack.h"

#define TICK_NS       (NS_PER_SEC / 4) /* TCP's, the shortest that connections need */
#define NEVER         UINT64_MAX
#define TIME_WAITS    4096u /* connections that may linger in TIME_WAIT */
#define REASSEMBLY_NS ((IPV6_REASS_MAXAGE + 1) * NS_PER_SEC) /* IPv4's is shorter */

_Static_assert(TCP_TMR_INTERVAL == 250 && TCP_SLOW_INTERVAL == 500, "lwIP's tick is ours");
_Static_assert(IP_REASS_MAXAGE <= IPV6_REASS_MAXAGE, "REASSEMBLY_NS covers both");

struct cycle {
    int64_t period_ns;
    uint64_t make_up_max;         /* periods that are made up for one by one */
    void (*run)(void);            /* one period has passed */
    void (*skip)(uint64_t count); /* so many more have passed than are made up for; or NULL */
    uint64_t (*wanted)(void);     /* periods until run has something to do, 0: the next; NEVER */
    int64_t done_ns;              /* up to when its time has come */
};

static struct timer timer;
static bool armed; /* the timer fires within a tick */
static int64_t fragments_until_ns;

/* ---- TCP ---- */

/* When this connection next wants its timers to run: a number of half seconds; UINT32_MAX: never.
 */
static uint32_t connection_wants(const struct tcp_pcb *pcb)
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

static uint64_t tcp_wanted(void)
{
    uint32_t first = UINT32_MAX;
    for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb && first; pcb = pcb->next)
        first = MIN(first, connection_wants(pcb));
    for (struct tcp_pcb *pcb = tcp_tw_pcbs; pcb && first; pcb = pcb->next) {
        uint32_t since = tcp_ticks - pcb->tmr, life = 2 * TCP_MSL / TCP_SLOW_INTERVAL + 1;
        first = MIN(first, life > since ? life - since : 0);
    }
    return first == UINT32_MAX ? NEVER : first * UINT64_C(2);
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

static void tcp_run(void)
{
    tcp_tmr();
    relieve_listeners();
    trim_time_waits();
}

/* TCP's clock counts every second tick. */
static void tcp_skip(uint64_t count)
{
    static uint64_t odd;
    tcp_ticks += (uint32_t)((count + odd) / 2);
    odd = (count + odd) % 2;
}

/* ---- groups ---- */

static void groups_run(void)
{
    igmp_tmr();
    mld6_tmr();
}

/* Reports that are held back for a while, so that not everybody answers at once. */
static uint64_t groups_wanted(void)
{
    struct netif *n;
    uint64_t first = NEVER;
    NETIF_FOREACH(n)
    {
        for (struct igmp_group *g = netif_igmp_data(n); g; g = g->next)
            first = g->timer ? MIN(first, (uint64_t)g->timer) : first;
        for (struct mld_group *g = netif_mld6_data(n); g; g = g->next)
            first = g->timer ? MIN(first, (uint64_t)g->timer) : first;
    }
    return first;
}

/* ---- neighbours and fragments ---- */

static void seconds_run(void)
{
    etharp_tmr();
    ip_reass_tmr();
    nd6_tmr();
    ip6_reass_tmr();
}

static uint64_t neighbours_wanted(void)
{
    uint64_t first = NEVER;
    for (unsigned i = 0; i < LWIP_ND6_NUM_NEIGHBORS; i++) {
        const struct nd6_neighbor_cache_entry *n = &neighbor_cache[i];
        if (n->state == ND6_INCOMPLETE || n->state == ND6_PROBE)
            return 0;
        if (n->state == ND6_DELAY)
            first = MIN(first, (uint64_t)n->counter.delay_time);
    }
    return first;
}

/* Addresses that aren't known to be nobody else's yet, and routers that are being looked for. */
static bool configures(const struct netif *n)
{
    uint8_t own = netif_ip6_addr_state(n, 0);
    if (n->rs_count && !ip6_addr_isinvalid(own) && !ip6_addr_isduplicated(own))
        return true;
    for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++)
        if (ip6_addr_istentative(netif_ip6_addr_state(n, i)))
            return true;
    return false;
}

static struct cycle seconds;

static uint64_t seconds_wanted(void)
{
    struct netif *n;
    NETIF_FOREACH(n)
    {
        if (netif_is_up(n) && netif_is_link_up(n) && configures(n))
            return 0;
    }
    if (interfaces_resolve_locked(seconds.done_ns))
        return 0;
    uint64_t first = neighbours_wanted();
    if (fragments_until_ns > seconds.done_ns)
        first = MIN(first, (uint64_t)(fragments_until_ns - seconds.done_ns) / NS_PER_SEC + 1);
    return first;
}

void timers_fragment_locked(void)
{
    fragments_until_ns = clock_mono_ns() + REASSEMBLY_NS;
}

/* ---- DHCP ---- */

static uint64_t requests_wanted(void)
{
    struct netif *n;
    uint64_t first = NEVER;
    NETIF_FOREACH(n)
    {
        const struct dhcp *d = netif_dhcp_data(n);
        if (d && d->request_timeout)
            first = MIN(first, (uint64_t)d->request_timeout);
    }
    return first;
}

static uint64_t lease_wanted(const struct dhcp *d)
{
    uint64_t first = NEVER;
    if (d->t1_renew_time)
        first = MIN(first, (uint64_t)d->t1_renew_time);
    if (d->t2_rebind_time)
        first = MIN(first, (uint64_t)d->t2_rebind_time);
    if (d->t0_timeout > d->lease_used)
        first = MIN(first, (uint64_t)(d->t0_timeout - d->lease_used));
    return first;
}

static uint64_t leases_wanted(void)
{
    struct netif *n;
    uint64_t first = NEVER;
    NETIF_FOREACH(n)
    {
        const struct dhcp *d = netif_dhcp_data(n);
        if (d && dhcp_supplied_address(n))
            first = MIN(first, lease_wanted(d));
    }
    return first;
}

/* ---- the timer ---- */

static struct cycle tcp = {
    .period_ns = TICK_NS,
    .make_up_max = 1,
    .run = tcp_run,
    .skip = tcp_skip,
    .wanted = tcp_wanted,
};
static struct cycle seconds = {
    .period_ns = NS_PER_SEC,
    .make_up_max = ARP_MAXAGE, /* no cache keeps anything longer */
    .run = seconds_run,
    .wanted = seconds_wanted,
};
static struct cycle groups = {
    .period_ns = IGMP_TMR_INTERVAL * (NS_PER_SEC / 1000),
    .make_up_max = 1000,
    .run = groups_run,
    .wanted = groups_wanted,
};
static struct cycle requests = {
    .period_ns = DHCP_FINE_TIMER_MSECS * (NS_PER_SEC / 1000),
    .make_up_max = UINT16_MAX,
    .run = dhcp_fine_tmr,
    .wanted = requests_wanted,
};
static struct cycle leases = {
    .period_ns = DHCP_COARSE_TIMER_SECS * NS_PER_SEC,
    .make_up_max = UINT16_MAX,
    .run = dhcp_coarse_tmr,
    .wanted = leases_wanted,
};
static struct cycle *const cycles[] = {&tcp, &seconds, &groups, &requests, &leases};

static void cycle_run(struct cycle *c, int64_t now_ns)
{
    uint64_t passed = (uint64_t)((now_ns - c->done_ns) / c->period_ns),
             runs = MIN(passed, c->make_up_max);
    c->done_ns += (int64_t)passed * c->period_ns;
    if (c->skip && passed > runs)
        c->skip(passed - runs);
    while (runs--)
        c->run();
}

static void cycles_run(int64_t now_ns)
{
    for (unsigned i = 0; i < ARRAY_SIZE(cycles); i++)
        cycle_run(cycles[i], now_ns);
}

static int64_t cycle_due_ns(const struct cycle *c)
{
    uint64_t wanted = c->wanted();
    return wanted == NEVER ? TIMER_NEVER
                           : c->done_ns + (int64_t)MAX(wanted, UINT64_C(1)) * c->period_ns;
}

/* The timer is to fire when the next thing wants it. */
static void arm(int64_t now_ns)
{
    int64_t at = TIMER_NEVER;
    for (unsigned i = 0; i < ARRAY_SIZE(cycles); i++)
        at = MIN(at, cycle_due_ns(cycles[i]));
    armed = at <= now_ns + TICK_NS;
    if (at != TIMER_NEVER)
        timer_set(&timer, MAX(at, now_ns + 1));
}

static void on_timer(void *arg)
{
    (void)arg;
    spin_lock(&stack_lock);
    int64_t now_ns = clock_mono_ns();
    cycles_run(now_ns);
    stack_deliver_locked();
    arm(now_ns);
    spin_unlock(&stack_lock);
}

void timers_enter_locked(void)
{
    if (UNLIKELY(!armed))
        cycles_run(clock_mono_ns());
}

void timers_leave_locked(void)
{
    if (LIKELY(armed))
        return;
    armed = true;
    timer_set(&timer, clock_mono_ns() + TICK_NS);
}

void timers_start(void)
{
    int64_t now_ns = clock_mono_ns();
    for (unsigned i = 0; i < ARRAY_SIZE(cycles); i++)
        cycles[i]->done_ns = now_ns;
    timer_init(&timer, on_timer, NULL);
}
