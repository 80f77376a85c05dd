/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net on the host: what lies under it, a card that is a buffer, time that is told. */
#ifndef TESTS_NET_RIG_H
#define TESTS_NET_RIG_H

#include "kernel/fs/socket.h"

extern const uint8_t rig_macs[2][6]; /* of the cards */

/* rig_start - the stack with so many cards, one of 10.0.2.15/24 and fe80::..., one that asks for an
 * address by DHCP, and its sockets. Once. */
void rig_start(unsigned cards);

/* rig_frame - a frame comes in; checked: the card says that its checksums are right. */
void rig_frame(unsigned card, const void *bytes, uint32_t size, bool checked);

/* If set, it is shown each frame that goes out. */
extern void (*rig_sees)(const uint8_t *frame, uint32_t size);

/* Set before rig_start: the cards take TCP's segments as one frame, and split it when they are
 * flushed; and how many frames they have made so. */
extern bool rig_splits;
extern uint64_t rig_split;

/* Allocations that haven't been freed. */
extern long rig_allocations;

/* rig_arp_reply - 10.0.2.last_byte tells the first card its address. */
void rig_arp_reply(uint8_t last_byte);

/* Numbers as they are in frames. */
static inline uint32_t rig_load32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void rig_store32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* rig_pass - time passes, and the stack's timer fires as often as it wants to. */
void rig_pass(int64_t ns);

/* rig_socket - a socket of AF_INET or AF_INET6; NULL: refused. rig_any: no address, and a port. */
struct socket *rig_socket(int family, int type, int protocol);
struct socket_address rig_any(int family, uint16_t port);

extern uint64_t rig_sent;  /* frames that the card was given */
extern uint64_t rig_fired; /* how often the timer has fired */

#endif
