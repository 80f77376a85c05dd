/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of lwIP's TCP connections a segment belongs to. lwIP looks through lists of them;
 * fetch.sh has it ask here instead. Also their first sequence numbers.
 *
 * lwIP includes this: declarations only, under stack_lock.
 */
#ifndef KERNEL_NET_CONNECTIONS_H
#define KERNEL_NET_CONNECTIONS_H

#include "lib/types.h"

struct ip_addr;
struct tcp_hdr;
struct tcp_pcb;

/* connections_start - before the first one. Boot, once. */
void connections_start(void);

/* connection_active - the connection that isn't in TIME_WAIT and has got the segment that lwIP is
 * taking in; NULL: none. h: its header, in the machine's byte order. */
struct tcp_pcb *connection_active(const struct tcp_hdr *h);

/* connection_waiting - the same of those in TIME_WAIT. Like Linux, a SYN behind everything that
 * was received opens the connection anew, and a reset at the right place ends it
 * (net.ipv4.tcp_rfc1337 is off): such a one is freed here, and not found. */
struct tcp_pcb *connection_waiting(const struct tcp_hdr *h);

/* connection_isn - the first sequence number of a new connection between these ends: nobody can
 * tell it in advance, it grows from one of the same ends to the next, and it is beyond those of
 * the one that was opened anew. */
uint32_t connection_isn(const struct ip_addr *local, uint16_t local_port,
                        const struct ip_addr *remote, uint16_t remote_port);

/* connection_gone - pcb is about to be freed. */
void connection_gone(struct tcp_pcb *pcb);

#endif
