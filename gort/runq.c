/* SPDX-License-Identifier: Apache-2.0 */
/* Run queues. The argument for their memory order is in runq.h. */
#include "gort/runq.h"

#define MASK (RUNQ_SLOTS - 1)

static uint32_t load_tail_owner(struct runq *q)
{
    return atomic_load_explicit(&q->tail, memory_order_relaxed);
}

static struct g *slot_load(struct runq *q, uint32_t i)
{
    return atomic_load_explicit(&q->slot[i & MASK], memory_order_relaxed);
}

static void slot_store(struct runq *q, uint32_t i, struct g *gp)
{
    atomic_store_explicit(&q->slot[i & MASK], gp, memory_order_relaxed);
}

/* After the swap the slots stay as they are until the owner, who is us, puts again. */
static bool overflow_half(struct runq *q, uint32_t head, struct g *gp, struct gqueue *overflow)
{
    if (!runq_take(q, head, RUNQ_SLOTS / 2))
        return false;
    for (uint32_t i = 0; i < RUNQ_SLOTS / 2; i++)
        gqueue_put(overflow, slot_load(q, head + i));
    gqueue_put(overflow, gp);
    return true;
}

void runq_put_full(struct runq *q, struct g *gp, struct gqueue *overflow)
{
    for (;;) {
        uint32_t head = atomic_load_explicit(&q->head, memory_order_acquire);
        if (load_tail_owner(q) - head < RUNQ_SLOTS) {
            runq_put(q, gp, false, overflow);
            return;
        }
        if (overflow_half(q, head, gp, overflow))
            return;
    }
}

void runq_rotate_next(struct runq *q, struct gqueue *overflow)
{
    struct g *gp = runq_swap_next(q, NULL);
    if (gp)
        runq_put(q, gp, false, overflow);
}

/* Copies half of `from` into to's free slots without publishing them; how many. */
static uint32_t grab(struct runq *to, uint32_t to_tail, struct runq *from)
{
    for (;;) {
        uint32_t head = atomic_load_explicit(&from->head, memory_order_acquire);
        uint32_t tail = atomic_load_explicit(&from->tail, memory_order_acquire);
        uint32_t n = tail - head;
        n -= n / 2;
        if (n == 0)
            return 0;
        if (n > RUNQ_SLOTS / 2)
            continue;
        for (uint32_t i = 0; i < n; i++)
            slot_store(to, to_tail + i, slot_load(from, head + i));
        if (runq_take(from, head, n))
            return n;
    }
}

struct g *runq_steal(struct runq *to, struct runq *from)
{
    uint32_t tail = load_tail_owner(to);
    /* The slots written by grab are free only as far as the readers of their former contents are
     * done. */
    if (tail - atomic_load_explicit(&to->head, memory_order_acquire) > RUNQ_SLOTS / 2)
        return NULL;
    uint32_t n = grab(to, tail, from);
    if (n == 0)
        return NULL;
    struct g *gp = slot_load(to, tail + n - 1);
    if (n > 1)
        atomic_store_explicit(&to->tail, tail + n - 1, memory_order_release);
    return gp;
}

/*
 * The owner may move a G from runnext to the ring between our loads, which would hide it from both.
 * A tail that did not change shows that it didn't.
 */
bool runq_empty(struct runq *q)
{
    for (;;) {
        uint32_t head = atomic_load_explicit(&q->head, memory_order_acquire);
        uint32_t tail = atomic_load_explicit(&q->tail, memory_order_acquire);
        struct g *next = runq_peek_next(q);
        if (atomic_load_explicit(&q->tail, memory_order_acquire) == tail)
            return head == tail && !next;
    }
}

void gqueue_put(struct gqueue *q, struct g *gp)
{
    gp->schedlink = NULL;
    gspin_lock(&q->lock);
    if (q->tail)
        q->tail->schedlink = gp;
    else
        q->head = gp;
    q->tail = gp;
    atomic_fetch_add_explicit(&q->n, 1, memory_order_release);
    gspin_unlock(&q->lock);
}

static struct g **find_allowed(struct gqueue *q, uint64_t mask, struct g **prev)
{
    *prev = NULL;
    for (struct g **at = &q->head; *at; *prev = *at, at = &(*at)->schedlink)
        if (g_allowed(*at) & mask)
            return at;
    return NULL;
}

struct g *gqueue_get(struct gqueue *q, uint64_t mask)
{
    struct g *prev, *gp = NULL;
    if (gqueue_len(q) == 0)
        return NULL;
    gspin_lock(&q->lock);
    struct g **at = find_allowed(q, mask, &prev);
    if (at) {
        gp = *at;
        *at = gp->schedlink;
        if (q->tail == gp)
            q->tail = prev;
        gp->schedlink = NULL;
        atomic_fetch_sub_explicit(&q->n, 1, memory_order_relaxed);
    }
    gspin_unlock(&q->lock);
    return gp;
}

bool gqueue_has(struct gqueue *q, uint64_t mask)
{
    struct g *prev;
    if (gqueue_len(q) == 0)
        return false;
    gspin_lock(&q->lock);
    bool has = find_allowed(q, mask, &prev) != NULL;
    gspin_unlock(&q->lock);
    return has;
}
