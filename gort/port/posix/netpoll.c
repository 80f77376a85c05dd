/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for descriptors: one epoll, edge-triggered. Each direction of a descriptor remembers one
 * edge that nobody waited for. Poll descriptors are never freed while the runtime lives, so an
 * event that was under way when its descriptor was closed and reused is at worst a wake-up too
 * many; every waiter looks again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gort/port/posix/rt.h"

#define EVENTS 128

struct dir {
    struct go_waitq_ q; /* its lock guards both fields */
    bool edge;
};

struct go_pd {
    struct dir read, write;
    _Atomic bool closing;
    _Atomic uint32_t refs; /* the go_fd, and each G that waits; the last one gives it back */
    struct go_pd *next_free;
};

static struct {
    struct spin lock;
    _Atomic bool active;
    _Atomic bool claimed;
    _Atomic uint32_t waiters;
    _Atomic uint32_t runs;
    int epfd, breakfd;
    struct go_pd *free;
} poll = {.epfd = -1, .breakfd = -1};

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

void netpoll_break(void)
{
    uint64_t one = 1;
    ssize_t r = write(poll.breakfd, &one, sizeof(one));
    (void)r; /* full: it is awake */
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

static unsigned pd_event(struct go_pd *pd, uint32_t events)
{
    unsigned n = 0;
    struct g *chain = NULL;
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        chain = dir_take(&pd->read, chain, &n);
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
        chain = dir_take(&pd->write, chain, &n);
    ready_chain(chain);
    return n;
}

static void break_drain(void)
{
    uint64_t n;
    ssize_t r = read(poll.breakfd, &n, sizeof(n));
    (void)r;
}

static int wait_events(struct epoll_event *ev, int64_t until)
{
    if (until == 0)
        return epoll_wait(poll.epfd, ev, EVENTS, 0);
    if (until == INT64_MAX)
        return epoll_wait(poll.epfd, ev, EVENTS, -1);
    int64_t ns = MAX(until - port_now_ns(), 0);
    struct timespec ts = {ns / GO_S, ns % GO_S};
    return epoll_pwait2(poll.epfd, ev, EVENTS, &ts, NULL);
}

unsigned netpoll_run(int64_t wait_until_ns)
{
    struct epoll_event ev[EVENTS];
    unsigned readied = 0;
    atomic_fetch_add_explicit(&poll.runs, 1, memory_order_relaxed);
    int n = wait_events(ev, wait_until_ns);
    for (int i = 0; i < n; i++) {
        if (ev[i].data.ptr)
            readied += pd_event(ev[i].data.ptr, ev[i].events);
        else if (wait_until_ns != 0)
            break_drain();
    }
    return readied;
}

/* ------------------------------------------------------------------ descriptors */

static int start_locked(void)
{
    struct epoll_event ev = {.events = EPOLLIN};
    if (poll.epfd >= 0)
        return 0;
    int epfd = epoll_create1(EPOLL_CLOEXEC);
    if (epfd < 0)
        return -errno;
    int breakfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (breakfd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, breakfd, &ev) < 0) {
        int r = -errno;
        close(epfd);
        return r;
    }
    poll.epfd = epfd;
    poll.breakfd = breakfd;
    atomic_store_explicit(&poll.active, true, memory_order_release);
    return 0;
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

static int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0))
        return -errno;
    return 0;
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
    int r = set_nonblocking(fd);
    if (r || (r = pd_make(&pd)))
        return r;
    dir_reset(&pd->read);
    dir_reset(&pd->write);
    atomic_store(&pd->closing, false);
    atomic_store(&pd->refs, 1);
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = pd};
    if (epoll_ctl(poll.epfd, EPOLL_CTL_ADD, fd, &ev) < 0) {
        r = -errno;
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
    atomic_store(&pd->closing, true);
    pd_event(pd, EPOLLHUP);
    *f = (go_fd){-1, NULL};
    pd_leave(pd);
    return close(fd) < 0 ? -errno : 0;
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
    atomic_fetch_add(&pd->refs, 1);
    int r = dir_wait(pd, event == GO_POLL_WRITE ? &pd->write : &pd->read, deadline);
    pd_leave(pd);
    return r;
}
