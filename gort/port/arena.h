/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a goroutine of a hosted port is, and where its stack comes from: spawn.c has the former,
 * each port's arena.c the latter, shared out by slots.c. A slot is a stack with its goroutine in
 * the top page; it is never unmapped while the runtime lives. Free slots wait in their P's gfree,
 * then in a common list.
 */
#ifndef GORT_PORT_ARENA_H
#define GORT_PORT_ARENA_H

#include "gort/run.h"
#include "gort/waitq.h"

/* It lies in the top page of its own stack slot. */
struct hg {
    struct g g;
    uint32_t flags;     /* GO_JOINABLE, GO_PINNED */
    uint32_t nopreempt; /* > 0: GO_PREEMPTIBLE functions aren't stopped either */
    struct go_waitq_ q; /* the joiner, and the lock of `ended` */
    bool ended;
    void *local[GO_LOCAL_KEYS];
};

_Static_assert(sizeof(struct hg) <= 1024, "a parked goroutine must fit its one page");

static inline struct hg *hg_of(struct g *gp)
{
    return container_of(gp, struct hg, g);
}

/* hg_make - memory that reads as zero becomes a goroutine's. */
void hg_make(struct hg *hg, void *stack_lo);

/* The ways round a P whose gfree is empty or full, or without one (NULL). slots_forget - no slot is
 * free any more, since the arena begins anew. (slots.c) */
struct hg *arena_get_slow(struct p *pp);
void arena_put_slow(struct p *pp, struct hg *hg);
void slots_forget(void);

/* arena_fresh_locked - a slot that nobody has had yet, hg_make'd; NULL: arena_error says why. */
struct hg *arena_fresh_locked(void);

/* arena_error - why arena_get failed: -EAGAIN (max_g) or -ENOMEM. */
int arena_error(void);

/* arena_get - a slot whose G was g_init'ed and has ended or not begun; mp is this M or NULL. NULL:
 * arena_error says why. */
static inline struct hg *arena_get(struct m *mp)
{
    struct p *pp = mp ? mp->p : NULL;
    return LIKELY(pp && pp->ngfree) ? hg_of(gfree_get(pp)) : arena_get_slow(pp);
}

/* arena_put - back when nothing runs on it any more; its G is as gfree_put wants it. */
static inline void arena_put(struct m *mp, struct hg *hg)
{
    struct p *pp = mp ? mp->p : NULL;
    if (LIKELY(pp && pp->ngfree < GFREE_MAX))
        gfree_put(pp, &hg->g);
    else
        arena_put_slow(pp, hg);
}

#endif
