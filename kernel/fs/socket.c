/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets as files, and the list of families. */
#include "kernel/fs/socket.h"

#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/super.h"
#include "lib/str.h"

static struct socket_family *families;

void socket_register(struct socket_family *f)
{
    f->next = families;
    families = f;
}

int socket_create(int family, int type, int protocol, struct socket **s)
{
    if (family < 0 || family >= AF_MAX)
        return -EAFNOSUPPORT;
    for (struct socket_family *f = families; f; f = f->next)
        if (f->family == family)
            return f->create(type, protocol, s);
    return -EAFNOSUPPORT;
}

void socket_control(struct socket_control *c, int level, int type, const void *data, uint32_t size)
{
    struct linux_cmsghdr h = {.len = sizeof(h) + size, .level = level, .type = type};
    if (!c || sizeof(c->bytes) - c->used < ALIGN_UP(h.len, (uint64_t)8))
        return;
    memcpy(c->bytes + c->used, &h, sizeof(h));
    memcpy(c->bytes + c->used + sizeof(h), data, size);
    c->used += (uint32_t)ALIGN_UP(h.len, (uint64_t)8);
}

static long socket_read(struct file *f, struct uio *u, int64_t *pos)
{
    struct socket *s = f->priv;
    struct socket_message m = {.uio = u};
    (void)pos;
    if (!u->left)
        return 0;
    return s->ops->receive(s, &m, file_nonblock(f));
}

static long socket_write(struct file *f, struct uio *u, int64_t *pos)
{
    struct socket *s = f->priv;
    struct socket_message m = {.uio = u};
    (void)pos;
    return s->ops->send(s, &m, file_nonblock(f));
}

static unsigned socket_poll(struct file *f, struct poll_table *pt)
{
    struct socket *s = f->priv;
    return s->ops->poll(s, pt);
}

static long socket_ioctl(struct file *f, uint32_t request, uint64_t arg)
{
    struct socket *s = f->priv;
    if (request != FIONREAD)
        return s->ops->ioctl ? s->ops->ioctl(s, request, arg) : -ENOTTY;
    uint32_t n = s->ops->readable(s);
    return copy_to_user(arg, &n, sizeof(n));
}

static void socket_release(struct file *f)
{
    struct socket *s = f->priv;
    s->ops->release(s);
}

static const struct file_ops socket_fops = {.read = socket_read,
                                            .write = socket_write,
                                            .poll = socket_poll,
                                            .ioctl = socket_ioctl,
                                            .release = socket_release};
static const struct inode_ops socket_inode_ops;

struct file *socket_file(struct socket *s, uint32_t flags)
{
    struct inode *inode =
        inode_new(&super_nameless, S_IFSOCK | 0777, &socket_inode_ops, &socket_fops);
    struct file *f = inode ? file_new(&socket_fops, inode, O_RDWR | (flags & O_NONBLOCK)) : NULL;
    if (f) {
        f->priv = s;
        return f;
    }
    if (inode)
        inode_put(inode);
    s->ops->release(s);
    return NULL;
}

struct socket *socket_of(const struct file *f)
{
    return f->ops == &socket_fops ? f->priv : NULL;
}
