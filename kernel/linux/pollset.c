/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sleeper linked into the queues of all files of the set. The first look links waiters; later
 * looks only look. Files stay referenced until the waiters are out of their queues.
 */
#include "kernel/linux/pollset.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/linux/fd.h"

int pollset_init(struct pollset *s, uint64_t n)
{
    s->count = (unsigned)n;
    s->fds = s->small;
    if (n > ARRAY_SIZE(s->small))
        s->fds = kmalloc(n * sizeof(*s->fds));
    return s->fds ? 0 : -ENOMEM;
}

void pollset_done(struct pollset *s)
{
    if (s->fds != s->small)
        kfree(s->fds);
}

/* One linked waiter. Two a file are enough: a queue for each direction. */
struct link {
    struct waiter waiter;
    struct waitq *queue;
};

struct waiting {
    struct poll_table pt;
    struct sleeper sleeper;
    struct file **files; /* references, NULL for bad or skipped descriptors */
    struct link *links;
    unsigned count, room;
    struct file *few_files[8];
    struct link few_links[8];
};

static void link_queue(struct poll_table *pt, struct waitq *q)
{
    struct waiting *w = (struct waiting *)pt;
    if (w->count == w->room) {
        pt->err = -ENOMEM;
        return;
    }
    struct link *l = &w->links[w->count++];
    list_init(&l->waiter.node);
    l->waiter.fn = sleeper_wake_fn;
    l->waiter.arg = &w->sleeper;
    l->queue = q;
    waitq_add(q, &l->waiter);
}

static int waiting_begin(struct waiting *w, const struct pollset *s)
{
    *w = (struct waiting){.pt = {.add = link_queue}};
    sleeper_init(&w->sleeper);
    w->room = MAX(s->count * 2, (unsigned)ARRAY_SIZE(w->few_links));
    bool few = s->count * 2 <= ARRAY_SIZE(w->few_links);
    w->files = few ? w->few_files : kzalloc(s->count * sizeof(*w->files));
    w->links = few ? w->few_links : kmalloc(w->room * sizeof(*w->links));
    if (w->files && w->links) {
        for (unsigned i = 0; i < s->count; i++)
            w->files[i] = s->fds[i].fd < 0 ? NULL : fd_get_io(s->fds[i].fd);
        return 0;
    }
    if (!few) {
        kfree(w->files);
        kfree(w->links);
    }
    return -ENOMEM;
}

static void waiting_end(struct waiting *w, const struct pollset *s)
{
    for (unsigned i = 0; i < w->count; i++)
        waitq_remove(w->links[i].queue, &w->links[i].waiter);
    for (unsigned i = 0; i < s->count; i++)
        if (w->files[i])
            file_put(w->files[i]);
    if (w->links != w->few_links) {
        kfree(w->files);
        kfree(w->links);
    }
}

static uint16_t look_at(const struct linux_pollfd *p, struct file *f, struct poll_table *pt)
{
    if (p->fd < 0)
        return 0;
    if (!f)
        return POLLNVAL;
    return (uint16_t)(file_poll(f, pt) & (p->events | POLLERR | POLLHUP));
}

/* Look at all; once one is ready the rest needs no waiters. */
static long look(struct pollset *s, struct waiting *w)
{
    long ready = 0;
    for (unsigned i = 0; i < s->count; i++) {
        s->fds[i].revents = look_at(&s->fds[i], w->files[i], &w->pt);
        if (s->fds[i].revents) {
            ready++;
            w->pt.add = NULL;
        }
    }
    w->pt.add = NULL;
    return ready ? ready : w->pt.err;
}

static long look_and_sleep(struct pollset *s, struct waiting *w, int64_t deadline_ns)
{
    int err = deadline_ns ? 0 : -ETIMEDOUT;
    for (;;) {
        __atomic_store_n(&w->sleeper.woken, 0, __ATOMIC_SEQ_CST);
        long n = look(s, w);
        if (n)
            return n;
        if (err)
            return err == -ETIMEDOUT ? 0 : err;
        err = sleeper_sleep(&w->sleeper, deadline_ns);
    }
}

long pollset_wait(struct pollset *s, int64_t deadline_ns)
{
    struct waiting w;
    int err = waiting_begin(&w, s);
    if (err)
        return err;
    if (!deadline_ns)
        w.pt.add = NULL;
    long n = look_and_sleep(s, &w, deadline_ns);
    waiting_end(&w, s);
    return n;
}
