/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/network.h: interfaces by the options netN=, and what /etc/resolv.conf says of them. */
#include "kernel/net/network.h"

#include <lwip/dhcp.h>
#include <lwip/ip.h>

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/log.h"
#include "kernel/core/options.h"
#include "kernel/core/wait.h"
#include "kernel/fs/etc.h"
#include "kernel/net/config.h"
#include "kernel/net/inet.h"
#include "kernel/net/interface.h"
#include "kernel/net/netlink.h"
#include "kernel/net/stream.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define PATIENCE_NS (2 * NS_PER_SEC)

static struct net_config configs[NETDEV_MAX];
static uint8_t indices[NETDEV_MAX];
static unsigned count;
static char hostname[65];
static struct waitq changed; /* an interface has got an address */

static struct netif *netif_of(unsigned n)
{
    return netif_get_by_index(indices[n]);
}

static void on_status(struct netif *n)
{
    (void)n;
    waitq_wake(&changed, ~0u, 0);
}

/* For lwIP: by which router a destination is reached. NULL: by one that has advertised itself. */
const ip6_addr_t *stack_gateway6(struct netif *netif)
{
    static ip6_addr_t gw;
    for (unsigned k = 0; k < count; k++) {
        const struct net_config *c = &configs[k];
        if (!c->has_gateway6 || !indices[k] || netif_of(k) != netif)
            continue;
        IP6_ADDR(&gw, c->gateway6[0], c->gateway6[1], c->gateway6[2], c->gateway6[3]);
        ip6_addr_assign_zone(&gw, IP6_UNICAST, netif);
        return &gw;
    }
    return NULL;
}

static void use_ip6(struct netif *n, const struct net_config *c)
{
    s8_t slot = -1;
    ip6_addr_t ip;
    IP6_ADDR(&ip, c->ip6[0], c->ip6[1], c->ip6[2], c->ip6[3]);
    if (netif_add_ip6_address(n, &ip, &slot) == ERR_OK && slot >= 0)
        netif_ip6_addr_set_state(n, slot, IP6_ADDR_PREFERRED);
}

static void configure_locked(unsigned k)
{
    const struct net_config *c = &configs[k];
    struct netif *n = netif_of(k);
    netif_set_hostname(n, hostname);
    netif_set_status_callback(n, on_status);
    netif_set_ip6_autoconfig_enabled(n, 1);
    if (!netif_default)
        netif_set_default(n);
    if (c->has_ip6)
        use_ip6(n, c);
    if (c->dhcp) {
        dhcp_start(n);
        return;
    }
    ip4_addr_t ip = {c->ip}, mask = {c->mask}, gw = {c->gateway};
    netif_set_addr(n, &ip, &mask, &gw);
}

static void add_card(unsigned k, struct netdev *card)
{
    char key[] = "netN", value[256];
    key[3] = (char)('0' + k);
    bool given = option_copy(key, value, sizeof(value));
    const char *why = net_config_parse(given ? value : "dhcp", &configs[k]);
    if (why) {
        log_err("the option %s=%s: %s; the interface is not used", key, value, why);
        return;
    }
    configs[k].wait = given && configs[k].dhcp;
    indices[k] = interface_add(card);
    if (!indices[k])
        return;
    stack_enter();
    configure_locked(k);
    stack_leave();
}

/* The text of /etc/resolv.conf: those of the options, then those of DHCP. */
static void nameservers(char *text, size_t size)
{
    char *p = text, *end = text + size;
    bool given = false;
    for (unsigned k = 0; k < count; k++)
        for (unsigned n = 0; n < configs[k].dns_count; n++) {
            ip4_addr_t ip = {configs[k].dns[n]};
            p += fmt_print(p, (size_t)(end - p),
                           "nameserver "
                           "%u.%u.%u.%u\n",
                           ip4_addr1(&ip), ip4_addr2(&ip), ip4_addr3(&ip), ip4_addr4(&ip));
            given = true;
        }
    ip_addr_t ip;
    spin_lock(&stack_lock);
    for (unsigned n = 0; !given && interface_nameserver_locked(n, &ip); n++)
        if (IP_IS_V4(&ip))
            p += fmt_print(p, (size_t)(end - p), "nameserver %u.%u.%u.%u\n",
                           ip4_addr1(ip_2_ip4(&ip)), ip4_addr2(ip_2_ip4(&ip)),
                           ip4_addr3(ip_2_ip4(&ip)), ip4_addr4(ip_2_ip4(&ip)));
    spin_unlock(&stack_lock);
    *p = 0;
}

bool network_start(struct netdev **cards, unsigned n)
{
    if (!port_start())
        return false;
    waitq_init(&changed);
    stack_start();
    if (!option_copy("hostname", hostname, sizeof(hostname)))
        memcpy(hostname, "mazboot", 8);
    for (unsigned k = 0; k < MIN(n, (unsigned)NETDEV_MAX); k++) {
        count = k + 1;
        add_card(k, cards[k]);
    }
    stream_joins = !option_is("loopback", "wire");
    etc_resolv = nameservers;
    inet_register();
    netlink_register();
    return true;
}

/* The first interface that was to get an address and has none: its number, or -1. */
static int missing(void)
{
    int found = -1;
    spin_lock(&stack_lock);
    for (unsigned k = 0; k < count && found < 0; k++)
        if (configs[k].wait && indices[k] && !dhcp_supplied_address(netif_of(k)))
            found = (int)k;
    spin_unlock(&stack_lock);
    return found;
}

void network_wait(void)
{
    if (missing() < 0)
        return;
    if (wait_event(&changed, missing() < 0, clock_mono_ns() + PATIENCE_NS))
        log_warn("eth%d: no answer from a DHCP server; give the interface an address with --net "
                 "ip=, or see why its network has no server",
                 missing());
}
