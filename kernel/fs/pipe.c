/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing pipes. Opening and closing are in pipe_open.c. */
#include "kernel/fs/pipe.h"

#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/slab.h"
#include "kernel/fs/pipe_internal.h"
#include "kernel/fs/signal_hook.h"
#include "kernel/core/uaccess.h"

COLD int pipe_broken(void)
{
    thread_signal_self(LINUX_SIGPIPE);
    return -EPIPE;
}

/* ---- the ring ---- */

void pipe_push_locked(struct pipe *p, paddr_t page, uint32_t offset, uint32_t len, bool packet)
{
    *pipe_slot(p, p->head) = (struct pipe_page){page, offset, len, packet};
    __atomic_store_n(&p->head, p->head + 1, __ATOMIC_RELEASE);
}

void pipe_pop_locked(struct pipe *p)
{
    paddr_t page = pipe_slot(p, p->tail)->page;
    if (!p->spare && page_refs(page) == 1)
        p->spare = page;
    else
        page_put(page);
    __atomic_store_n(&p->tail, p->tail + 1, __ATOMIC_RELEASE);
}

static paddr_t take_page(struct pipe *p)
{
    paddr_t page = p->spare;
    p->spare = PAGE_NONE;
    return page ? page : page_alloc(0, 0);
}

static char *bytes_of(const struct pipe_page *b)
{
    return (char *)phys_to_virt(b->page) + b->offset;
}

static bool has_data_or_end(const struct pipe *p)
{
    return !pipe_empty(p) || !__atomic_load_n(&p->writers, __ATOMIC_ACQUIRE);
}

static bool has_room_or_end(const struct pipe *p)
{
    return !pipe_full(p) || !__atomic_load_n(&p->readers, __ATOMIC_ACQUIRE);
}

int pipe_wait_data_locked(struct pipe *p, bool nonblock)
{
    int err = 0;
    while (!err && !has_data_or_end(p)) {
        mutex_unlock(&p->lock);
        err = nonblock ? -EAGAIN : wait_event(&p->read_wait, has_data_or_end(p), WAIT_FOREVER);
        if (!err)
            err = mutex_lock(&p->lock);
    }
    return err ? err : !pipe_empty(p);
}

int pipe_wait_room_locked(struct pipe *p, bool nonblock)
{
    int err = 0;
    while (!err && !has_room_or_end(p)) {
        mutex_unlock(&p->lock);
        err = nonblock ? -EAGAIN : wait_event(&p->write_wait, has_room_or_end(p), WAIT_FOREVER);
        if (!err)
            err = mutex_lock(&p->lock);
    }
    return err ? err : p->readers != 0;
}

/* ---- reading ---- */

/* Empty the ring's first page into u. False when the read is over: u is full, a bad page, or the
 * end of a packet. */
static bool read_page(struct pipe *p, struct uio *u, long *done)
{
    struct pipe_page *b = pipe_slot(p, p->tail);
    uint32_t want = (uint32_t)MIN((uint64_t)b->len, u->left);
    uint32_t n = (uint32_t)uio_write(u, bytes_of(b), want);
    bool packet = b->packet;
    b->offset += n;
    b->len -= n;
    *done += n;
    if (n < want) {
        *done = *done ? *done : -EFAULT;
        return false;
    }
    if (!b->len || packet)
        pipe_pop_locked(p);
    return u->left && !packet;
}

static long pipe_read(struct file *f, struct uio *u, int64_t *pos)
{
    struct pipe *p = f->priv;
    long done = 0;
    (void)pos;
    if (!u->left)
        return 0;
    int got = mutex_lock(&p->lock);
    if (got)
        return got;
    got = pipe_wait_data_locked(p, file_nonblock(f));
    if (got < 0)
        return got;
    while (!pipe_empty(p) && read_page(p, u, &done))
        ;
    bool more = !pipe_empty(p);
    mutex_unlock(&p->lock);
    if (got) {
        waitq_wake(&p->write_wait, POLLOUT | POLLWRNORM, 0);
        if (more)
            waitq_wake(&p->read_wait, POLLIN | POLLRDNORM, 0);
    }
    return done;
}

/* ---- writing ---- */

/* A small rest joins the last page if it fits whole. */
static COLD long append_last(struct pipe *p, struct uio *u)
{
    uint32_t n = (uint32_t)(u->left & (PAGE_SIZE - 1));
    if (!n || pipe_empty(p))
        return 0;
    struct pipe_page *b = pipe_slot(p, p->head - 1);
    if (b->packet || b->offset + b->len + n > PAGE_SIZE || page_refs(b->page) != 1)
        return 0;
    if (uio_read(u, bytes_of(b) + b->len, n) < n)
        return -EFAULT;
    b->len += n;
    return n;
}

static long write_page(struct pipe *p, struct uio *u, bool packet)
{
    paddr_t page = take_page(p);
    if (!page)
        return -ENOMEM;
    uint32_t want = (uint32_t)MIN(u->left, (uint64_t)PAGE_SIZE);
    if (uio_read(u, phys_to_virt(page), want) < want) {
        if (p->spare)
            page_put(page);
        else
            p->spare = page;
        return -EFAULT;
    }
    pipe_push_locked(p, page, 0, want, packet);
    return want;
}

struct writing {
    bool unlocked; /* an interrupted wait has released the lock */
    bool broken;   /* the readers have gone */
};

static long write_pages(struct file *f, struct pipe *p, struct uio *u, long done, struct writing *w)
{
    bool packet = f->flags & O_DIRECT;
    while (u->left) {
        if (pipe_full(p) && done)
            waitq_wake(&p->read_wait, POLLIN | POLLRDNORM, 0);
        int room = pipe_wait_room_locked(p, file_nonblock(f));
        w->unlocked = room < 0;
        w->broken = !room;
        long n = room > 0 ? write_page(p, u, packet) : w->broken ? -EPIPE : room;
        if (n < 0)
            return done ? done : n;
        done += n;
    }
    return done;
}

static long pipe_write(struct file *f, struct uio *u, int64_t *pos)
{
    struct pipe *p = f->priv;
    struct writing w = {0};
    (void)pos;
    if (!u->left)
        return 0;
    long done = mutex_lock(&p->lock);
    if (done)
        return done;
    if (p->readers && !(f->flags & O_DIRECT))
        done = append_last(p, u);
    if (done >= 0)
        done = write_pages(f, p, u, done, &w);
    if (!w.unlocked)
        mutex_unlock(&p->lock);
    if (done > 0)
        waitq_wake(&p->read_wait, POLLIN | POLLRDNORM, 0);
    if (w.broken)
        thread_signal_self(LINUX_SIGPIPE);
    return done;
}

/* ---- the rest ---- */

static COLD unsigned pipe_poll(struct file *f, struct poll_table *pt)
{
    struct pipe *p = f->priv;
    unsigned mask = 0;
    if (f->mode & FILE_READ) {
        poll_watch(pt, &p->read_wait);
        if (!pipe_empty(p))
            mask |= POLLIN | POLLRDNORM;
        if (!p->writers && f->pos != p->writer_opens)
            mask |= POLLHUP;
    }
    if (f->mode & FILE_WRITE) {
        poll_watch(pt, &p->write_wait);
        if (!pipe_full(p))
            mask |= POLLOUT | POLLWRNORM;
        if (!p->readers)
            mask |= POLLERR;
    }
    return mask;
}

static COLD long pipe_ioctl(struct file *f, uint32_t request, uint64_t arg)
{
    struct pipe *p = f->priv;
    if (request != FIONREAD)
        return -ENOTTY;
    int err = mutex_lock(&p->lock);
    if (err)
        return err;
    uint32_t n = 0;
    for (uint32_t i = p->tail; i != p->head; i++)
        n += pipe_slot(p, i)->len;
    mutex_unlock(&p->lock);
    return copy_to_user(arg, &n, sizeof(n));
}

long pipe_size(struct pipe *p)
{
    return (long)p->pages * PAGE_SIZE;
}

static COLD long resize_locked(struct pipe *p, uint32_t pages)
{
    uint32_t used = p->head - p->tail;
    if (pages < used)
        return -EBUSY;
    struct pipe_page *ring = kmalloc(pages * sizeof(*ring));
    if (!ring)
        return -ENOMEM;
    for (uint32_t i = 0; i < used; i++)
        ring[i] = *pipe_slot(p, p->tail + i);
    kfree(p->ring);
    p->ring = ring;
    p->pages = pages;
    p->tail = 0;
    p->head = used;
    return (long)pages * PAGE_SIZE;
}

COLD long pipe_resize(struct pipe *p, uint64_t size_bytes)
{
    uint32_t pages = 1;
    if (!size_bytes || size_bytes > UINT64_C(1) << 31)
        return -EINVAL;
    if (size_bytes > PIPE_PAGES_MAX * PAGE_SIZE)
        return -EPERM;
    while (pages * PAGE_SIZE < size_bytes)
        pages *= 2;
    int err = mutex_lock(&p->lock);
    if (err)
        return err;
    long n = resize_locked(p, pages);
    mutex_unlock(&p->lock);
    if (n > 0)
        waitq_wake(&p->write_wait, POLLOUT | POLLWRNORM, 0);
    return n;
}

const struct file_ops pipe_fops = {
    .read = pipe_read,
    .write = pipe_write,
    .ioctl = pipe_ioctl,
    .poll = pipe_poll,
    .release = pipe_release,
};

struct pipe *pipe_of(const struct file *f)
{
    return f->ops == &pipe_fops ? f->priv : NULL;
}
