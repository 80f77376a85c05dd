/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How lwIP is built here: the raw interface only, no threads and no timers of its own
 * (kernel/net/stack.c has both), memory from kmalloc. Everything runs under stack_lock.
 */
#ifndef KERNEL_NET_LWIP_LWIPOPTS_H
#define KERNEL_NET_LWIP_LWIPOPTS_H

#include "kernel/core/slab.h"
#include "kernel/net/checksum.h"
#include "kernel/net/connections.h"
#include "lib/types.h"

#define NO_SYS                        1
#define SYS_LIGHTWEIGHT_PROT          0
#define LWIP_TIMERS                   0
#define LWIP_SOCKET                   0
#define LWIP_NETCONN                  0
#define LWIP_STATS                    1 /* for /proc/net/snmp; nothing but MIB2 */
#define MIB2_STATS                    1
#define LINK_STATS                    0
#define ETHARP_STATS                  0
#define IP_STATS                      0
#define IPFRAG_STATS                  0
#define ICMP_STATS                    0
#define IGMP_STATS                    0
#define UDP_STATS                     0
#define TCP_STATS                     0
#define MEM_STATS                     0
#define MEMP_STATS                    0
#define IP6_STATS                     0
#define ICMP6_STATS                   0
#define IP6_FRAG_STATS                0
#define MLD6_STATS                    0
#define ND6_STATS                     0
#define LWIP_DNS                      1 /* only so that DHCP asks for servers; interface.c has dns_setserver */

#define MEM_ALIGNMENT                 8
#define MEM_LIBC_MALLOC               1
#define MEMP_MEM_MALLOC               1
#define mem_clib_malloc               kmalloc
#define mem_clib_free                 kfree
#define mem_clib_calloc(n, size)      kzalloc((n) * (size))

#define LWIP_IPV4                     1
#define LWIP_IPV6                     1
#define LWIP_ARP                      1
#define LWIP_ETHERNET                 1
#define LWIP_ICMP                     1
#define LWIP_ICMP6                    1
#define LWIP_RAW                      1
#define LWIP_UDP                      1
#define LWIP_TCP                      1
#define LWIP_IGMP                     1
#define LWIP_IPV6_MLD                 1
#define LWIP_DHCP                     1
#define DHCP_DOES_ARP_CHECK           0
#define LWIP_DHCP_MAX_DNS_SERVERS     2
#define LWIP_IPV6_AUTOCONFIG          1
#define LWIP_IPV6_DHCP6               0
#define LWIP_MULTICAST_TX_OPTIONS     1
#define LWIP_BROADCAST_PING           1
#define IP_SOF_BROADCAST              1
#define IP_SOF_BROADCAST_RECV         0
#define SO_REUSE                      1
#define SO_REUSE_RXTOALL              1

#define IP_REASSEMBLY                 1
#define IP_REASS_MAX_PBUFS            256
#define IP_FRAG                       1
#define LWIP_IPV6_FRAG                1
#define LWIP_IPV6_REASS               1
#define IPV6_FRAG_COPYHEADER          1 /* pointers are wider than what the header has room for */
#define LWIP_IPV6_NUM_ADDRESSES       4
#define LWIP_ND6_NUM_NEIGHBORS        16
#define LWIP_ND6_NUM_DESTINATIONS     16
#define ARP_TABLE_SIZE                32
#define ARP_QUEUEING                  1
#define MEMP_NUM_ARP_QUEUE            64
#define ETHARP_SUPPORT_STATIC_ENTRIES 0

#define LWIP_HAVE_LOOPIF              1
#define LWIP_NETIF_LOOPBACK           1
#define LWIP_LOOPBACK_MAX_PBUFS       0
#define LWIP_NETIF_HOSTNAME           1
#define LWIP_NETIF_STATUS_CALLBACK    1
#define LWIP_NETIF_LINK_CALLBACK      0
#define LWIP_CHECKSUM_CTRL_PER_NETIF  1
#define LWIP_CHECKSUM_ON_COPY         0
#define LWIP_CHKSUM                   checksum_sum

/* A segment on the loopback is as large as its MTU allows; elsewhere the interface's MTU counts. */
#define TCP_MSS                        65000
#define TCP_CALCULATE_EFF_SEND_MSS     1
#define LWIP_WND_SCALE                 1
#define TCP_RCV_SCALE                  3
#define TCP_WND                        262144u
#define TCP_SND_BUF                    262144u
#define TCP_SND_QUEUELEN               1024
#define TCP_SNDLOWAT                   65536u
#define TCP_OVERSIZE                   0
#define TCP_LISTEN_BACKLOG             1
#define TCP_QUEUE_OOSEQ                1
#define TCP_OOSEQ_MAX_PBUFS            256
#define LWIP_TCP_KEEPALIVE             1
#define LWIP_TCP_TIMESTAMPS            0
#define LWIP_TCP_SACK_OUT              1
#define TCP_MSL                        30000
#define TCP_WND_UPDATE_THRESHOLD       16384u /* less than a window without scaling has */
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1
#define LWIP_TCP_MAX_SACK_NUM          4

#define PBUF_POOL_BUFSIZE              1536
#define MEM_SIZE                       (1 << 20)
#define LWIP_SUPPORT_CUSTOM_PBUF       1

#ifndef LWIP_ASSERTS
#define LWIP_NOASSERT
#endif
#define LWIP_ERROR(message, expression, handler) \
    do {                                         \
        if (!(expression)) {                     \
            handler;                             \
        }                                        \
    } while (0)

/* Datagrams that lwIP doesn't pass on: what an ICMP error says about one of our sockets. */
struct pbuf;
struct netif;
int stack_ip4_input(struct pbuf *p, struct netif *netif);
int stack_ip6_input(struct pbuf *p, struct netif *netif);
struct ip6_addr;
const struct ip6_addr *stack_gateway6(struct netif *netif);
#define LWIP_HOOK_ND6_GET_GW(netif, dest) stack_gateway6(netif)
#define LWIP_HOOK_IP4_INPUT(p, netif)     stack_ip4_input(p, netif)
#define LWIP_HOOK_IP6_INPUT(p, netif)     stack_ip6_input(p, netif)
#define LWIP_HOOK_TCP_ISN                 connection_isn

#endif
