/* SPDX-License-Identifier: Apache-2.0 */
/* The socket system calls: descriptors, addresses and options. Messages with control data are in
 * socket_message.c. */
#include "kernel/linux/socket_call.h"

#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"
#include "lib/str.h"

int socket_get(int fd, struct file **f, struct socket **s)
{
    *f = fd_get_io(fd);
    *s = NULL;
    if (!*f)
        return -EBADF;
    *s = socket_of(*f);
    if (*s)
        return 0;
    fd_put(*f);
    return -ENOTSOCK;
}

int socket_address_read(vaddr_t at, uint64_t len, struct socket_address *a)
{
    *a = (struct socket_address){.len = (uint32_t)len};
    if ((int)len < 0 || len > sizeof(a->bytes))
        return -EINVAL;
    return len ? copy_from_user(a->bytes, at, len) : 0;
}

int socket_address_write(const struct socket_address *a, vaddr_t at, vaddr_t len_at)
{
    int32_t room;
    if (!at)
        return 0;
    if (copy_from_user(&room, len_at, sizeof(room)))
        return -EFAULT;
    if (room < 0)
        return -EINVAL;
    if (copy_to_user(at, a->bytes, MIN((uint32_t)room, a->len)))
        return -EFAULT;
    return copy_to_user(len_at, &a->len, sizeof(a->len));
}

/* ---- making ---- */

static int type_check(int type)
{
    uint32_t flags = (uint32_t)type & ~(uint32_t)SOCK_TYPE_MASK;
    return flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC) ? -EINVAL : 0;
}

long sys_socket(int family, int type, int protocol)
{
    struct socket *s = NULL;
    int err = type_check(type);
    if (!err)
        err = socket_create(family, type & SOCK_TYPE_MASK, protocol, &s);
    return err ? err : fd_install(socket_file(s, (uint32_t)type), (uint32_t)type & SOCK_CLOEXEC);
}

/* Two connected sockets, or neither. */
static int make_pair(int family, int type, int protocol, struct socket *s[2])
{
    int err = socket_create(family, type, protocol, &s[0]);
    if (err)
        return err;
    err = s[0]->ops->pair ? socket_create(family, type, protocol, &s[1]) : -EOPNOTSUPP;
    if (err)
        s[0]->ops->release(s[0]);
    return err ? err : s[0]->ops->pair(s[0], s[1]);
}

long sys_socketpair(int family, int type, int protocol, vaddr_t fds)
{
    struct socket *s[2];
    struct file *ends[2];
    int err = type_check(type);
    if (!err)
        err = make_pair(family, type & SOCK_TYPE_MASK, protocol, s);
    if (err)
        return err;
    ends[0] = socket_file(s[0], (uint32_t)type);
    ends[1] = socket_file(s[1], (uint32_t)type);
    if (ends[0] && ends[1])
        return fd_install_pair(ends, (uint32_t)type & SOCK_CLOEXEC, fds);
    if (ends[0])
        file_put(ends[0]);
    if (ends[1])
        file_put(ends[1]);
    return -ENOMEM;
}

long sys_accept4(int fd, vaddr_t addr, vaddr_t len, uint32_t flags)
{
    struct file *f;
    struct socket *s, *made = NULL;
    struct socket_address a = {0};
    if (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC))
        return -EINVAL;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = s->ops->accept(s, file_nonblock(f), &made);
    fd_put(f);
    if (err)
        return err;
    if (addr)
        (void)!made->ops->name(made, true, &a); /* a peer that has gone already has no name */
    struct file *end = socket_file(made, flags);
    if (!end)
        return -ENOMEM;
    err = socket_address_write(&a, addr, len);
    if (!err)
        return fd_install(end, flags & SOCK_CLOEXEC);
    file_put(end);
    return err;
}

long sys_accept(int fd, vaddr_t addr, vaddr_t len)
{
    return sys_accept4(fd, addr, len, 0);
}

/* ---- names ---- */

long sys_bind(int fd, vaddr_t addr, uint64_t len)
{
    struct file *f;
    struct socket *s;
    struct socket_address a;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = socket_address_read(addr, len, &a);
    if (!err)
        err = s->ops->bind(s, &a);
    fd_put(f);
    return err;
}

long sys_connect(int fd, vaddr_t addr, uint64_t len)
{
    struct file *f;
    struct socket *s;
    struct socket_address a;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = socket_address_read(addr, len, &a);
    if (!err)
        err = s->ops->connect(s, &a, file_nonblock(f));
    fd_put(f);
    return err;
}

long sys_listen(int fd, int backlog)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = s->ops->listen(s, backlog);
    fd_put(f);
    return err;
}

static long name_of(int fd, bool peer, vaddr_t addr, vaddr_t len)
{
    struct file *f;
    struct socket *s;
    struct socket_address a;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = s->ops->name(s, peer, &a);
    fd_put(f);
    return err ? err : socket_address_write(&a, addr, len);
}

long sys_getsockname(int fd, vaddr_t addr, vaddr_t len)
{
    return name_of(fd, false, addr, len);
}

long sys_getpeername(int fd, vaddr_t addr, vaddr_t len)
{
    return name_of(fd, true, addr, len);
}

long sys_shutdown(int fd, int how)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = s->ops->shutdown(s, how);
    fd_put(f);
    return err;
}

/* ---- options ---- */

static int get_common(struct socket *s, int option, int *value)
{
    switch (option) {
    case SO_TYPE:
        *value = s->type;
        return 0;
    case SO_DOMAIN:
        *value = s->family;
        return 0;
    case SO_PROTOCOL:
        *value = s->protocol;
        return 0;
    case SO_SNDBUF:
        *value = s->send_buffer;
        return 0;
    case SO_RCVBUF:
        *value = s->receive_buffer;
        return 0;
    case SO_PASSCRED:
        *value = s->pass_credentials;
        return 0;
    case SO_REUSEADDR:
    case SO_REUSEPORT:
    case SO_KEEPALIVE:
    case SO_BROADCAST:
    case SO_DEBUG:
        *value = 0;
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

/* Answers that are no int: into buf, their length. */
static int get_wide(struct socket *s, int option, uint8_t buf[16])
{
    struct fs_context *c = fs_context_self();
    struct linux_ucred cred = {1, c->uid, c->gid};
    struct linux_timeval tv = {0};
    int64_t ns = option == SO_RCVTIMEO ? s->receive_timeout_ns : s->send_timeout_ns;
    switch (option) {
    case SO_PEERCRED:
        memcpy(buf, &cred, sizeof(cred));
        return sizeof(cred);
    case SO_RCVTIMEO:
    case SO_SNDTIMEO:
        if (ns != WAIT_FOREVER)
            tv = (struct linux_timeval){ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / 1000};
        memcpy(buf, &tv, sizeof(tv));
        return sizeof(tv);
    case SO_LINGER:
        memset(buf, 0, 8);
        return 8;
    default:
        return 0;
    }
}

#define OPTION_BYTES_MAX 256u

/* The family's own, into buf: how many bytes, or 0. */
static int get_family_wide(struct socket *s, int level, int option, uint8_t *buf, int room)
{
    if (!s->ops->get_wide)
        return 0;
    int n = s->ops->get_wide(s, level, option, buf, MIN((uint32_t)room, OPTION_BYTES_MAX));
    return n == -ENOPROTOOPT ? 0 : n;
}

static long get_option(struct socket *s, int level, int option, vaddr_t val, vaddr_t len_at)
{
    uint8_t buf[OPTION_BYTES_MAX];
    int32_t room, value = 0;
    if (copy_from_user(&room, len_at, sizeof(room)))
        return -EFAULT;
    if (room < 0)
        return -EINVAL;
    int len = get_family_wide(s, level, option, buf, room);
    if (!len && level == SOL_SOCKET)
        len = get_wide(s, option, buf);
    if (len < 0)
        return len;
    if (!len) {
        int err = s->ops->get_option(s, level, option, &value);
        if (err == -ENOPROTOOPT && level == SOL_SOCKET)
            err = get_common(s, option, &value);
        if (err)
            return err;
        memcpy(buf, &value, sizeof(value));
        len = sizeof(value);
    }
    room = MIN(room, len);
    if (copy_to_user(val, buf, (size_t)room))
        return -EFAULT;
    return copy_to_user(len_at, &room, sizeof(room));
}

long sys_getsockopt(int fd, int level, int opt, vaddr_t val, vaddr_t len)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long n = get_option(s, level, opt, val, len);
    fd_put(f);
    return n;
}

static int set_timeout(vaddr_t val, uint64_t len, int64_t *ns)
{
    struct linux_timeval tv;
    if (len < sizeof(tv))
        return -EINVAL;
    if (copy_from_user(&tv, val, sizeof(tv)))
        return -EFAULT;
    if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
        return -EDOM;
    bool none = tv.tv_sec < 0 || (!tv.tv_sec && !tv.tv_usec) || tv.tv_sec > INT32_MAX;
    *ns = none ? WAIT_FOREVER : tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * 1000;
    return 0;
}

/* Twice what is asked for (socket(7)); a negative number is a large one, as on Linux. */
static int buffer_bytes(int value, int least)
{
    return MAX((int)MIN((uint32_t)value, 212992u) * 2, least);
}

static int set_common(struct socket *s, int option, int value)
{
    switch (option) {
    case SO_SNDBUF:
    case SO_SNDBUFFORCE:
        s->send_buffer = buffer_bytes(value, 4608);
        return 0;
    case SO_RCVBUF:
    case SO_RCVBUFFORCE:
        s->receive_buffer = buffer_bytes(value, 2304);
        return 0;
    case SO_PASSCRED:
        s->pass_credentials = value;
        return 0;
    case SO_REUSEADDR:
    case SO_REUSEPORT:
    case SO_KEEPALIVE:
    case SO_BROADCAST:
    case SO_DEBUG:
    case SO_LINGER:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

static int set_family_wide(struct socket *s, int level, int option, vaddr_t val, uint64_t len)
{
    uint8_t buf[OPTION_BYTES_MAX];
    uint32_t n = (uint32_t)MIN(len, (uint64_t)sizeof(buf));
    if (!s->ops->set_wide)
        return -ENOPROTOOPT;
    return copy_from_user(buf, val, n) ? -EFAULT : s->ops->set_wide(s, level, option, buf, n);
}

/* IP's options (level 0) may be one byte. */
static int read_number(struct socket *s, int level, vaddr_t val, uint64_t len, int *value)
{
    uint8_t byte;
    bool short_one = !level && s->family != AF_UNIX && len && len < sizeof(*value);
    if (len < sizeof(*value) && !short_one)
        return -EINVAL;
    if (!short_one)
        return copy_from_user(value, val, sizeof(*value)) ? -EFAULT : 0;
    if (copy_from_user(&byte, val, 1))
        return -EFAULT;
    *value = byte;
    return 0;
}

static int set_option(struct socket *s, int level, int option, vaddr_t val, uint64_t len)
{
    int value;
    if (level == SOL_SOCKET && option == SO_RCVTIMEO)
        return set_timeout(val, len, &s->receive_timeout_ns);
    if (level == SOL_SOCKET && option == SO_SNDTIMEO)
        return set_timeout(val, len, &s->send_timeout_ns);
    int wide = set_family_wide(s, level, option, val, len);
    if (wide != -ENOPROTOOPT)
        return wide;
    int got = read_number(s, level, val, len, &value);
    if (got)
        return got;
    int err = s->ops->set_option ? s->ops->set_option(s, level, option, value) : -ENOPROTOOPT;
    if (err == -ENOPROTOOPT && level == SOL_SOCKET)
        return set_common(s, option, value);
    return level == SOL_SOCKET || s->ops->set_option ? err : -EOPNOTSUPP;
}

long sys_setsockopt(int fd, int level, int opt, vaddr_t val, uint64_t len)
{
    struct file *f;
    struct socket *s;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    err = set_option(s, level, opt, val, len);
    fd_put(f);
    return err;
}
