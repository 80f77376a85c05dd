/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets as the Linux system calls of 64-bit machines see them. Sources: Linux
 * include/uapi/linux/{socket,un}.h, asm-generic/socket.h. */
#ifndef ABI_LINUX_SOCKET_H
#define ABI_LINUX_SOCKET_H

#include "lib/types.h"

enum address_family {
    AF_UNSPEC = 0,
    AF_UNIX = 1,
    AF_INET = 2,
    AF_INET6 = 10,
    AF_NETLINK = 16,
    AF_MAX = 46
};

enum socket_type {
    SOCK_STREAM = 1,
    SOCK_DGRAM = 2,
    SOCK_RAW = 3,
    SOCK_SEQPACKET = 5,
    SOCK_TYPE_MASK = 0xf,
};
#define SOCK_NONBLOCK 04000u
#define SOCK_CLOEXEC  02000000u

enum shutdown_how { SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2 };

#define SOL_SOCKET 1
enum socket_option {
    SO_DEBUG = 1,
    SO_REUSEADDR = 2,
    SO_TYPE = 3,
    SO_ERROR = 4,
    SO_BROADCAST = 6,
    SO_SNDBUF = 7,
    SO_RCVBUF = 8,
    SO_KEEPALIVE = 9,
    SO_LINGER = 13,
    SO_REUSEPORT = 15,
    SO_PASSCRED = 16,
    SO_PEERCRED = 17,
    SO_RCVTIMEO = 20,
    SO_SNDTIMEO = 21,
    SO_ACCEPTCONN = 30,
    SO_SNDBUFFORCE = 32,
    SO_RCVBUFFORCE = 33,
    SO_PROTOCOL = 38,
    SO_DOMAIN = 39,
};

#define MSG_OOB          0x1u
#define MSG_PEEK         0x2u
#define MSG_CTRUNC       0x8u
#define MSG_TRUNC        0x20u
#define MSG_DONTWAIT     0x40u
#define MSG_EOR          0x80u
#define MSG_WAITALL      0x100u
#define MSG_ERRQUEUE     0x2000u
#define MSG_NOSIGNAL     0x4000u
#define MSG_MORE         0x8000u
#define MSG_WAITFORONE   0x10000u
#define MSG_CMSG_CLOEXEC 0x40000000u

#define SOCKADDR_MAX     128u

struct linux_sockaddr_un {
    uint16_t family;
    char path[108];
};

struct linux_msghdr {
    uint64_t name;
    uint32_t namelen, pad1_;
    uint64_t iov, iovlen;
    uint64_t control, controllen;
    uint32_t flags, pad2_;
};

struct linux_mmsghdr {
    struct linux_msghdr hdr;
    uint32_t len, pad_;
};

enum control_type { SCM_RIGHTS = 1, SCM_CREDENTIALS = 2 };
#define SCM_RIGHTS_MAX 253u

struct linux_cmsghdr {
    uint64_t len; /* with this header */
    int32_t level, type;
};

struct linux_ucred {
    int32_t pid;
    uint32_t uid, gid;
};

_Static_assert(sizeof(struct linux_sockaddr_un) == 110, "sockaddr_un layout");
_Static_assert(sizeof(struct linux_msghdr) == 56, "msghdr layout");
_Static_assert(sizeof(struct linux_mmsghdr) == 64, "mmsghdr layout");
_Static_assert(sizeof(struct linux_cmsghdr) == 16, "cmsghdr layout");

#endif
