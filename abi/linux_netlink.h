/* SPDX-License-Identifier: Apache-2.0 */
/* NETLINK_ROUTE as Linux programs see it. Sources: Linux
 * include/uapi/linux/{netlink,rtnetlink,if_link,if_addr}.h. */
#ifndef ABI_LINUX_NETLINK_H
#define ABI_LINUX_NETLINK_H

#include "lib/types.h"

struct linux_sockaddr_nl {
    uint16_t family, pad_;
    uint32_t pid, groups;
};

struct linux_nlmsghdr {
    uint32_t len;
    uint16_t type, flags;
    uint32_t seq, pid;
};

enum nl_message {
    NLMSG_NOOP = 1,
    NLMSG_ERROR = 2,
    NLMSG_DONE = 3,
    RTM_NEWLINK = 16,
    RTM_GETLINK = 18,
    RTM_NEWADDR = 20,
    RTM_GETADDR = 22,
    RTM_NEWROUTE = 24,
    RTM_GETROUTE = 26,
};

#define NETLINK_ROUTE 0
#define NLM_F_REQUEST 1u
#define NLM_F_MULTI   2u
#define NLM_F_ACK     4u
#define NLM_F_DUMP    0x300u

struct linux_ifinfomsg {
    uint8_t family, pad_;
    uint16_t type;
    int32_t index;
    uint32_t flags, change;
};

struct linux_ifaddrmsg {
    uint8_t family, prefix_bits, flags, scope;
    uint32_t index;
};

struct linux_rtmsg {
    uint8_t family, dst_bits, src_bits, tos;
    uint8_t table, protocol, scope, type;
    uint32_t flags;
};

struct linux_rtattr {
    uint16_t len, type;
};

enum interface_flag {
    IFF_UP = 1,
    IFF_BROADCAST = 2,
    IFF_LOOPBACK = 8,
    IFF_RUNNING = 0x40,
    IFF_MULTICAST = 0x1000,
    IFF_LOWER_UP = 0x10000,
};

enum { ARPHRD_ETHER = 1, ARPHRD_LOOPBACK = 772 };
enum {
    IFLA_ADDRESS = 1,
    IFLA_BROADCAST = 2,
    IFLA_IFNAME = 3,
    IFLA_MTU = 4,
    IFLA_TXQLEN = 13,
    IFLA_OPERSTATE = 16
};
enum { IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_LABEL = 3, IFA_BROADCAST = 4, IFA_FLAGS = 8 };
enum { IFA_F_PERMANENT = 0x80 };
enum { RTA_DST = 1, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_PREFSRC = 7, RTA_TABLE = 15 };
enum { RT_TABLE_MAIN = 254, RT_TABLE_LOCAL = 255 };
enum { RTPROT_KERNEL = 2, RTPROT_BOOT = 3 };
enum { RT_SCOPE_UNIVERSE = 0, RT_SCOPE_LINK = 253, RT_SCOPE_HOST = 254 };
enum { RTN_UNICAST = 1, RTN_LOCAL = 2 };

_Static_assert(sizeof(struct linux_sockaddr_nl) == 12, "sockaddr_nl layout");
_Static_assert(sizeof(struct linux_nlmsghdr) == 16, "nlmsghdr layout");
_Static_assert(sizeof(struct linux_ifinfomsg) == 16, "ifinfomsg layout");
_Static_assert(sizeof(struct linux_ifaddrmsg) == 8, "ifaddrmsg layout");
_Static_assert(sizeof(struct linux_rtmsg) == 12, "rtmsg layout");

#endif
