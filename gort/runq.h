/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run queues: the ring of a P with its runnext slot, and the locked queue (one global, one per P
 * for Gs that may not run everywhere).
 *
 * The ring. One M at a time owns a P and is the only one that puts; the owner gets one, thieves
 * grab half. `tail` is written by the owner only. `head` moves forward by compare-and-swap of
 * whoever takes. Both count for ever and wrap at 2^32; slot = count % 256.
 *
 * Why it is right in the C11 model:
 * - A put stores the slot (relaxed), then tail with release. A thief loads tail with acquire, so it
 * sees the slot, and everything that the putting M did to the G before.
 * - A thief reads slots before it knows whether they are its own, and its compare-and-swap on head
 * decides. That swap has release: the reads come before it. The owner loads head with acquire
 * before it reuses slots, so it overwrites only slots whose readers are done. A thief that read an
 * overwritten slot started from an older head; head never goes back, so its swap fails.
 * - A thief may see a tail that is newer than its head by more than the ring holds: it retries.
 * - Owner's get and thieves' grabs meet at the same swap on head, so a G is taken once.
 * - runnext is taken and replaced by atomic swaps with acq_rel, by the owner and by thieves alike.
 * - runnext's swap is sequentially consistent: the idle protocol needs it ordered before its look
 * at who sleeps.
 * - With one P nobody steals; head and next are the owner's alone then, and it changes them with
 * plain loads and stores.
 * - When ownership of a P changes hands (host: blocking call), the hand-over itself synchronises
 * (idle.h), so the new owner sees the old owner's tail.
 */
#ifndef GORT_RUNQ_H
#define GORT_RUNQ_H

#include "gort/g.h"
#include "gort/spin.h"

#define RUNQ_SLOTS 256u /* a power of two */

struct runq {
    bool alone; /* there is one P: nobody steals, and swaps need not be atomic */
    _Atomic uint32_t head;
    _Atomic uint32_t tail;
    _Atomic(struct g *) next;
    _Atomic(struct g *) slot[RUNQ_SLOTS];
};

/* A chain through schedlink; `n` may be read without the lock as a hint. */
struct gqueue {
    struct spin lock;
    _Atomic uint32_t n;
    struct g *head;
    struct g *tail;
};

/* runq_peek_next - what runnext holds now; not to be followed, it may be gone. */
static inline struct g *runq_peek_next(struct runq *q)
{
    return atomic_load_explicit(&q->next, memory_order_acquire);
}

/* runq_swap_next - put gp (or NULL) into runnext; what was there before. */
static inline struct g *runq_swap_next(struct runq *q, struct g *gp)
{
    if (!q->alone)
        return atomic_exchange(&q->next, gp);
    struct g *old = runq_peek_next(q);
    atomic_store_explicit(&q->next, gp, memory_order_release);
    return old;
}

/* runq_steal_next - take `from`'s runnext if it still is `seen`, which it is when nobody steals. */
static inline bool runq_steal_next(struct runq *from, struct g *seen)
{
    if (from->alone) {
        atomic_store_explicit(&from->next, NULL, memory_order_relaxed);
        return true;
    }
    return atomic_compare_exchange_strong_explicit(&from->next, &seen, NULL, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

/* runq_put_full - runq_put's way when the ring may be full. */
void runq_put_full(struct runq *q, struct g *gp, struct gqueue *overflow);

/* runq_has_room - the ring holds fewer than `few`, and its next free slot is at *tail. Owner only.
 */
GORT_HOT bool runq_has_room(struct runq *q, uint32_t few, uint32_t *tail)
{
    *tail = own_load(&q->tail);
    return *tail - atomic_load_explicit(&q->head, memory_order_acquire) < few;
}

/* runq_len - how many the ring holds, about. */
static inline uint32_t runq_len(struct runq *q)
{
    return own_load(&q->tail) - own_load(&q->head);
}

/* runq_put_at - queue gp in the free slot at tail. Owner only. */
GORT_HOT void runq_put_at(struct runq *q, uint32_t tail, struct g *gp)
{
    atomic_store_explicit(&q->slot[tail % RUNQ_SLOTS], gp, memory_order_relaxed);
    atomic_store_explicit(&q->tail, tail + 1, memory_order_release);
}

/* runq_put_tail - queue gp behind the others; false when the ring is full. Owner only. */
GORT_HOT bool runq_put_tail(struct runq *q, struct g *gp)
{
    uint32_t head = atomic_load_explicit(&q->head, memory_order_acquire);
    uint32_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
    if (UNLIKELY(tail - head >= RUNQ_SLOTS))
        return false;
    runq_put_at(q, tail, gp);
    return true;
}

/*
 * runq_put - queue gp; with `next` it will be the first to run and pushes the former first one to
 * the tail. Owner only. A full ring gives its older half and the G that found no place to
 * `overflow`.
 */
GORT_HOT void runq_put(struct runq *q, struct g *gp, bool next, struct gqueue *overflow)
{
    if (next && !(gp = runq_swap_next(q, gp)))
        return;
    if (UNLIKELY(!runq_put_tail(q, gp)))
        runq_put_full(q, gp, overflow);
}

/* runq_put_next - runq_put with `next`, but when the ring is full it is false, and *gp found no
 * place. */
GORT_HOT bool runq_put_next(struct runq *q, struct g **gp)
{
    *gp = runq_swap_next(q, *gp);
    return !*gp || runq_put_tail(q, *gp);
}

/* runq_take - claim n Gs from head on; false when somebody was faster. */
GORT_HOT bool runq_take(struct runq *q, uint32_t head, uint32_t n)
{
    if (q->alone) {
        atomic_store_explicit(&q->head, head + n, memory_order_release);
        return true;
    }
    return atomic_compare_exchange_strong_explicit(&q->head, &head, head + n, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

/* runq_get_head - the oldest G of the ring, or NULL. Owner only. */
GORT_HOT struct g *runq_get_head(struct runq *q)
{
    for (;;) {
        uint32_t head = atomic_load_explicit(&q->head, memory_order_acquire);
        if (atomic_load_explicit(&q->tail, memory_order_relaxed) == head)
            return NULL;
        struct g *gp = atomic_load_explicit(&q->slot[head % RUNQ_SLOTS], memory_order_relaxed);
        if (!gp)
            __builtin_unreachable();
        if (LIKELY(runq_take(q, head, 1)))
            return gp;
    }
}

/* A G to run; inherit: it came from runnext and goes on in its waker's slice. In two registers. */
struct picked {
    struct g *g; /* or NULL */
    bool inherit;
};

/* runq_get_next - take runnext, or NULL. Owner only. */
GORT_HOT struct g *runq_get_next(struct runq *q)
{
    struct g *gp = runq_peek_next(q);
    return gp && LIKELY(runq_steal_next(q, gp)) ? gp : NULL;
}

/* runq_get - the next G to run. Owner only. */
GORT_HOT struct picked runq_get(struct runq *q)
{
    struct g *gp = runq_get_next(q);
    return gp ? (struct picked){gp, true} : (struct picked){runq_get_head(q), false};
}

/*
 * runq_put_behind - put gp, which ran until now, at the tail of a ring in which others wait; *head
 * is where the oldest was. False, and nothing is done: runnext comes first, or the ring is empty or
 * full. Owner only.
 */
GORT_HOT bool runq_put_behind(struct runq *q, struct g *gp, uint32_t *head)
{
    uint32_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
    *head = atomic_load_explicit(&q->head, memory_order_acquire);
    if (runq_peek_next(q) || UNLIKELY(tail - *head - 1 >= RUNQ_SLOTS - 1))
        return false;
    runq_put_at(q, tail, gp);
    return true;
}

/* runq_take_own - take the oldest, at head, of a ring that nobody steals from. */
GORT_HOT struct g *runq_take_own(struct runq *q, uint32_t head)
{
    atomic_store_explicit(&q->head, head + 1, memory_order_relaxed);
    return atomic_load_explicit(&q->slot[head % RUNQ_SLOTS], memory_order_relaxed);
}

/* runq_rotate_next - move runnext to the tail: its pair has had its slice. Owner only. */
void runq_rotate_next(struct runq *q, struct gqueue *overflow);

/* runq_steal - move half of `from` into `to` (the caller's own, with room: it is empty) and return
 * one of them, or NULL. */
struct g *runq_steal(struct runq *to, struct runq *from);

/* runq_empty - neither ring nor runnext held anything at one moment during the call. Any M. */
bool runq_empty(struct runq *q);

/* gqueue_put - append. */
void gqueue_put(struct gqueue *q, struct g *gp);

/* gqueue_get - take the first G that may run on a P of `mask`, or NULL. */
struct g *gqueue_get(struct gqueue *q, uint64_t mask);

/* gqueue_has - whether gqueue_get would find one now. */
bool gqueue_has(struct gqueue *q, uint64_t mask);

static inline uint32_t gqueue_len(struct gqueue *q)
{
    return atomic_load_explicit(&q->n, memory_order_acquire);
}

#endif
