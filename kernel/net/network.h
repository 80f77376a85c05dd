/* SPDX-License-Identifier: Apache-2.0 */
/* The network as a whole, for the boot. */
#ifndef KERNEL_NET_NETWORK_H
#define KERNEL_NET_NETWORK_H

#include "kernel/core/netdev.h"

/* network_start - the loopback, an interface for each of `count` cards, configured by the options
 * net0= to net3= (docs/ARCHITECTURE.md), and the families AF_INET, AF_INET6 and AF_NETLINK. A card
 * without an option is configured by DHCP. Boot, once. False: no memory. */
bool network_start(struct netdev **cards, unsigned count) MUST_CHECK;

/* network_wait - until the interfaces whose option says dhcp have an address, two seconds at most;
 * the log says which has none. A task. */
void network_wait(void);

#endif
