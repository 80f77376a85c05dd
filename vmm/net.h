/* SPDX-License-Identifier: Apache-2.0 */
/* The networks of a machine: one network card each, and where its frames go. */
#ifndef VMM_NET_H
#define VMM_NET_H

#include "vmm/address.h"

#define NETS_MAX     8
#define FORWARDS_MAX 64
#define QUEUES_MAX   8 /* pairs of queues of a card: one for each processor */

enum net_kind {
    NET_USER, /* a private network behind the launcher's own sockets; needs no rights */
    NET_TAP,  /* a tap interface of the host */
};

/* A port of the host; what comes there goes to a port of the guest. */
struct net_forward {
    struct in_addr host;
    uint16_t host_port, guest_port;
    bool udp;
};

struct net {
    enum net_kind kind;
    uint8_t mac[MAC_BYTES];
    int taps[QUEUES_MAX]; /* NET_TAP: the interface, open, once for each pair of queues */
    unsigned tap_count;
    /* NET_USER: the network that is made, and who is who in it. */
    struct address4 guest;
    struct in_addr gateway, nameserver;
    struct address6 guest6; /* no prefix_bits: a network without IPv6 */
    struct in6_addr gateway6, nameserver6;
    const struct net_forward *forwards;
    unsigned forward_count;
};

#endif
