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
 * - When ownership of a P changes hands (host: blocking call), the hand-over itself synchronises
 * (idle.h), so the new owner sees the old owner's tail.
 */
#ifndef GORT_RUNQ_H
#define GORT_RUNQ_H

#include "gort/g.h"
#include "gort/spin.h"

#define RUNQ_SLOTS 256u /* a power of two */

struct runq {
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

/*
 * runq_put - queue gp; with `next` it will be the first to run and pushes the former first one to
 * the tail. Owner only. A full ring gives its older half and the G that found no place to
 * `overflow`.
 */
void runq_put(struct runq *q, struct g *gp, bool next, struct gqueue *overflow);

/* runq_get - the next G to run or NULL; *inherit says that it came from runnext and goes on in its
 * waker's slice. Owner only. */
struct g *runq_get(struct runq *q, bool *inherit);

/* runq_rotate_next - move runnext to the tail: its pair has had its slice. Owner only. */
void runq_rotate_next(struct runq *q, struct gqueue *overflow);

/* runq_steal - move half of `from` into `to` (the caller's own, with room: it is empty) and return
 * one of them, or NULL. */
struct g *runq_steal(struct runq *to, struct runq *from);

/* runq_steal_next - take `from`'s runnext if it still is `seen`. */
bool runq_steal_next(struct runq *from, struct g *seen);

/* runq_peek_next - what runnext holds now; not to be followed, it may be gone. */
static inline struct g *runq_peek_next(struct runq *q)
{
    return atomic_load_explicit(&q->next, memory_order_acquire);
}

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
