/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for descriptors. Each direction of a descriptor remembers one edge that nobody waited
 * for. Poll descriptors are never freed while the runtime lives, so an event that was under way
 * when its descriptor was closed and reused is at worst a wake-up too many; every waiter looks
 * again.
 */
#include <errno.h>
#include <stdlib.h>

#include "gort/port/os.h"

static struct {
    struct spin lock;
    _Atomic bool active;
    _Atomic bool claimed;
    _Atomic uint32_t waiters;
    _Atomic uint32_t runs;
    struct go_pd *free;
} poll;

bool netpoll_active(void)
{
    return atomic_load_explicit(&poll.active, memory_order_acquire);
}

uint32_t netpoll_waiters(void)
{
    return atomic_load(&poll.waiters);
}

uint32_t netpoll_runs(void)
{
    return atomic_load_explicit(&poll.runs, memory_order_relaxed);
}

bool netpoll_claim(void)
{
    return !atomic_exchange(&poll.claimed, true);
}

void netpoll_unclaim(void)
{
    atomic_store(&poll.claimed, false);
}

/* ------------------------------------------------------------------ events */

static struct g *dir_take(struct dir *d, struct g *chain, unsigned *n)
{
    struct waiter *w;
    waitq_lock(&d->q);
    d->edge = waitq_first(&d->q) == NULL;
    while ((w = waitq_take(&d->q))) {
        w->g->schedlink = chain;
        chain = w->g;
        ++*n;
    }
    waitq_unlock(&d->q);
    return chain;
}

/* In the order of the events, behind what is queued: newcomers don't overtake. */
static void ready_chain(struct g *chain)
{
    while (chain) {
        struct g *gp = chain;
        chain = gp->schedlink;
        gp->schedlink = NULL;
        casgstatus(gp, GWAITING, GRUNNABLE);
        sched_enqueue(port_getm(), gp, false);
    }
}

unsigned netpoll_event(struct go_pd *pd, bool reads, bool writes)
{
    unsigned n = 0;
    struct g *chain = NULL;
    if (reads)
        chain = dir_take(&pd->read, chain, &n);
    if (writes)
        chain = dir_take(&pd->write, chain, &n);
    ready_chain(chain);
    return n;
}

unsigned netpoll_run(int64_t wait_until_ns)
{
    atomic_fetch_add_explicit(&poll.runs, 1, memory_order_relaxed);
    return os_poll_run(wait_until_ns);
}

/* ------------------------------------------------------------------ descriptors */

static int start_locked(void)
{
    if (netpoll_active())
        return 0;
    int r = os_poll_start();
    if (r == 0)
        atomic_store_explicit(&poll.active, true, memory_order_release);
    return r;
}

static struct go_pd *pd_get_locked(void)
{
    struct go_pd *pd = poll.free;
    if (pd)
        poll.free = pd->next_free;
    else
        pd = calloc(1, sizeof(*pd));
    return pd;
}

static int pd_make(struct go_pd **out)
{
    gspin_lock(&poll.lock);
    int r = start_locked();
    if (r == 0 && !(*out = pd_get_locked()))
        r = -ENOMEM;
    gspin_unlock(&poll.lock);
    return r;
}

static void pd_put(struct go_pd *pd)
{
    gspin_lock(&poll.lock);
    pd->next_free = poll.free;
    poll.free = pd;
    gspin_unlock(&poll.lock);
}

static void pd_leave(struct go_pd *pd)
{
    if (atomic_fetch_sub(&pd->refs, 1) == 1)
        pd_put(pd);
}

/* Under the lock: an event of the descriptor that had this one before may still be under way. */
static void dir_reset(struct dir *d)
{
    waitq_lock(&d->q);
    d->edge = false;
    waitq_unlock(&d->q);
}

int go_fd_open(go_fd *f, int fd)
{
    struct go_pd *pd;
    int r = pd_make(&pd);
    if (r)
        return r;
    dir_reset(&pd->read);
    dir_reset(&pd->write);
    atomic_store(&pd->closing, false);
    atomic_store(&pd->refs, 1);
    pd->fd = fd;
    r = os_poll_add(pd, fd);
    pd->plain = r == -EPERM;
    if (r && !pd->plain) {
        pd_put(pd);
        return r;
    }
    *f = (go_fd){fd, pd};
    return 0;
}

int go_fd_close(go_fd *f)
{
    struct go_pd *pd = f->pd;
    int fd = f->fd;
    bool plain = pd->plain;
    atomic_store(&pd->closing, true);
    if (!plain)
        os_poll_remove(pd);
    netpoll_event(pd, true, true);
    *f = (go_fd){-1, NULL};
    pd_leave(pd);
    return plain ? os_file_close(fd) : os_close(fd);
}

/* 0: try again. */
static int dir_wait(struct go_pd *pd, struct dir *d, int64_t deadline)
{
    struct waiter w = {.kind = 0};
    waitq_lock(&d->q);
    bool edge = d->edge, closing = atomic_load(&pd->closing);
    d->edge = false;
    if (edge || closing || deadline == 0) {
        waitq_unlock(&d->q);
        return closing ? -ECANCELED : edge ? 0 : -ETIMEDOUT;
    }
    atomic_fetch_add(&poll.waiters, 1);
    os_poll_waits(pd);
    bool woken = waitq_wait(&d->q, &w, false, deadline, WAIT_IO);
    atomic_fetch_sub(&poll.waiters, 1);
    if (!woken)
        return -ETIMEDOUT;
    return atomic_load(&pd->closing) ? -ECANCELED : 0;
}

int go_poll(go_fd *f, int event, int64_t deadline)
{
    struct go_pd *pd = f->pd;
    if (!pd)
        return -EBADF;
    if (pd->plain)
        return 0;
    atomic_fetch_add(&pd->refs, 1);
    int r = dir_wait(pd, event == GO_POLL_WRITE ? &pd->write : &pd->read, deadline);
    pd_leave(pd);
    return r;
}
