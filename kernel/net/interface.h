/* SPDX-License-Identifier: Apache-2.0 */
/* Network interfaces: lo, and eth0, eth1, ... on the machine's cards, in the order of their MAC
 * addresses. Functions with _locked: under stack_lock. */
#ifndef KERNEL_NET_INTERFACE_H
#define KERNEL_NET_INTERFACE_H

#include <lwip/netif.h>

#include "kernel/core/netdev.h"

#define INTERFACE_NAME_MAX 8

struct interface_counters {
    uint64_t rx_bytes, rx_packets, tx_bytes, tx_packets, tx_dropped;
};

/* interface_add - a card: its interface, up, with link-local IPv6 addresses. Boot; in order of MAC
 * addresses. The index by which lwIP knows it, or 0: too many, or no memory. */
uint8_t interface_add(struct netdev *d);

/* interface_name - "lo", "eth0". */
void interface_name(const struct netif *n, char name[INTERFACE_NAME_MAX]);

/* interface_flags - IFF_ bits (ioctl.c). */
uint32_t interface_flags(const struct netif *n);

/* interface_counters_locked - what has gone through. */
struct interface_counters interface_counters_locked(const struct netif *n);

/* interfaces_flush_locked - have the cards send what they have been given. */
void interfaces_flush_locked(void);

/* interfaces_resolve_locked - some card waits for the answer to an ARP request, and may repeat it.
 */
bool interfaces_resolve_locked(int64_t now_ns);

/* interface_nameserver - the server that DHCP told of, 0 to 1: false when there is none. */
bool interface_nameserver_locked(unsigned n, ip_addr_t *ip);

#endif
