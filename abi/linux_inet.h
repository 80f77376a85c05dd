/* SPDX-License-Identifier: Apache-2.0 */
/* Internet sockets as Linux programs see them. Sources: Linux
 * include/uapi/linux/{in,in6,tcp,udp,icmp}.h. */
#ifndef ABI_LINUX_INET_H
#define ABI_LINUX_INET_H

#include "lib/types.h"

enum ip_protocol {
    IPPROTO_IP = 0,
    IPPROTO_ICMP = 1,
    IPPROTO_TCP = 6,
    IPPROTO_UDP = 17,
    IPPROTO_IPV6 = 41,
    IPPROTO_ICMPV6 = 58,
    IPPROTO_RAW = 255,
    IPPROTO_MPTCP = 262,
};

struct linux_sockaddr_in {
    uint16_t family;
    uint16_t port; /* network order, like all below but the family and the scope */
    uint8_t addr[4];
    uint8_t zero[8];
};

struct linux_sockaddr_in6 {
    uint16_t family;
    uint16_t port;
    uint32_t flowinfo;
    uint8_t addr[16];
    uint32_t scope;
};
#define SOCKADDR_IN6_MIN 24u /* without the scope */

struct linux_linger {
    int32_t on, seconds;
};

enum inet_socket_option {
    SO_DONTROUTE = 5,
    SO_OOBINLINE = 10,
    SO_PRIORITY = 12,
    SO_RCVLOWAT = 18,
    SO_BINDTODEVICE = 25,
    SO_TIMESTAMP = 29,
    SO_MARK = 36,
    SO_BUSY_POLL = 46,
    SO_INCOMING_CPU = 49,
    SO_ZEROCOPY = 60,
};

enum ip_option {
    IP_TOS = 1,
    IP_TTL = 2,
    IP_HDRINCL = 3,
    IP_PKTINFO = 8,
    IP_MTU_DISCOVER = 10,
    IP_RECVERR = 11,
    IP_RECVTTL = 12,
    IP_RECVTOS = 13,
    IP_MTU = 14,
    IP_FREEBIND = 15,
    IP_MULTICAST_IF = 32,
    IP_MULTICAST_TTL = 33,
    IP_MULTICAST_LOOP = 34,
    IP_ADD_MEMBERSHIP = 35,
    IP_DROP_MEMBERSHIP = 36,
    IP_MULTICAST_ALL = 49,
};

enum ipv6_option {
    IPV6_UNICAST_HOPS = 16,
    IPV6_MULTICAST_IF = 17,
    IPV6_MULTICAST_HOPS = 18,
    IPV6_MULTICAST_LOOP = 19,
    IPV6_JOIN_GROUP = 20,
    IPV6_LEAVE_GROUP = 21,
    IPV6_MTU_DISCOVER = 23,
    IPV6_MTU = 24,
    IPV6_RECVERR = 25,
    IPV6_V6ONLY = 26,
    IPV6_RECVPKTINFO = 49,
    IPV6_PKTINFO = 50,
    IPV6_RECVHOPLIMIT = 51,
    IPV6_HOPLIMIT = 52,
    IPV6_RECVTCLASS = 66,
    IPV6_TCLASS = 67,
};

enum tcp_option {
    TCP_NODELAY = 1,
    TCP_MAXSEG = 2,
    TCP_CORK = 3,
    TCP_KEEPIDLE = 4,
    TCP_KEEPINTVL = 5,
    TCP_KEEPCNT = 6,
    TCP_SYNCNT = 7,
    TCP_LINGER2 = 8,
    TCP_DEFER_ACCEPT = 9,
    TCP_WINDOW_CLAMP = 10,
    TCP_INFO = 11,
    TCP_QUICKACK = 12,
    TCP_CONGESTION = 13,
    TCP_USER_TIMEOUT = 18,
    TCP_FASTOPEN = 23,
    TCP_NOTSENT_LOWAT = 25,
    TCP_FASTOPEN_CONNECT = 30,
};

enum tcp_info_state { /* tcpi_state, and the st column of /proc/net/tcp */
                      TCP_STATE_ESTABLISHED = 1,
                      TCP_STATE_SYN_SENT,
                      TCP_STATE_SYN_RECV,
                      TCP_STATE_FIN_WAIT1,
                      TCP_STATE_FIN_WAIT2,
                      TCP_STATE_TIME_WAIT,
                      TCP_STATE_CLOSE,
                      TCP_STATE_CLOSE_WAIT,
                      TCP_STATE_LAST_ACK,
                      TCP_STATE_LISTEN,
                      TCP_STATE_CLOSING,
};

struct linux_ip_mreqn {
    uint8_t group[4], address[4];
    int32_t index; /* absent in the older struct */
};

struct linux_ipv6_mreq {
    uint8_t group[16];
    int32_t index;
};

struct linux_in_pktinfo {
    int32_t index;
    uint8_t local[4], destination[4];
};

struct linux_in6_pktinfo {
    uint8_t addr[16];
    uint32_t index;
};

/* Sources: include/uapi/linux/{sockios,if}.h. */
enum interface_ioctl {
    SIOCGIFFLAGS = 0x8913,
    SIOCSIFFLAGS = 0x8914,
    SIOCGIFADDR = 0x8915,
    SIOCSIFADDR = 0x8916,
    SIOCGIFNETMASK = 0x891b,
    SIOCSIFNETMASK = 0x891c,
    SIOCGIFMTU = 0x8921,
    SIOCGIFHWADDR = 0x8927,
    SIOCGIFINDEX = 0x8933,
};

struct linux_ifreq {
    char name[16];
    uint8_t value[24]; /* an int, a short of flags, or a struct sockaddr */
};

#define ICMP_FILTER   1
#define ICMPV6_FILTER 1

_Static_assert(sizeof(struct linux_sockaddr_in) == 16, "sockaddr_in layout");
_Static_assert(sizeof(struct linux_sockaddr_in6) == 28, "sockaddr_in6 layout");
_Static_assert(sizeof(struct linux_ifreq) == 40, "ifreq layout");
_Static_assert(sizeof(struct linux_ip_mreqn) == 12, "ip_mreqn layout");
_Static_assert(sizeof(struct linux_ipv6_mreq) == 20, "ipv6_mreq layout");
_Static_assert(sizeof(struct linux_in_pktinfo) == 12, "in_pktinfo layout");
_Static_assert(sizeof(struct linux_in6_pktinfo) == 20, "in6_pktinfo layout");

#endif
