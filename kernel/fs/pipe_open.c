/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ends of pipes: creation, FIFO opening with its waits, closing. A pipe hangs on its inode
 * while any file refers to it; the inode's lock guards that link and the count of files.
 */
#include "kernel/fs/pipe.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/pipe_internal.h"
#include "kernel/fs/super.h"

static struct pipe *pipe_new(void)
{
    struct pipe *p = kzalloc(sizeof(*p));
    if (!p)
        return NULL;
    p->ring = kmalloc(PIPE_PAGES * sizeof(*p->ring));
    if (!p->ring) {
        kfree(p);
        return NULL;
    }
    mutex_init(&p->lock);
    waitq_init(&p->read_wait);
    waitq_init(&p->write_wait);
    p->pages = PIPE_PAGES;
    return p;
}

static void pipe_free(struct pipe *p)
{
    while (!pipe_empty(p))
        pipe_pop_locked(p);
    if (p->spare)
        page_put(p->spare);
    kfree(p->ring);
    kfree(p);
}

/* The inode's pipe with one more file, made at the first open. */
static struct pipe *join(struct inode *inode)
{
    struct pipe *made = pipe_new();
    spin_lock(&inode->lock);
    if (!inode->priv && made) {
        inode->priv = made;
        made = NULL;
    }
    struct pipe *p = inode->priv;
    if (p)
        p->files++;
    spin_unlock(&inode->lock);
    if (made)
        pipe_free(made);
    return p;
}

static void leave(struct inode *inode, struct pipe *p)
{
    spin_lock(&inode->lock);
    bool last = !--p->files;
    if (last)
        inode->priv = NULL;
    spin_unlock(&inode->lock);
    if (last)
        pipe_free(p);
}

static void count_open(struct pipe *p, uint32_t mode)
{
    if (mode & FILE_READ) {
        __atomic_add_fetch(&p->readers, 1, __ATOMIC_ACQ_REL);
        __atomic_add_fetch(&p->reader_opens, 1, __ATOMIC_ACQ_REL);
        waitq_wake(&p->write_wait, ~0u, 0);
    }
    if (mode & FILE_WRITE) {
        __atomic_add_fetch(&p->writers, 1, __ATOMIC_ACQ_REL);
        __atomic_add_fetch(&p->writer_opens, 1, __ATOMIC_ACQ_REL);
        waitq_wake(&p->read_wait, ~0u, 0);
    }
}

static void count_close(struct pipe *p, uint32_t mode)
{
    if ((mode & FILE_READ) && !__atomic_sub_fetch(&p->readers, 1, __ATOMIC_ACQ_REL))
        waitq_wake(&p->write_wait, POLLOUT | POLLERR, 0);
    if ((mode & FILE_WRITE) && !__atomic_sub_fetch(&p->writers, 1, __ATOMIC_ACQ_REL))
        waitq_wake(&p->read_wait, POLLIN | POLLHUP, 0);
}

void pipe_release(struct file *f)
{
    struct pipe *p = f->priv;
    count_close(p, f->mode);
    leave(f->inode, p);
}

static uint32_t load(const uint32_t *count)
{
    return __atomic_load_n(count, __ATOMIC_ACQUIRE);
}

/* Wait in open until the other side has been opened since. Opening both ways never waits. */
static int wait_partner(struct pipe *p, struct file *f)
{
    uint32_t mode = f->mode & (FILE_READ | FILE_WRITE);
    if (mode == FILE_READ && !load(&p->writers)) {
        uint32_t seen = load(&p->writer_opens);
        f->pos = seen; /* no hang-up before the first writer */
        if (f->flags & O_NONBLOCK)
            return 0;
        return wait_event(&p->read_wait, load(&p->writer_opens) != seen, WAIT_FOREVER);
    }
    if (mode == FILE_WRITE && !load(&p->readers)) {
        uint32_t seen = load(&p->reader_opens);
        return wait_event(&p->write_wait, load(&p->reader_opens) != seen, WAIT_FOREVER);
    }
    return 0;
}

COLD int pipe_open(struct inode *inode, struct file *f)
{
    struct pipe *p = join(inode);
    if (!p)
        return -ENOMEM;
    f->pos = -1;
    if ((f->mode & (FILE_READ | FILE_WRITE)) == FILE_WRITE && (f->flags & O_NONBLOCK) &&
        !load(&p->readers)) {
        leave(inode, p);
        return -ENXIO;
    }
    count_open(p, f->mode);
    int err = wait_partner(p, f);
    if (err) {
        count_close(p, f->mode);
        leave(inode, p);
        return err;
    }
    f->ops = &pipe_fops;
    f->priv = p;
    return 0;
}

static const struct inode_ops pipe_inode_ops;

static struct file *open_end(struct inode *inode, uint32_t flags)
{
    struct file *f = file_new(&pipe_fops, inode, flags);
    if (!f)
        return NULL;
    inode_get(inode);
    f->priv = join(inode);
    f->pos = -1;
    if (f->priv) {
        count_open(f->priv, f->mode);
        return f;
    }
    f->ops = NULL;
    inode_put(inode);
    kfree(f);
    return NULL;
}

int pipe_create(struct file *ends[2], uint32_t flags)
{
    struct inode *inode = inode_new(&super_nameless, S_IFIFO | 0600, &pipe_inode_ops, &pipe_fops);
    if (!inode)
        return -ENOMEM;
    int err = -ENOMEM;
    struct file *r = open_end(inode, O_RDONLY | (flags & O_NONBLOCK));
    struct file *w = r ? open_end(inode, O_WRONLY | (flags & (O_NONBLOCK | O_DIRECT))) : NULL;
    if (w) {
        ends[0] = r;
        ends[1] = w;
        err = 0;
    } else if (r) {
        file_put(r);
    }
    inode_put(inode);
    return err;
}
