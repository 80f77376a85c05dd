/* SPDX-License-Identifier: Apache-2.0 */
/* eventfd: the counter is guarded by the queue-independent spinlock; one queue serves both
 * directions. */
#include "kernel/fs/eventfd.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
    struct spinlock lock;
    uint64_t count;
    bool semaphore;
    struct waitq wait;
};

static bool take(struct eventfd *e, uint64_t *value)
{
    spin_lock(&e->lock);
    *value = e->semaphore && e->count ? 1 : e->count;
    e->count -= *value;
    spin_unlock(&e->lock);
    return *value;
}

static bool give(struct eventfd *e, uint64_t value)
{
    spin_lock(&e->lock);
    bool fits = value <= COUNT_MAX - e->count;
    if (fits)
        e->count += value;
    spin_unlock(&e->lock);
    return fits;
}

static long eventfd_read(struct file *f, struct uio *u, int64_t *pos)
{
    struct eventfd *e = f->priv;
    uint64_t value;
    (void)pos;
    if (u->left < sizeof(value))
        return -EINVAL;
    if (!take(e, &value)) {
        int err = file_nonblock(f) ? -EAGAIN : wait_event(&e->wait, take(e, &value), WAIT_FOREVER);
        if (err)
            return err;
    }
    waitq_wake(&e->wait, POLLOUT, 0);
    return uio_write(u, &value, sizeof(value)) == sizeof(value) ? (long)sizeof(value) : -EFAULT;
}

static long eventfd_write(struct file *f, struct uio *u, int64_t *pos)
{
    struct eventfd *e = f->priv;
    uint64_t value;
    (void)pos;
    if (u->left != sizeof(value))
        return -EINVAL;
    if (uio_read(u, &value, sizeof(value)) != sizeof(value))
        return -EFAULT;
    if (value == UINT64_MAX)
        return -EINVAL;
    if (!give(e, value)) {
        int err = file_nonblock(f) ? -EAGAIN : wait_event(&e->wait, give(e, value), WAIT_FOREVER);
        if (err)
            return err;
    }
    waitq_wake(&e->wait, POLLIN, 0);
    return sizeof(value);
}

static unsigned eventfd_poll(struct file *f, struct poll_table *pt)
{
    struct eventfd *e = f->priv;
    poll_watch(pt, &e->wait);
    uint64_t count = __atomic_load_n(&e->count, __ATOMIC_ACQUIRE);
    unsigned mask = 0;
    if (count > 0)
        mask |= POLLIN;
    if (count == UINT64_MAX)
        mask |= POLLERR;
    if (count < COUNT_MAX)
        mask |= POLLOUT;
    return mask;
}

static void eventfd_release(struct file *f)
{
    kfree(f->priv);
}

static const struct file_ops eventfd_fops = {
    .read = eventfd_read,
    .write = eventfd_write,
    .poll = eventfd_poll,
    .release = eventfd_release,
};

int eventfd_create(uint64_t count, uint32_t flags, struct file **out)
{
    if (flags & ~(O_NONBLOCK | O_CLOEXEC | EFD_SEMAPHORE))
        return -EINVAL;
    struct eventfd *e = kzalloc(sizeof(*e));
    if (!e)
        return -ENOMEM;
    e->count = count;
    e->semaphore = flags & EFD_SEMAPHORE;
    waitq_init(&e->wait);
    *out = file_new_nameless(&eventfd_fops, e, O_RDWR | (flags & O_NONBLOCK));
    if (*out)
        return 0;
    kfree(e);
    return -ENOMEM;
}
