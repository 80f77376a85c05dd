/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contexts. Each holds a reference to its parent; a parent knows its children while they are not
 * cancelled. A child is unlinked from its parent before its memory goes. Lock order: parent before
 * child; no context lock is held while a channel is closed.
 */
#include <errno.h>
#include <stdlib.h>

#include "gort/chan.h"

struct go_ctx {
    struct go_ctx *parent;
    struct spin lock;     /* children, of this context; and err */
    struct list children; /* of struct go_ctx through `link` */
    struct list link;     /* guarded by the parent's lock */
    _Atomic int err;
    _Atomic int refs;
    go_chan *done;
    struct timer timer;
    bool has_timer;
    const void *key;
    void *value;
};

static void unref(struct go_ctx *c)
{
    while (c && atomic_fetch_sub(&c->refs, 1) == 1) {
        struct go_ctx *parent = c->parent;
        go_chan_free(c->done);
        free(c);
        c = parent;
    }
}

static bool set_err(struct go_ctx *c, int err)
{
    int none = 0;
    return atomic_compare_exchange_strong(&c->err, &none, err);
}

/* The first child, unlinked, with a reference of the caller's. */
static struct go_ctx *child_take(struct go_ctx *c)
{
    struct go_ctx *child = NULL;
    gspin_lock(&c->lock);
    struct list *n = list_pop_front(&c->children);
    if (n) {
        child = list_entry(n, struct go_ctx, link);
        atomic_fetch_add(&child->refs, 1);
    }
    gspin_unlock(&c->lock);
    return child;
}

/* Depth-first; contexts nest as deep as the program that made them. */
static void cancel(struct go_ctx *c, int err)
{
    struct go_ctx *child;
    if (!set_err(c, err))
        return;
    go_close(c->done);
    while ((child = child_take(c))) {
        cancel(child, err);
        unref(child);
    }
}

static void parent_leave(struct go_ctx *c)
{
    if (!c->parent)
        return;
    gspin_lock(&c->parent->lock);
    list_remove(&c->link);
    gspin_unlock(&c->parent->lock);
}

/* A parent that was cancelled before cancels; one that is cancelled later finds the child in its
 * list. */
static void parent_join(struct go_ctx *c)
{
    struct go_ctx *p = c->parent;
    if (!p)
        return;
    atomic_fetch_add(&p->refs, 1);
    gspin_lock(&p->lock);
    list_push_back(&p->children, &c->link);
    gspin_unlock(&p->lock);
    int err = atomic_load(&p->err);
    if (!err)
        return;
    parent_leave(c);
    cancel(c, err);
}

static struct go_ctx *make(struct go_ctx *parent)
{
    struct go_ctx *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->done = go_chan_make(0, 0);
    if (!c->done) {
        free(c);
        return NULL;
    }
    c->parent = parent;
    atomic_store(&c->refs, 1);
    list_init(&c->children);
    list_init(&c->link);
    return c;
}

go_ctx *go_ctx_cancel(go_ctx *parent)
{
    struct go_ctx *c = make(parent);
    if (c)
        parent_join(c);
    return c;
}

static void deadline_passed(void *arg)
{
    struct go_ctx *c = arg;
    parent_leave(c);
    cancel(c, -ETIMEDOUT);
}

go_ctx *go_ctx_deadline(go_ctx *parent, int64_t deadline)
{
    struct go_ctx *c = make(parent);
    if (!c)
        return NULL;
    c->has_timer = true;
    timer_init(&c->timer, deadline_passed, c);
    parent_join(c);
    if (deadline <= go_now())
        deadline_passed(c);
    else
        timer_set(&c->timer, deadline);
    return c;
}

go_ctx *go_ctx_with_value(go_ctx *parent, const void *key, void *value)
{
    struct go_ctx *c = make(parent);
    if (!c)
        return NULL;
    c->key = key;
    c->value = value;
    parent_join(c);
    return c;
}

void go_ctx_cancel_now(go_ctx *c)
{
    parent_leave(c);
    cancel(c, -ECANCELED);
}

void go_ctx_free(go_ctx *c)
{
    if (!c)
        return;
    if (c->has_timer)
        timer_stop_sync(&c->timer);
    go_ctx_cancel_now(c);
    unref(c);
}

go_chan *go_ctx_done(go_ctx *c)
{
    return c->done;
}

int go_ctx_err(go_ctx *c)
{
    return atomic_load(&c->err);
}

void *go_ctx_value(go_ctx *c, const void *key)
{
    for (; c; c = c->parent)
        if (c->key == key)
            return c->value;
    return NULL;
}
