/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net on the host: what lies under it, a card that is a buffer, time that is told. */
#ifndef TESTS_NET_RIG_H
#define TESTS_NET_RIG_H

#include "kernel/fs/socket.h"

/* rig_start - the stack with one card, 10.0.2.15/24 and fe80::..., and its sockets. Once. */
void rig_start(void);

/* rig_frame - a frame comes in; checked: the card says that its checksums are right. */
void rig_frame(const void *bytes, uint32_t size, bool checked);

/* rig_pass - time passes, and the stack's timer fires as often as it wants to. */
void rig_pass(int64_t ns);

/* rig_socket - a socket of AF_INET or AF_INET6; NULL: refused. rig_any: no address, and a port. */
struct socket *rig_socket(int family, int type, int protocol);
struct socket_address rig_any(int family, uint16_t port);

extern uint64_t rig_sent;  /* frames that the card was given */
extern uint64_t rig_fired; /* how often the timer has fired */

#endif
