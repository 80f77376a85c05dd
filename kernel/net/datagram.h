/* SPDX-License-Identifier: Apache-2.0 */
/* UDP sockets, and those over lwIP's raw control blocks (kernel/net/raw.h). */
#ifndef KERNEL_NET_DATAGRAM_H
#define KERNEL_NET_DATAGRAM_H

#include <lwip/raw.h>
#include <lwip/udp.h>

#include "kernel/net/inet.h"

struct datagram_socket {
    struct inet_socket i;
    struct udp_pcb *udp; /* one of these two, until it is closed */
    struct raw_pcb *raw;
    struct list queue; /* of struct datagram, received */
    uint32_t queued_bytes;
    bool connected;
    struct list everywhere;
};

/* datagram_icmp_locked, datagram_icmp6_locked - p, an IP packet that is an ICMP message, comes in:
 * an error about a connected socket's datagram is told to it. */
void datagram_icmp_locked(const struct pbuf *p);
void datagram_icmp6_locked(const struct pbuf *p);

/* datagram_enqueue_locked - p was received by s; p is taken over, or freed. */
void datagram_enqueue_locked(struct datagram_socket *s, struct pbuf *p, const ip_addr_t *from,
                             uint16_t port);

/* datagram_foreach_locked - fn(d, arg) for every socket. */
void datagram_foreach_locked(void (*fn)(struct datagram_socket *d, void *arg), void *arg);

#endif
