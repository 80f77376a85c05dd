/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pairing heap of timers.
 *
 * Stop against expiry: the heap's lock decides. Expiry unlinks the timer under the lock and notes
 * it in its M's timer_running before it unlocks; it clears the note when the callback has returned.
 * Stop finds the timer linked (it wins), or unlinked with its last runner still on it (it says so),
 * or done.
 */
#include "gort/timer.h"
#include "gort/sched.h"

void timer_heap_init(struct timer_heap *h)
{
    *h = (struct timer_heap){.root = NULL};
    atomic_store_explicit(&h->min_when, TIMER_NEVER, memory_order_relaxed);
}

void timer_init(struct timer *t, void (*fn)(void *), void *arg)
{
    *t = (struct timer){.fn = fn, .arg = arg, .when_ns = TIMER_NEVER};
}

static struct timer *meld(struct timer *a, struct timer *b)
{
    if (!a || !b)
        return a ? a : b;
    if (b->when_ns < a->when_ns) {
        struct timer *swap = a;
        a = b;
        b = swap;
    }
    b->sibling = a->child;
    if (b->sibling)
        b->sibling->link = &b->sibling;
    a->child = b;
    b->link = &a->child;
    return a;
}

/* Two passes, without recursion: pair from the left into a stack, then meld the stack. */
static struct timer *merge_pairs(struct timer *first)
{
    struct timer *pairs = NULL, *all = NULL;
    while (first) {
        struct timer *a = first, *b = a->sibling;
        first = b ? b->sibling : NULL;
        a->sibling = NULL;
        if (b)
            b->sibling = NULL;
        a = meld(a, b);
        a->sibling = pairs;
        pairs = a;
    }
    while (pairs) {
        struct timer *next = pairs->sibling;
        pairs->sibling = NULL;
        all = meld(all, pairs);
        pairs = next;
    }
    return all;
}

static void root_set(struct timer_heap *h, struct timer *root)
{
    h->root = root;
    if (root)
        root->link = &h->root;
    atomic_store_explicit(&h->min_when, root ? root->when_ns : TIMER_NEVER, memory_order_release);
}

static void unlink_locked(struct timer_heap *h, struct timer *t)
{
    struct timer *rest = merge_pairs(t->child);
    t->child = NULL;
    if (t == h->root) {
        root_set(h, rest);
    } else {
        *t->link = t->sibling;
        if (t->sibling)
            t->sibling->link = t->link;
        t->sibling = NULL;
        root_set(h, meld(h->root, rest));
    }
    t->link = NULL;
}

bool timer_heap_add(struct timer_heap *h, struct timer *t, int64_t when_ns)
{
    gspin_lock(&h->lock);
    t->when_ns = when_ns;
    t->heap = h;
    t->child = t->sibling = NULL;
    root_set(h, meld(h->root, t));
    bool first = h->root == t;
    gspin_unlock(&h->lock);
    return first;
}

static struct timer *pop_due(struct timer_heap *h, struct m *mp, int64_t now_ns)
{
    gspin_lock(&h->lock);
    struct timer *t = h->root;
    if (t && t->when_ns <= now_ns && t->when_ns != TIMER_NEVER) {
        unlink_locked(h, t);
        t->runner = mp;
        atomic_store_explicit(&mp->timer_running, t, memory_order_relaxed);
    } else {
        t = NULL;
    }
    gspin_unlock(&h->lock);
    return t;
}

unsigned timer_heap_run(struct timer_heap *h, struct m *mp, int64_t now_ns)
{
    unsigned n = 0;
    struct timer *t;
    while (timer_heap_min(h) <= now_ns && (t = pop_due(h, mp, now_ns)) != NULL) {
        t->fn(t->arg);
        atomic_store_explicit(&mp->timer_running, NULL, memory_order_release);
        n++;
    }
    return n;
}

static bool runs_now(struct timer *t)
{
    return t->runner && atomic_load_explicit(&t->runner->timer_running, memory_order_acquire) == t;
}

enum timer_stopped timer_stop(struct timer *t)
{
    struct timer_heap *h = t->heap;
    if (!h)
        return TIMER_IDLE;
    gspin_lock(&h->lock);
    enum timer_stopped was = TIMER_PENDING;
    if (t->link)
        unlink_locked(h, t);
    else
        was = runs_now(t) ? TIMER_RUNNING : TIMER_IDLE;
    gspin_unlock(&h->lock);
    return was;
}

enum timer_stopped timer_stop_sync(struct timer *t)
{
    enum timer_stopped was = timer_stop(t);
    if (was != TIMER_RUNNING || t->runner == port_getm())
        return was;
    while (runs_now(t))
        port_relax();
    return timer_stop(t);
}

void timer_set(struct timer *t, int64_t when_ns)
{
    timer_stop(t);
    sched_timer_add(t, when_ns);
}
