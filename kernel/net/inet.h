/* SPDX-License-Identifier: Apache-2.0 */
/* What stream and datagram sockets of AF_INET and AF_INET6 have in common: addresses, ports, most
 * options. Fields are under stack_lock unless said otherwise. */
#ifndef KERNEL_NET_INET_H
#define KERNEL_NET_INET_H

#include <lwip/ip_addr.h>
#include <lwip/netif.h>

#include "abi/linux_inet.h"
#include "kernel/fs/socket.h"
#include "kernel/net/stack.h"

struct pbuf;

enum inet_wanted { /* control data that receives want */
                   WANT_PKTINFO = 1,
                   WANT_TTL = 2,
                   WANT_TOS = 4,
                   WANT_PKTINFO6 = 8,
                   WANT_HOPLIMIT6 = 16,
                   WANT_TCLASS6 = 32,
};

struct inet_socket {
    struct socket s;
    uint32_t refs; /* atomic: the file's, and one for each other socket or list that leads here */
    struct waitq wait;
    struct mutex reading, writing;    /* one at a time, so that bytes keep their order */
    ip_addr_t local, remote;          /* local: IPADDR_TYPE_ANY for both families' any */
    uint16_t local_port, remote_port; /* 0: none */
    struct list claimed;              /* its port; see ports.h */
    bool listening;                   /* as ports.h sees it */
    bool address_bound;               /* bind named the address */
    bool receive_shut, send_shut;
    int error; /* told once; positive */
    bool v6only, reuse_address, reuse_port, keepalive, broadcast, linger, no_mc_loop, freebind;
    bool header_included;         /* raw: the program writes the IPv4 header */
    uint8_t wanted;               /* enum inet_wanted */
    uint8_t ttl, tos, mc_ttl;     /* ttl 0: the usual */
    uint8_t mc_interface, device; /* indices; 0: any */
    int linger_s;
    struct membership *memberships; /* multicast groups */
};

static inline struct inet_socket *inet_of(struct socket *s)
{
    return container_of(s, struct inet_socket, s);
}

/* inet_register - AF_INET and AF_INET6. Boot. */
void inet_register(void);

/* inet_init - the common part of a new socket, zeroed memory, with one reference. */
void inet_init(struct inet_socket *i, const struct socket_ops *ops, int family, int type,
               int protocol);

/* inet_read - what a program's address means: IPv4 within IPv6 becomes IPv4. -EINVAL,
 * -EAFNOSUPPORT, -ENETUNREACH (IPv4 through a socket for IPv6 only). inet_write: the other way
 * round. */
int inet_read(const struct inet_socket *i, const struct socket_address *a, ip_addr_t *ip,
              uint16_t *port) MUST_CHECK;
void inet_write(const struct inet_socket *i, const ip_addr_t *ip, uint16_t port,
                struct socket_address *a);

/* inet_bind_locked - check that the address is this machine's and claim the port (0: any). -EINVAL
 * when it has one, -EADDRINUSE, -EADDRNOTAVAIL. inet_autobind_locked: a port, if it has none.
 * -EADDRINUSE: there is none left. */
int inet_bind_locked(struct inet_socket *i, const struct socket_address *a) MUST_CHECK;
int inet_autobind_locked(struct inet_socket *i) MUST_CHECK;

/* inet_any - the unspecified address as a socket of this kind binds it. */
ip_addr_t inet_any(const struct inet_socket *i);

/* inet_is_local_locked - ip is one of this machine's addresses. */
bool inet_is_local_locked(const ip_addr_t *ip);

/* inet_name - struct socket_ops' function. */
int inet_name(struct socket *s, bool peer, struct socket_address *a);

/* inet_ioctl - struct socket_ops' function: what netdevice(7) tells of interfaces. */
long inet_ioctl(struct socket *s, uint32_t request, uint64_t arg);

/* inet_take_error - the pending error as a negative errno; there is none any more. */
int inet_take_error_locked(struct inet_socket *i);

/* inet_get_option, inet_set_option - SOL_SOCKET, IP and IPv6; -ENOPROTOOPT for what they don't
 * know. inet_set_wide: those that are no int. Without the lock. */
int inet_get_option(struct inet_socket *i, int level, int option, int *value);
int inet_set_option(struct inet_socket *i, int level, int option, int value);
int inet_get_wide(struct inet_socket *i, int level, int option, void *buf, uint32_t room);
int inet_set_wide(struct inet_socket *i, int level, int option, const void *buf, uint32_t size);

/* inet_release - what a closed socket gives back: port, groups. Under the lock. */
void inet_release_locked(struct inet_socket *i);

/* inet_apply_locked - set the options that lwIP looks at in a control block. */
struct ip_pcb;
void inet_apply_locked(const struct inet_socket *i, struct ip_pcb *pcb);

/* multicast.c: join or leave; the interface by index, 0: any. -EADDRINUSE, -EADDRNOTAVAIL, -ENODEV,
 * -ENOBUFS. inet_is_member_locked: a datagram for this group may come in here. */
int inet_join_locked(struct inet_socket *i, const ip_addr_t *group, uint8_t index) MUST_CHECK;
int inet_leave_locked(struct inet_socket *i, const ip_addr_t *group, uint8_t index) MUST_CHECK;
void inet_leave_all_locked(struct inet_socket *i);
bool inet_is_member_locked(const struct inet_socket *i, const ip_addr_t *group, uint8_t index);

/* The ports of one protocol. */
enum port_space { PORTS_STREAM, PORTS_DATAGRAM, PORTS_ECHO, PORT_SPACES };

/* port_start - the table. Boot, once. False: no memory. */
bool port_start(void) MUST_CHECK;

/* port_claim_locked - give i the port, 0: one that nobody has, with its local address as it is set.
 * -EADDRINUSE by Linux' rules of SO_REUSEADDR and SO_REUSEPORT. port_release_locked: no harm if it
 * has none. port_listen_locked: i listens from now on; -EADDRINUSE. port_group_locked: of the
 * sockets that share i's port and address by SO_REUSEPORT the one that a peer's packets are for:
 * the same one as long as the group stays as it is. */
int port_claim_locked(struct inet_socket *i, uint16_t port) MUST_CHECK;
void port_release_locked(struct inet_socket *i);
int port_listen_locked(struct inet_socket *i) MUST_CHECK;
struct inet_socket *port_group_locked(struct inet_socket *i, const ip_addr_t *peer, uint16_t port);

/* stream_create, datagram_create - the families' two kinds (stream.c, datagram.c). */
int stream_create(int family, int protocol, struct socket **s) MUST_CHECK;
int datagram_create(int family, int type, int protocol, struct socket **s) MUST_CHECK;

#endif
