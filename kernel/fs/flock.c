/* SPDX-License-Identifier: Apache-2.0 */
/* Advisory locks of an inode: a short list under a spinlock, and a queue for those who wait for any
 * change of it. */
#include "kernel/fs/flock.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"

struct lock_list {
    struct spinlock lock;
    struct list locks;
    struct waitq changed;
};

struct advisory {
    struct list node;
    struct lock_request r;
    bool whole; /* of flock's family */
};

static struct lock_list *list_of(struct inode *inode)
{
    return __atomic_load_n(&inode->locks, __ATOMIC_ACQUIRE);
}

/* The inode's list, made when first needed. */
static struct lock_list *list_make(struct inode *inode)
{
    struct lock_list *have = list_of(inode);
    if (have)
        return have;
    struct lock_list *l = kzalloc(sizeof(*l));
    if (!l)
        return NULL;
    list_init(&l->locks);
    waitq_init(&l->changed);
    if (__atomic_compare_exchange_n(&inode->locks, &have, l, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return l;
    kfree(l);
    return have;
}

void flock_free(struct inode *inode)
{
    kfree(inode->locks);
}

static bool conflicts(const struct advisory *a, const struct lock_request *r, bool whole)
{
    if (a->whole != whole || a->r.start > r->end || a->r.end < r->start)
        return false;
    if (r->type == F_UNLCK) /* F_OFD_GETLK asks for its own locks that way */
        return a->r.owner == r->owner;
    if (a->r.owner == r->owner)
        return false;
    return a->r.type == F_WRLCK || r->type == F_WRLCK;
}

static struct advisory *conflict_locked(struct lock_list *l, const struct lock_request *r,
                                        bool whole)
{
    list_for_each (n, &l->locks) {
        struct advisory *a = list_entry(n, struct advisory, node);
        if (conflicts(a, r, whole))
            return a;
    }
    return NULL;
}

/* Room for what setting a range may need: the lock itself and the second half of one that is cut in
 * two. */
struct spares {
    struct list free;
};

static bool spares_init(struct spares *s)
{
    list_init(&s->free);
    for (int i = 0; i < 2; i++) {
        struct advisory *a = kzalloc(sizeof(*a));
        if (!a)
            return false;
        list_push_back(&s->free, &a->node);
    }
    return true;
}

static struct advisory *spare_take(struct spares *s)
{
    return list_entry(list_pop_front(&s->free), struct advisory, node);
}

static void spares_free(struct spares *s)
{
    struct list *n;
    while ((n = list_pop_front(&s->free)))
        kfree(list_entry(n, struct advisory, node));
}

static void drop(struct advisory *a, struct spares *s)
{
    list_remove(&a->node);
    list_push_back(&s->free, &a->node);
}

/* Cut r's range out of a, which overlaps it and has another type. */
static void cut(struct advisory *a, const struct lock_request *r, struct spares *s)
{
    if (a->r.start < r->start && a->r.end > r->end) {
        struct advisory *right = spare_take(s);
        right->r = a->r;
        right->whole = a->whole;
        right->r.start = r->end + 1;
        list_push_back(&a->node, &right->node);
    }
    if (a->r.start < r->start)
        a->r.end = r->start - 1;
    else if (a->r.end > r->end)
        a->r.start = r->end + 1;
    else
        drop(a, s);
}

static bool touches(const struct lock_request *a, const struct lock_request *b)
{
    return (a->start == 0 || a->start - 1 <= b->end) && (b->start == 0 || b->start - 1 <= a->end);
}

/* Make the owner's locks such that exactly r holds in its range: neighbours of the same type join
 * it, others are cut. */
static void set_locked(struct lock_list *l, struct lock_request r, bool whole, struct spares *s)
{
    list_for_each (n, &l->locks) {
        struct advisory *a = list_entry(n, struct advisory, node);
        if (a->whole != whole || a->r.owner != r.owner)
            continue;
        if (a->r.type == r.type && touches(&a->r, &r)) {
            r.start = MIN(r.start, a->r.start);
            r.end = MAX(r.end, a->r.end);
            drop(a, s);
        } else if (a->r.type != r.type && a->r.start <= r.end && a->r.end >= r.start) {
            cut(a, &r, s);
        }
    }
    if (r.type == F_UNLCK)
        return;
    struct advisory *a = spare_take(s);
    a->r = r;
    a->whole = whole;
    list_push_back(&l->locks, &a->node);
}

static bool try_set(struct lock_list *l, const struct lock_request *r, bool whole, struct spares *s)
{
    spin_lock(&l->lock);
    bool free = r->type == F_UNLCK || !conflict_locked(l, r, whole);
    if (free)
        set_locked(l, *r, whole, s);
    spin_unlock(&l->lock);
    return free;
}

static int set(struct inode *inode, const struct lock_request *r, bool whole, bool wait)
{
    struct lock_list *l = list_make(inode);
    struct spares s;
    int err = spares_init(&s) && l ? 0 : -ENOLCK;
    if (!err && !try_set(l, r, whole, &s))
        err = wait ? wait_event(&l->changed, try_set(l, r, whole, &s), WAIT_FOREVER) : -EAGAIN;
    spares_free(&s);
    if (!err)
        waitq_wake(&l->changed, ~0u, 0);
    return err;
}

int flock_whole(struct file *f, int op)
{
    struct lock_request r = {.owner = f, .pid = -1, .start = 0, .end = INT64_MAX};
    struct lock_request none = r;
    int kind = op & ~LOCK_NB;
    r.type = kind == LOCK_SH ? F_RDLCK : kind == LOCK_EX ? F_WRLCK : F_UNLCK;
    int err = set(f->inode, &r, true, false);
    if (err != -EAGAIN)
        return err;
    none.type = F_UNLCK; /* a conversion gives the old lock up before it waits or fails */
    err = set(f->inode, &none, true, false);
    return err ? err : set(f->inode, &r, true, !(op & LOCK_NB));
}

int flock_range(struct file *f, const struct lock_request *r, bool wait)
{
    return set(f->inode, r, false, wait);
}

void flock_test(struct file *f, struct lock_request *r)
{
    struct lock_list *l = list_of(f->inode);
    struct advisory *a = NULL;
    if (l) {
        spin_lock(&l->lock);
        a = conflict_locked(l, r, false);
        if (a)
            *r = a->r;
        spin_unlock(&l->lock);
    }
    if (!a)
        r->type = F_UNLCK;
}

/* Drop all locks of an owner. */
static void drop_owner(struct inode *inode, void *owner)
{
    struct lock_list *l = list_of(inode);
    struct spares gone;
    list_init(&gone.free);
    spin_lock(&l->lock);
    list_for_each (n, &l->locks) {
        struct advisory *a = list_entry(n, struct advisory, node);
        if (a->r.owner == owner)
            drop(a, &gone);
    }
    spin_unlock(&l->lock);
    bool any = !list_empty(&gone.free);
    spares_free(&gone);
    if (any)
        waitq_wake(&l->changed, ~0u, 0);
}

void flock_release(struct file *f)
{
    drop_owner(f->inode, f);
}

void flock_close(struct file *f, void *owner)
{
    drop_owner(f->inode, owner);
}
