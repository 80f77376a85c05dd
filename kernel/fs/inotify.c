/* SPDX-License-Identifier: Apache-2.0 */
/* Watches, event queues and the inotify file. Who tells what is in notify.c. */
#include "kernel/fs/inotify.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/inotify_internal.h"
#include "lib/str.h"

#define QUEUE_MAX 16384u

struct event {
    struct list node;
    int32_t wd;
    uint32_t mask, cookie;
    uint32_t name_len; /* 0: none */
    char name[];
};

struct inotify {
    struct list events, watches;
    uint32_t count;
    int32_t last_wd;
    struct waitq wait;
};

struct watch {
    struct list of_inode, of_inotify;
    struct inotify *in;
    bool counted;
    struct inode *inode; /* counted where the inode lives only as long as somebody refers to it
                            (SUPER_REMOTE); elsewhere inotify_forget comes before it goes */
    int32_t wd;
    uint32_t mask;
};

static struct spinlock lock;

/* ---- the queue ---- */

static bool same_as_last(struct inotify *in, int32_t wd, uint32_t mask, uint32_t cookie,
                         const struct name *n)
{
    if (list_empty(&in->events))
        return false;
    struct event *e = list_entry(in->events.prev, struct event, node);
    uint32_t len = n ? n->len : 0;
    return e->wd == wd && e->mask == mask && e->cookie == cookie && e->name_len == len &&
           (!len || !memcmp(e->name, n->s, len));
}

static void queue_locked(struct inotify *in, int32_t wd, uint32_t mask, uint32_t cookie,
                         const struct name *n)
{
    if (in->count >= QUEUE_MAX) {
        wd = -1;
        mask = IN_Q_OVERFLOW;
        cookie = 0;
        n = NULL;
    }
    if (same_as_last(in, wd, mask, cookie, n))
        return;
    uint32_t len = n ? n->len : 0;
    struct event *e = kmalloc(sizeof(*e) + len);
    if (!e)
        return; /* no memory: the event is lost, as Linux loses it */
    *e = (struct event){.wd = wd, .mask = mask, .cookie = cookie, .name_len = len};
    if (len)
        memcpy(e->name, n->s, len);
    list_push_back(&in->events, &e->node);
    in->count++;
    waitq_wake(&in->wait, POLLIN | POLLRDNORM, 0);
}

/* ---- watches ---- */

static struct list ended = LIST_INIT(ended); /* watches to be freed by reap, through of_inode */

static void watch_end_locked(struct watch *w)
{
    queue_locked(w->in, w->wd, IN_IGNORED, 0, NULL);
    list_remove(&w->of_inode);
    list_remove(&w->of_inotify);
    inode_watch_count--;
    list_push_back(&ended, &w->of_inode);
}

/* Unlock, and free what has ended; that may sleep. */
static void unlock_reap(void)
{
    struct list *n;
    while ((n = list_pop_front(&ended))) {
        struct watch *w = list_entry(n, struct watch, of_inode);
        spin_unlock(&lock);
        if (w->counted)
            inode_put(w->inode);
        kfree(w);
        spin_lock(&lock);
    }
    spin_unlock(&lock);
}

void inotify_send(struct inode *inode, uint32_t event, uint32_t cookie, const struct name *n)
{
    spin_lock(&lock);
    list_for_each (node, &inode->watches) {
        struct watch *w = list_entry(node, struct watch, of_inode);
        if (!(w->mask & event & IN_ALL_EVENTS))
            continue;
        queue_locked(w->in, w->wd, event, cookie, n);
        if (w->mask & IN_ONESHOT)
            watch_end_locked(w);
    }
    unlock_reap();
}

void inotify_forget(struct inode *inode)
{
    spin_lock(&lock);
    list_for_each (node, &inode->watches) {
        struct watch *w = list_entry(node, struct watch, of_inode);
        if (w->mask & IN_DELETE_SELF)
            queue_locked(w->in, w->wd, IN_DELETE_SELF, 0, NULL);
        watch_end_locked(w);
    }
    unlock_reap();
}

static struct watch *find_locked(struct inotify *in, struct inode *inode)
{
    list_for_each (node, &in->watches) {
        struct watch *w = list_entry(node, struct watch, of_inotify);
        if (w->inode == inode)
            return w;
    }
    return NULL;
}

static int change_locked(struct watch *w, uint32_t mask)
{
    if (mask & IN_MASK_CREATE)
        return -EEXIST;
    uint32_t kept = IN_ALL_EVENTS | IN_ONESHOT | IN_EXCL_UNLINK;
    w->mask = (mask & IN_MASK_ADD ? w->mask : 0) | (mask & kept);
    return w->wd;
}

static int add_locked(struct inotify *in, struct inode *inode, uint32_t mask, struct watch *w)
{
    bool counted = inode->super->flags & SUPER_REMOTE;
    *w = (struct watch){
        .in = in,
        .inode = counted ? inode_get(inode) : inode,
        .counted = counted,
        .wd = ++in->last_wd,
        .mask = mask,
    };
    list_push_back(&inode->watches, &w->of_inode);
    list_push_back(&in->watches, &w->of_inotify);
    inode_watch_count++;
    return w->wd;
}

static struct inotify *inotify_of(struct file *f);

int inotify_add(struct file *f, struct inode *inode, uint32_t mask)
{
    struct inotify *in = inotify_of(f);
    if (!in || !(mask & IN_ALL_EVENTS))
        return -EINVAL;
    struct watch *made = kmalloc(sizeof(*made));
    if (!made)
        return -ENOMEM;
    spin_lock(&lock);
    struct watch *have = find_locked(in, inode);
    int wd = have ? change_locked(have, mask) : add_locked(in, inode, mask, made);
    spin_unlock(&lock);
    if (have)
        kfree(made);
    return wd;
}

int inotify_remove(struct file *f, int wd)
{
    struct inotify *in = inotify_of(f);
    int err = -EINVAL;
    if (!in)
        return err;
    spin_lock(&lock);
    list_for_each (node, &in->watches) {
        struct watch *w = list_entry(node, struct watch, of_inotify);
        if (w->wd == wd) {
            watch_end_locked(w);
            err = 0;
            break;
        }
    }
    unlock_reap();
    return err;
}

/* ---- the file ---- */

/* Names are padded with NULs, at least one, to a multiple of the header. */
static uint32_t padded_len(const struct event *e)
{
    if (!e->name_len)
        return 0;
    return ALIGN_UP(e->name_len + 1, (uint32_t)sizeof(struct linux_inotify_event));
}

/* The first event if it fits in `room` bytes: NULL when there is none, *too_big when it doesn't. */
static struct event *take(struct inotify *in, uint64_t room, bool *too_big)
{
    struct event *e = NULL;
    spin_lock(&lock);
    if (!list_empty(&in->events)) {
        e = list_entry(in->events.next, struct event, node);
        *too_big = sizeof(struct linux_inotify_event) + padded_len(e) > room;
        if (*too_big) {
            e = NULL;
        } else {
            list_remove(&e->node);
            in->count--;
        }
    }
    spin_unlock(&lock);
    return e;
}

static long give(struct event *e, struct uio *u)
{
    uint32_t len = padded_len(e);
    struct linux_inotify_event head = {e->wd, e->mask, e->cookie, len};
    size_t n = uio_write(u, &head, sizeof(head));
    if (len) {
        n += uio_write(u, e->name, e->name_len);
        n += uio_zero(u, len - e->name_len);
    }
    return n == sizeof(head) + len ? (long)n : -EFAULT;
}

static long give_all(struct inotify *in, struct uio *u)
{
    long done = 0;
    bool too_big = false;
    struct event *e;
    while ((e = take(in, u->left, &too_big))) {
        long n = give(e, u);
        kfree(e);
        if (n < 0)
            return done ? done : n;
        done += n;
    }
    return !done && too_big ? -EINVAL : done;
}

static bool any_event(const struct inotify *in)
{
    return __atomic_load_n(&in->count, __ATOMIC_ACQUIRE);
}

static long inotify_read(struct file *f, struct uio *u, int64_t *pos)
{
    struct inotify *in = f->priv;
    (void)pos;
    for (;;) {
        long n = give_all(in, u);
        if (n)
            return n;
        int err = file_nonblock(f) ? -EAGAIN : wait_event(&in->wait, any_event(in), WAIT_FOREVER);
        if (err)
            return err;
    }
}

static unsigned inotify_poll(struct file *f, struct poll_table *pt)
{
    struct inotify *in = f->priv;
    poll_watch(pt, &in->wait);
    return any_event(in) ? POLLIN | POLLRDNORM : 0;
}

static long inotify_ioctl(struct file *f, uint32_t request, uint64_t arg)
{
    struct inotify *in = f->priv;
    uint32_t bytes = 0;
    if (request != FIONREAD)
        return -ENOTTY;
    spin_lock(&lock);
    list_for_each (n, &in->events)
        bytes += (uint32_t)sizeof(struct linux_inotify_event) +
                 padded_len(list_entry(n, struct event, node));
    spin_unlock(&lock);
    return copy_to_user(arg, &bytes, sizeof(bytes));
}

static void inotify_release(struct file *f)
{
    struct inotify *in = f->priv;
    struct list *n;
    spin_lock(&lock);
    list_for_each (node, &in->watches)
        watch_end_locked(list_entry(node, struct watch, of_inotify));
    unlock_reap();
    while ((n = list_pop_front(&in->events)))
        kfree(list_entry(n, struct event, node));
    kfree(in);
}

static const struct file_ops inotify_fops = {
    .read = inotify_read,
    .poll = inotify_poll,
    .ioctl = inotify_ioctl,
    .release = inotify_release,
};

static struct inotify *inotify_of(struct file *f)
{
    return f->ops == &inotify_fops ? f->priv : NULL;
}

int inotify_create(uint32_t flags, struct file **out)
{
    if (flags & ~(O_NONBLOCK | O_CLOEXEC))
        return -EINVAL;
    struct inotify *in = kzalloc(sizeof(*in));
    if (!in)
        return -ENOMEM;
    list_init(&in->events);
    list_init(&in->watches);
    waitq_init(&in->wait);
    *out = file_new_nameless(&inotify_fops, in, O_RDONLY | (flags & O_NONBLOCK));
    if (*out)
        return 0;
    kfree(in);
    return -ENOMEM;
}
