/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets as files, whatever their family. A family registers what it can do; the system calls
 * (kernel/linux/socket.c) copy and check arguments and call it. Addresses are in kernel memory.
 */
#ifndef KERNEL_FS_SOCKET_H
#define KERNEL_FS_SOCKET_H

#include "abi/linux_socket.h"
#include "kernel/fs/inode.h"

struct socket_address {
    uint32_t len; /* 0: none */
    uint8_t bytes[SOCKADDR_MAX];
};

/* What one sendmsg or recvmsg moves besides bytes. */
struct socket_message {
    struct uio *uio;
    uint32_t flags; /* MSG_*; of a receive, what holds of the result is put into flags_out */
    uint32_t flags_out;
    struct socket_address *name; /* the destination; gets the sender. NULL: not wanted */
    struct file **files; /* passed along, references: taken over with file_count set to 0; received
                            ones are the caller's */
    uint32_t file_count;
    /* Control data of the family's own levels, as struct cmsg: what a send brings; room for what a
     * receive has, which the family adds with socket_control. NULL: none, or not wanted. */
    const uint8_t *control;
    uint32_t control_bytes;
    struct socket_control *control_out;
};

/* What a family has to say besides bytes: messages one behind the other, each 8-byte aligned. */
struct socket_control {
    uint32_t used;
    uint8_t bytes[160];
};

struct socket;

struct socket_ops {
    int (*bind)(struct socket *s, const struct socket_address *a);
    int (*connect)(struct socket *s, const struct socket_address *a, bool nonblock);
    int (*listen)(struct socket *s, int backlog);
    int (*accept)(struct socket *s, bool nonblock,
                  struct socket **made); /* flags of the new one are the caller's affair */
    int (*name)(struct socket *s, bool peer, struct socket_address *a);
    long (*send)(struct socket *s, struct socket_message *m, bool nonblock);
    long (*receive)(struct socket *s, struct socket_message *m, bool nonblock);
    int (*shutdown)(struct socket *s, int how);
    int (*get_option)(struct socket *s, int level, int option,
                      int *value); /* those of SOL_SOCKET that all have come after it */
    int (*set_option)(struct socket *s, int level, int option, int value);
    /* Options that are no int; NULL: none. get_wide: bytes put into buf, at most room. Both say
     * -ENOPROTOOPT for one that they leave to the functions above. */
    int (*get_wide)(struct socket *s, int level, int option, void *buf, uint32_t room);
    int (*set_wide)(struct socket *s, int level, int option, const void *buf, uint32_t size);
    unsigned (*poll)(struct socket *s, struct poll_table *pt);
    uint32_t (*readable)(struct socket *s); /* FIONREAD */
    /* What socket.c doesn't know; NULL: -ENOTTY. */
    long (*ioctl)(struct socket *s, uint32_t request, uint64_t arg);
    int (*pair)(struct socket *a, struct socket *b);
    void (*release)(struct socket *s);
};

struct socket {
    const struct socket_ops *ops;
    int family, type, protocol;
    int64_t receive_timeout_ns, send_timeout_ns; /* WAIT_FOREVER: none */
    int send_buffer, receive_buffer;
    bool pass_credentials;
};

struct socket_family {
    int family;
    /* A socket of this type and protocol, or -EPROTONOSUPPORT, -ESOCKTNOSUPPORT, ... */
    int (*create)(int type, int protocol, struct socket **s);
    struct socket_family *next;
};

/* socket_register - boot. socket_create - -EAFNOSUPPORT for families that nobody registered. */
void socket_register(struct socket_family *f);
int socket_create(int family, int type, int protocol, struct socket **s) MUST_CHECK;

/* socket_file - a file around s, which it owns from now on; on failure s is released. flags:
 * O_NONBLOCK. NULL: no memory. */
struct file *socket_file(struct socket *s, uint32_t flags) MUST_CHECK;

/* socket_of - f's socket or NULL: -ENOTSOCK. */
struct socket *socket_of(const struct file *f);

/* socket_control - add a message to c, which may be NULL, if there is room. */
void socket_control(struct socket_control *c, int level, int type, const void *data, uint32_t size);

#endif
