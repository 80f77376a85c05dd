/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a goroutine of a hosted port is, and where its stack comes from: spawn.c has the former,
 * each port's arena.c the latter. A slot is a stack with its goroutine in the top page; it is never
 * unmapped while the runtime lives. Free slots wait in a small stack per P, which only its M
 * touches, then in a common list.
 */
#ifndef GORT_PORT_ARENA_H
#define GORT_PORT_ARENA_H

#include "gort/waitq.h"

/* It lies in the top page of its own stack slot. */
struct hg {
    struct g g;
    uint32_t flags;     /* GO_JOINABLE, GO_PINNED */
    uint32_t nopreempt; /* > 0: GO_PREEMPTIBLE functions aren't stopped either */
    struct hg *next_free;
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

#define ARENA_CACHE 64

struct arena_cache {
    unsigned n;
    struct hg *slot[ARENA_CACHE];
} ALIGNED(64);

extern struct arena_cache arena_caches[GORT_MAX_PROCS];

/* The ways round an empty or full cache, or without one (NULL). */
struct hg *arena_get_slow(struct arena_cache *c);
void arena_put_slow(struct arena_cache *c, struct hg *hg);

/* arena_error - why arena_get failed: -EAGAIN (max_g) or -ENOMEM. */
int arena_error(void);

static inline struct arena_cache *arena_cache_of(struct m *mp)
{
    return LIKELY(mp && mp->p) ? &arena_caches[mp->p->id] : NULL;
}

/* arena_get - a slot whose G was g_init'ed and has ended or not begun; mp is this M or NULL. NULL:
 * arena_error says why. */
static inline struct hg *arena_get(struct m *mp)
{
    struct arena_cache *c = arena_cache_of(mp);
    return LIKELY(c && c->n) ? c->slot[--c->n] : arena_get_slow(c);
}

/* arena_put - back when nothing runs on it any more. */
static inline void arena_put(struct m *mp, struct hg *hg)
{
    struct arena_cache *c = arena_cache_of(mp);
    if (LIKELY(c && c->n < ARENA_CACHE))
        c->slot[c->n++] = hg;
    else
        arena_put_slow(c, hg);
}

#endif
