/* SPDX-License-Identifier: Apache-2.0 */
/* sendto, recvfrom, sendmsg, recvmsg and their plurals; descriptors and credentials as control
 * data. */
#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/context.h"
#include "kernel/linux/iovec.h"
#include "kernel/linux/socket_call.h"
#include "kernel/linux/time.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

#define CONTROL_MAX   10240u /* bytes of control data taken in */
#define MANY_MAX      1024u  /* messages of one sendmmsg or recvmmsg */
#define CMSG_ALIGN(n) ALIGN_UP((n), (uint64_t)8)

/* ---- without control data ---- */

long sys_sendto(int fd, vaddr_t buf, uint64_t size, uint32_t flags, vaddr_t addr, uint64_t len)
{
    struct file *f;
    struct socket *s;
    struct socket_address a = {0};
    struct uio u;
    if (buf > USER_END || size > USER_END - buf)
        return -EFAULT;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    if (addr)
        err = socket_address_read(addr, len, &a);
    uio_user(&u, buf, MIN(size, (uint64_t)RW_COUNT_MAX));
    struct socket_message m = {.uio = &u, .flags = flags, .name = addr ? &a : NULL};
    long n = err ? err : s->ops->send(s, &m, file_nonblock(f));
    fd_put(f);
    return n;
}

long sys_recvfrom(int fd, vaddr_t buf, uint64_t size, uint32_t flags, vaddr_t addr, vaddr_t len)
{
    struct file *f;
    struct socket *s;
    struct socket_address a = {0};
    struct uio u;
    if (buf > USER_END || size > USER_END - buf)
        return -EFAULT;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    uio_user(&u, buf, MIN(size, (uint64_t)RW_COUNT_MAX));
    struct socket_message m = {.uio = &u, .flags = flags, .name = &a};
    long n = s->ops->receive(s, &m, file_nonblock(f));
    fd_put(f);
    if (n >= 0 && addr && socket_address_write(&a, addr, len))
        n = -EFAULT;
    return n;
}

/* ---- control data of a send ---- */

static void put_files(struct file **files, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        file_put(files[i]);
}

/* The descriptors of one SCM_RIGHTS message. */
static int take_rights(const char *data, uint64_t bytes, struct socket_message *m)
{
    const int32_t *fds = (const int32_t *)data;
    uint32_t count = (uint32_t)(bytes / sizeof(*fds));
    if (m->file_count + count > SCM_RIGHTS_MAX)
        return -EINVAL;
    if (!m->files)
        m->files = kmalloc(SCM_RIGHTS_MAX * sizeof(*m->files));
    if (!m->files)
        return -ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        struct file *f = fd_get(fds[i]);
        if (!f)
            return -EBADF;
        m->files[m->file_count++] = f;
    }
    return 0;
}

/* A program may send only its own credentials, or any if it is user 0; nobody else is there to be
 * lied about. */
static int take_control(const char *control, uint64_t size, struct socket_message *m)
{
    uint64_t at = 0;
    while (size - at >= sizeof(struct linux_cmsghdr)) {
        const struct linux_cmsghdr *c = (const struct linux_cmsghdr *)(control + at);
        if (c->len < sizeof(*c) || c->len > size - at)
            return -EINVAL;
        uint64_t bytes = c->len - sizeof(*c);
        int err = 0;
        if (c->level == SOL_SOCKET && c->type == SCM_RIGHTS)
            err = take_rights(control + at + sizeof(*c), bytes, m);
        else if (c->level == SOL_SOCKET && c->type != SCM_CREDENTIALS)
            err = -EINVAL;
        if (err)
            return err;
        at = MIN(at + CMSG_ALIGN(c->len), size);
    }
    return 0;
}

static int read_control(const struct linux_msghdr *h, struct socket_message *m)
{
    if (!h->controllen)
        return 0;
    if (h->controllen > CONTROL_MAX)
        return -ENOBUFS;
    char *control = kmalloc(h->controllen);
    if (!control)
        return -ENOMEM;
    m->control = (const uint8_t *)control;
    m->control_bytes = (uint32_t)h->controllen;
    int err = copy_from_user(control, h->control, h->controllen);
    return err ? err : take_control(control, h->controllen, m);
}

/* ---- data ---- */

typedef long transfer_fn(struct socket *s, struct socket_message *m, bool nonblock);

static long transfer(struct file *f, struct socket *s, const struct linux_msghdr *h,
                     struct socket_message *m, transfer_fn *fn)
{
    struct iovec_arg v;
    long n = iovec_read(&v, h->iov, h->iovlen);
    if (n)
        return n == -EINVAL ? -EMSGSIZE : n;
    n = iovec_check(&v);
    m->uio = &v.uio;
    if (!n)
        n = fn(s, m, file_nonblock(f));
    iovec_done(&v);
    return n;
}

/* ---- sendmsg ---- */

static long send_message(struct file *f, struct socket *s, const struct linux_msghdr *h,
                         uint32_t flags)
{
    struct socket_address a = {0};
    struct socket_message m = {.flags = flags};
    int err = 0;
    if (h->name) {
        err = socket_address_read(h->name, MIN(h->namelen, SOCKADDR_MAX), &a);
        m.name = &a;
    }
    if (!err)
        err = read_control(h, &m);
    long n = err ? err : transfer(f, s, h, &m, s->ops->send);
    put_files(m.files, m.file_count); /* those that didn't go along */
    kfree(m.files);
    kfree((void *)(uintptr_t)m.control);
    return n;
}

long sys_sendmsg(int fd, vaddr_t msg, uint32_t flags)
{
    struct file *f;
    struct socket *s;
    struct linux_msghdr h;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long n = copy_from_user(&h, msg, sizeof(h)) ? -EFAULT : send_message(f, s, &h, flags);
    fd_put(f);
    return n;
}

static long send_one_of_many(struct file *f, struct socket *s, vaddr_t msg, uint32_t flags)
{
    struct linux_mmsghdr h;
    if (copy_from_user(&h, msg, sizeof(h)))
        return -EFAULT;
    long n = send_message(f, s, &h.hdr, flags);
    if (n < 0)
        return n;
    h.len = (uint32_t)n;
    return copy_to_user(msg + offsetof(struct linux_mmsghdr, len), &h.len, sizeof(h.len));
}

/* How many messages were sent; an error only if it was the first's. */
long sys_sendmmsg(int fd, vaddr_t msgs, uint32_t count, uint32_t flags)
{
    struct file *f;
    struct socket *s;
    uint32_t done = 0;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long n = 0;
    for (; done < MIN(count, MANY_MAX) && !n; done += !n)
        n = send_one_of_many(f, s, msgs + done * sizeof(struct linux_mmsghdr), flags);
    fd_put(f);
    return done ? (long)done : n;
}

/* ---- control data of a receive ---- */

struct control_out {
    vaddr_t at;
    uint64_t left, used;
    bool cut;
};

/* One message with `bytes` of data from `data`, cut to what fits. */
static int put_message(struct control_out *out, int level, int type, const void *data,
                       uint64_t bytes)
{
    struct linux_cmsghdr c = {.len = sizeof(c) + bytes, .level = level, .type = type};
    if (out->left < sizeof(c)) {
        out->cut = true;
        return 0;
    }
    if (c.len > out->left) {
        out->cut = true;
        c.len = out->left;
    }
    if (copy_to_user(out->at, &c, sizeof(c)) ||
        copy_to_user(out->at + sizeof(c), data, c.len - sizeof(c)))
        return -EFAULT;
    uint64_t space = MIN(CMSG_ALIGN(c.len), out->left);
    out->at += space;
    out->left -= space;
    out->used += space;
    return 0;
}

static int put_control(struct control_out *out, int type, const void *data, uint64_t bytes)
{
    return put_message(out, SOL_SOCKET, type, data, bytes);
}

/* What the family has added. */
static int put_family(struct control_out *out, const struct socket_control *c)
{
    int err = 0;
    for (uint32_t at = 0; c && at < c->used && !err;) {
        struct linux_cmsghdr h;
        memcpy(&h, c->bytes + at, sizeof(h));
        err = put_message(out, h.level, h.type, c->bytes + at + sizeof(h), h.len - sizeof(h));
        at += (uint32_t)CMSG_ALIGN(h.len);
    }
    return err;
}

/* Install as many of the files as there is room for in the program's buffer; the rest is closed. */
static int put_rights(struct control_out *out, struct socket_message *m)
{
    int32_t fds[SCM_RIGHTS_MAX < 64 ? SCM_RIGHTS_MAX : 64];
    uint64_t fit = out->left > sizeof(struct linux_cmsghdr)
                       ? (out->left - sizeof(struct linux_cmsghdr)) / sizeof(*fds)
                       : 0;
    uint32_t n = 0;
    while (n < m->file_count && n < fit && n < ARRAY_SIZE(fds)) {
        int fd = fd_install(file_get(m->files[n]), m->flags & MSG_CMSG_CLOEXEC);
        if (fd < 0)
            break;
        fds[n++] = fd;
    }
    out->cut |= n < m->file_count;
    put_files(m->files, m->file_count);
    return n ? put_control(out, SCM_RIGHTS, fds, n * sizeof(*fds)) : 0;
}

static int write_control(struct control_out *out, const struct socket *s, struct socket_message *m)
{
    struct fs_context *c = fs_context_self();
    struct linux_ucred cred = {1, c->uid, c->gid};
    int err = s->pass_credentials ? put_control(out, SCM_CREDENTIALS, &cred, sizeof(cred)) : 0;
    if (m->file_count && !err)
        err = put_rights(out, m);
    return err ? err : put_family(out, m->control_out);
}

/* ---- recvmsg ---- */

/* Name, control data, flags: back into the program's struct msghdr. */
static int receive_results(const struct socket *s, struct linux_msghdr *h, vaddr_t msg,
                           struct socket_message *m)
{
    struct control_out out = {.at = h->control, .left = h->control ? h->controllen : 0};
    int err = write_control(&out, s, m);
    if (err)
        return err;
    if (h->name && copy_to_user(h->name, m->name->bytes, MIN(h->namelen, m->name->len)))
        return -EFAULT;
    h->namelen = h->name ? m->name->len : h->namelen;
    h->controllen = out.used;
    h->flags = m->flags_out | (out.cut ? MSG_CTRUNC : 0) | (m->flags & MSG_CMSG_CLOEXEC);
    return copy_to_user(msg, h, sizeof(*h));
}

static long receive_message(struct file *f, struct socket *s, struct linux_msghdr *h, vaddr_t msg,
                            uint32_t flags)
{
    struct socket_address a = {0};
    struct socket_control control = {0};
    struct socket_message m = {.flags = flags, .name = &a, .control_out = &control};
    m.files = s->family != AF_UNIX ? NULL : kmalloc(SCM_RIGHTS_MAX * sizeof(*m.files));
    if (!m.files && s->family == AF_UNIX)
        return -ENOMEM;
    long n = transfer(f, s, h, &m, s->ops->receive);
    if (n >= 0) {
        int err = receive_results(s, h, msg, &m);
        n = err ? err : n;
    }
    kfree(m.files);
    return n;
}

long sys_recvmsg(int fd, vaddr_t msg, uint32_t flags)
{
    struct file *f;
    struct socket *s;
    struct linux_msghdr h;
    int err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long n = copy_from_user(&h, msg, sizeof(h)) ? -EFAULT : receive_message(f, s, &h, msg, flags);
    fd_put(f);
    return n;
}

static long receive_one_of_many(struct file *f, struct socket *s, vaddr_t msg, uint32_t flags)
{
    struct linux_mmsghdr h;
    if (copy_from_user(&h, msg, sizeof(h)))
        return -EFAULT;
    long n = receive_message(f, s, &h.hdr, msg, flags);
    if (n < 0)
        return n;
    h.len = (uint32_t)n;
    return copy_to_user(msg + offsetof(struct linux_mmsghdr, len), &h.len, sizeof(h.len));
}

/* How many messages have come; an error only if it was the first's. The time limit is looked at
 * after each message, as on Linux. */
long sys_recvmmsg(int fd, vaddr_t msgs, uint32_t count, uint32_t flags, vaddr_t timeout)
{
    struct file *f = NULL;
    struct socket *s = NULL;
    int64_t end_ns;
    uint32_t done = 0;
    int err = time_read_deadline(timeout, &end_ns);
    if (!err)
        err = socket_get(fd, &f, &s);
    if (err)
        return err;
    long n = 0;
    while (done < MIN(count, MANY_MAX) && !n && (!done || clock_mono_ns() < end_ns)) {
        n = receive_one_of_many(f, s, msgs + done * sizeof(struct linux_mmsghdr),
                                flags & ~MSG_WAITFORONE);
        done += !n;
        if (flags & MSG_WAITFORONE)
            flags |= MSG_DONTWAIT;
    }
    fd_put(f);
    return done ? (long)done : n;
}
