/* SPDX-License-Identifier: Apache-2.0 */
/* epoll: see the header for the idea and the order of locks. */
#include "kernel/fs/epoll.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"

#define NESTS_MAX     4
#define MODIFIER_BITS (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define EXCLUSIVE_OK  (POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)
#define QUEUES_MAX    2 /* a file's poll watches one queue, or one a direction */

struct epoll {
    struct spinlock lock; /* guards ready, and the items' events, data and dead */
    struct list ready;
    struct list items; /* under links_lock */
    struct file *file; /* whose priv this is */
    struct waitq wait;
};

struct item {
    struct epoll *ep;
    struct file *file; /* not counted: its release forgets the item */
    int fd;
    uint32_t refs; /* one of the links, one of each look at it */
    uint32_t events;
    uint64_t data;
    bool dead;    /* unlinked */
    bool linking; /* its waiters are being added: who adds them removes them. Under links_lock */
    struct list of_epoll, of_file, ready;
    unsigned queues;
    struct waiter waiters[QUEUES_MAX];
    struct waitq *queue[QUEUES_MAX];
};

static struct spinlock links_lock;
static unsigned epoll_poll(struct file *f, struct poll_table *pt);

bool epoll_is(const struct file *f)
{
    return f->ops->poll == epoll_poll;
}

static struct item *item_get(struct item *it)
{
    __atomic_add_fetch(&it->refs, 1, __ATOMIC_RELAXED);
    return it;
}

static void item_put(struct item *it)
{
    if (!__atomic_sub_fetch(&it->refs, 1, __ATOMIC_ACQ_REL))
        kfree(it);
}

/* Put an item on the ready list. Under ep->lock. */
static void make_ready_locked(struct item *it)
{
    if (!it->dead && list_empty(&it->ready))
        list_push_back(&it->ep->ready, &it->ready);
}

/* A watched queue woke up. */
static bool item_wake(struct waiter *w, unsigned events)
{
    struct item *it = w->arg;
    struct epoll *ep = it->ep;
    spin_lock(&ep->lock);
    bool wanted = (it->events & ~MODIFIER_BITS) && (events == ~0u || (events & it->events));
    if (wanted)
        make_ready_locked(it);
    spin_unlock(&ep->lock);
    if (wanted)
        waitq_wake(&ep->wait, POLLIN | POLLRDNORM, 1);
    return wanted && (it->events & EPOLLEXCLUSIVE);
}

/* ---- linking ---- */

struct item_table {
    struct poll_table pt;
    struct item *it;
};

static void watch_queue(struct poll_table *pt, struct waitq *q)
{
    struct item *it = ((struct item_table *)pt)->it;
    if (it->queues == QUEUES_MAX) {
        pt->err = -ENOMEM;
        return;
    }
    struct waiter *w = &it->waiters[it->queues];
    list_init(&w->node);
    w->fn = item_wake;
    w->arg = it;
    it->queue[it->queues++] = q;
    waitq_add(q, w);
}

static unsigned item_poll(struct item *it, struct poll_table *pt)
{
    return file_poll(it->file, pt) & (it->events | POLLERR | POLLHUP);
}

static void unwatch(struct item *it)
{
    for (unsigned i = 0; i < it->queues; i++)
        waitq_remove(it->queue[i], &it->waiters[i]);
}

/* Under links_lock. */
static void unlink_locked(struct item *it)
{
    if (!it->linking)
        unwatch(it);
    spin_lock(&it->ep->lock);
    it->dead = true;
    list_remove(&it->ready);
    spin_unlock(&it->ep->lock);
    list_remove(&it->of_epoll);
    list_remove(&it->of_file);
    item_put(it);
}

void epoll_forget(struct file *f)
{
    spin_lock(&links_lock);
    list_for_each (n, &f->watches)
        unlink_locked(list_entry(n, struct item, of_file));
    spin_unlock(&links_lock);
}

static struct item *find_locked(struct epoll *ep, struct file *f, int fd)
{
    list_for_each (n, &f->watches) {
        struct item *it = list_entry(n, struct item, of_file);
        if (it->ep == ep && it->fd == fd)
            return it;
    }
    return NULL;
}

/* How deep epolls nest below ep; more than NESTS_MAX, or `top` found again, is too deep. */
static int depth_locked(struct epoll *ep, struct epoll *top, int level)
{
    int deepest = level;
    if (level > NESTS_MAX || (level && ep == top))
        return NESTS_MAX + 1;
    list_for_each (n, &ep->items) {
        struct file *f = list_entry(n, struct item, of_epoll)->file;
        if (epoll_is(f))
            deepest = MAX(deepest, depth_locked(f->priv, top, level + 1));
    }
    return deepest;
}

/* How many epolls watch ep, directly and through others, in the longest chain. */
static int height_locked(struct file *f, int level)
{
    int highest = level;
    if (level > NESTS_MAX)
        return level;
    list_for_each (n, &f->watches) {
        struct epoll *above = list_entry(n, struct item, of_file)->ep;
        highest = MAX(highest, height_locked(above->file, level + 1));
    }
    return highest;
}

static void set_events(struct item *it, const struct linux_epoll_event *event)
{
    it->events = event->events | POLLERR | POLLHUP;
    it->data = event->data;
}

/* Look once, so that what holds already is reported. The caller holds references to the item and
 * its file. */
static void look(struct item *it, struct poll_table *pt)
{
    if (!item_poll(it, pt))
        return;
    spin_lock(&it->ep->lock);
    make_ready_locked(it);
    spin_unlock(&it->ep->lock);
    waitq_wake(&it->ep->wait, POLLIN | POLLRDNORM, 1);
}

static int link_item(struct item *it)
{
    struct epoll *ep = it->ep;
    int err = 0;
    spin_lock(&links_lock);
    if (find_locked(ep, it->file, it->fd)) {
        err = -EEXIST;
    } else if (epoll_is(it->file) &&
               depth_locked(it->file->priv, ep, 1) + height_locked(ep->file, 0) > NESTS_MAX) {
        err = -ELOOP;
    } else {
        list_push_back(&ep->items, &it->of_epoll);
        list_push_back(&it->file->watches, &it->of_file);
        it->linking = true;
        item_get(it);
    }
    spin_unlock(&links_lock);
    return err;
}

/* The waiters are in; if the item was deleted meanwhile, or there was no room for them, undo. */
static void link_done(struct item *it, int err)
{
    spin_lock(&links_lock);
    it->linking = false;
    if (it->dead)
        unwatch(it);
    else if (err)
        unlink_locked(it);
    spin_unlock(&links_lock);
}

static struct item *item_new(struct epoll *ep, int fd, struct file *f,
                             const struct linux_epoll_event *event)
{
    struct item *it = kzalloc(sizeof(*it));
    if (!it)
        return NULL;
    it->ep = ep;
    it->file = f;
    it->fd = fd;
    it->refs = 1;
    list_init(&it->of_epoll);
    list_init(&it->of_file);
    list_init(&it->ready);
    set_events(it, event);
    return it;
}

static int control_add(struct epoll *ep, int fd, struct file *f,
                       const struct linux_epoll_event *event)
{
    struct item *it = item_new(ep, fd, f, event);
    if (!it)
        return -ENOMEM;
    int err = link_item(it);
    if (!err) {
        struct item_table t = {.pt = {.add = watch_queue}, .it = it};
        look(it, &t.pt);
        err = t.pt.err;
        link_done(it, err);
    }
    item_put(it);
    return err;
}

static int control_modify(struct epoll *ep, int fd, struct file *f,
                          const struct linux_epoll_event *event)
{
    spin_lock(&links_lock);
    struct item *it = find_locked(ep, f, fd);
    int err = !it ? -ENOENT : (it->events | event->events) & EPOLLEXCLUSIVE ? -EINVAL : 0;
    if (!err) {
        spin_lock(&ep->lock);
        set_events(item_get(it), event);
        spin_unlock(&ep->lock);
    }
    spin_unlock(&links_lock);
    if (!err) {
        look(it, NULL);
        item_put(it);
    }
    return err;
}

static int control_delete(struct epoll *ep, int fd, struct file *f)
{
    spin_lock(&links_lock);
    struct item *it = find_locked(ep, f, fd);
    if (it)
        unlink_locked(it);
    spin_unlock(&links_lock);
    return it ? 0 : -ENOENT;
}

static bool exclusive_allowed(int op, struct file *f, const struct linux_epoll_event *event)
{
    if (op == EPOLL_CTL_DEL || !(event->events & EPOLLEXCLUSIVE))
        return true;
    return op == EPOLL_CTL_ADD && !epoll_is(f) && !(event->events & ~EXCLUSIVE_OK);
}

int epoll_control(struct file *epf, int op, int fd, struct file *f,
                  const struct linux_epoll_event *event)
{
    if (!f->ops->poll)
        return -EPERM;
    if (!epoll_is(epf) || epf == f || !exclusive_allowed(op, f, event))
        return -EINVAL;
    struct epoll *ep = epf->priv;
    switch (op) {
    case EPOLL_CTL_ADD:
        return control_add(ep, fd, f, event);
    case EPOLL_CTL_MOD:
        return control_modify(ep, fd, f, event);
    case EPOLL_CTL_DEL:
        return control_delete(ep, fd, f);
    default:
        return -EINVAL;
    }
}

/* ---- waiting ---- */

/* The first ready item, taken off the list, with references to it and its file; NULL at the end. */
static struct item *pop_ready(struct epoll *ep)
{
    struct item *it = NULL;
    spin_lock(&ep->lock);
    struct list *n = list_pop_front(&ep->ready);
    if (n) {
        it = list_entry(n, struct item, ready);
        if (file_get_live(it->file))
            item_get(it);
        else
            it = NULL;
    }
    spin_unlock(&ep->lock);
    return it;
}

static unsigned count_ready(struct epoll *ep)
{
    unsigned n = 0;
    spin_lock(&ep->lock);
    list_for_each (node, &ep->ready)
        n++;
    spin_unlock(&ep->lock);
    return n;
}

/* What a reported item does next: wait for MOD, for the next edge, or stay. */
static void after_report(struct item *it)
{
    struct epoll *ep = it->ep;
    spin_lock(&ep->lock);
    bool stays = !(it->events & (EPOLLONESHOT | EPOLLET));
    if (it->events & EPOLLONESHOT)
        it->events &= MODIFIER_BITS;
    if (stays)
        make_ready_locked(it);
    spin_unlock(&ep->lock);
    if (stays)
        waitq_wake(&ep->wait, POLLIN | POLLRDNORM, 1);
}

static bool report(struct item *it, struct linux_epoll_event *out)
{
    unsigned mask = it->events & ~MODIFIER_BITS ? item_poll(it, NULL) : 0;
    if (mask) {
        *out = (struct linux_epoll_event){.events = mask, .data = it->data};
        after_report(it);
    }
    return mask;
}

int epoll_collect(struct file *epf, struct linux_epoll_event *out, int max)
{
    struct epoll *ep = epf->priv;
    int n = 0;
    if (list_empty(&ep->ready))
        return 0;
    for (unsigned left = count_ready(ep); left && n < max; left--) {
        struct item *it = pop_ready(ep);
        if (!it)
            continue;
        struct file *f = it->file;
        n += report(it, &out[n]);
        item_put(it);
        file_put(f);
    }
    return n;
}

/* Without the lock: who waits is in the queue already when it looks, and is woken by what comes
 * later. */
bool epoll_any_ready(struct file *epf)
{
    struct epoll *ep = epf->priv;
    return __atomic_load_n(&ep->ready.next, __ATOMIC_SEQ_CST) != &ep->ready;
}

int epoll_wait_ready(struct file *epf, int64_t deadline_ns)
{
    struct epoll *ep = epf->priv;
    return wait_event(&ep->wait, epoll_any_ready(epf), deadline_ns);
}

/* ---- as a file ---- */

/* Readable when an item really is ready; what isn't is dropped from the list on the way. */
static unsigned epoll_poll(struct file *f, struct poll_table *pt)
{
    struct epoll *ep = f->priv;
    poll_watch(pt, &ep->wait);
    for (unsigned left = count_ready(ep); left; left--) {
        struct item *it = pop_ready(ep);
        if (!it)
            continue;
        struct file *watched = it->file;
        bool ready = (it->events & ~MODIFIER_BITS) && item_poll(it, NULL);
        if (ready) {
            spin_lock(&ep->lock);
            if (!it->dead && list_empty(&it->ready))
                list_push_front(&ep->ready, &it->ready);
            spin_unlock(&ep->lock);
        }
        item_put(it);
        file_put(watched);
        if (ready)
            return POLLIN | POLLRDNORM;
    }
    return 0;
}

static void epoll_release(struct file *f)
{
    struct epoll *ep = f->priv;
    spin_lock(&links_lock);
    list_for_each (n, &ep->items)
        unlink_locked(list_entry(n, struct item, of_epoll));
    spin_unlock(&links_lock);
    kfree(ep);
}

/* Linux 6.9 and later know two requests, about busy polling of network devices; others are -EINVAL.
 */
static long epoll_ioctl(struct file *f, uint32_t request, uint64_t arg)
{
    (void)f, (void)request, (void)arg;
    return -EINVAL;
}

static const struct file_ops epoll_fops = {
    .poll = epoll_poll, .ioctl = epoll_ioctl, .release = epoll_release};

int epoll_create(struct file **out)
{
    struct epoll *ep = kzalloc(sizeof(*ep));
    if (!ep)
        return -ENOMEM;
    list_init(&ep->ready);
    list_init(&ep->items);
    waitq_init(&ep->wait);
    *out = file_new_nameless(&epoll_fops, ep, O_RDWR);
    if (!*out) {
        kfree(ep);
        return -ENOMEM;
    }
    ep->file = *out;
    return 0;
}
