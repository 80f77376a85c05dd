/* SPDX-License-Identifier: Apache-2.0 */
/* What datagram sockets over lwIP's raw control blocks add to UDP's: raw sockets, whose programs
 * may write the IPv4 header themselves, and echo sockets (SOCK_DGRAM of ICMP), which send nothing
 * but echo requests of their own identifier and get the answers to them. Under stack_lock. */
#ifndef KERNEL_NET_RAW_H
#define KERNEL_NET_RAW_H

#include "kernel/net/datagram.h"

/* raw_attach_locked - a control block for d. False: no memory. */
bool raw_attach_locked(struct datagram_socket *d) MUST_CHECK;

/* raw_apply_locked - set d's options in it. */
void raw_apply_locked(struct datagram_socket *d);

/* raw_complete_locked - what a program leaves to the kernel in a packet to be sent from `from`
 * (any: whichever address the route has): identifiers, lengths, addresses, checksums. p is in one
 * piece. 0 or -EINVAL: it is none that this socket may send. -ENETUNREACH. */
int raw_complete_locked(struct datagram_socket *d, struct pbuf *p, const ip_addr_t *from,
                        const ip_addr_t *to) MUST_CHECK;

#endif
