/* SPDX-License-Identifier: Apache-2.0 */
/* AF_NETLINK: NETLINK_ROUTE's dumps of interfaces, addresses and routes; nothing can be changed. */
#ifndef KERNEL_NET_NETLINK_H
#define KERNEL_NET_NETLINK_H

/* netlink_register - the family. Boot. */
void netlink_register(void);

#endif
