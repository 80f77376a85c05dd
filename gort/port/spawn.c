/* SPDX-License-Identifier: Apache-2.0 */
/* A goroutine's life in a hosted port: spawn, values, end, join. */
#include <errno.h>
#include <string.h>

#include "gort/port/arena.h"
#include "gort/run.h"

/* ------------------------------------------------------------------ values */

static struct {
    struct spin lock;
    _Atomic unsigned n;
    void (*destroy[GO_LOCAL_KEYS])(void *);
} keys;

int go_local_key(unsigned *key, void (*destroy)(void *))
{
    int r = -ENOSPC;
    gspin_lock(&keys.lock);
    if (keys.n < GO_LOCAL_KEYS) {
        keys.destroy[keys.n] = destroy;
        *key = keys.n++;
        r = 0;
    }
    gspin_unlock(&keys.lock);
    return r;
}

void *go_local_get(unsigned key)
{
    struct g *gp = go_self();
    return gp && key < GO_LOCAL_KEYS ? hg_of(gp)->local[key] : NULL;
}

static void locals_destroy(struct g *gp)
{
    struct hg *hg = hg_of(gp);
    gp->at_end = NULL;
    for (unsigned i = 0; i < keys.n; i++) {
        void *value = hg->local[i];
        hg->local[i] = NULL;
        if (value && keys.destroy[i])
            keys.destroy[i](value);
    }
}

int go_local_set(unsigned key, void *value)
{
    struct g *gp = go_self();
    if (!gp || key >= keys.n)
        return -EINVAL;
    hg_of(gp)->local[key] = value;
    gp->at_end = locals_destroy;
    gp->unusual |= G_PORT;
    return 0;
}

/* ------------------------------------------------------------------ spawn */

void hg_make(struct hg *hg, void *stack_lo)
{
    g_init(&hg->g, stack_lo, hg, NULL, NULL);
}

/*
 * A goroutine that starts others faster than they run gives way to them now and then. The work is
 * the same, but few stacks are in use at a time instead of many: fresh ones cost page faults, used
 * ones are warm.
 */
static NOINLINE void give_way(struct g *self)
{
    if (self->goid && self->m->locks == 0 && !hg_of(self)->nopreempt)
        g_yield();
}

static void prepare(struct hg *hg, const go_attr *attr, go_fn fn, void *arg)
{
    san_stack_new((void *)hg->g.stack_lo, hg);
    g_again(&hg->g);
    hg->g.name = attr->name;
    hg->g.unusual = attr->name || attr->flags ? G_PORT : 0;
    hg->g.fn = fn;
    hg->g.arg = arg;
    hg->flags = attr->flags;
}

int go_spawn(go_g **out, const go_attr *attr, go_fn fn, void *arg)
{
    static const go_attr plain;
    struct g *self = port_getg();
    struct m *mp = self ? self->m : NULL;
    struct hg *hg = arena_get(mp);
    if (!hg)
        return arena_error();
    attr = attr ? attr : &plain;
    prepare(hg, attr, fn, arg);
    if (out)
        *out = &hg->g;
    if (attr->flags & GO_PINNED)
        g_set_allowed(&hg->g, 1ull << (mp && mp->p ? mp->p->id : 0));
    g_start_unlisted(&hg->g);
    if (mp && mp->p && runq_len(&mp->p->runq) >= CROWD)
        give_way(self);
    return 0;
}

int go_queued(struct m *mp)
{
    enqueued_rare(mp);
    return 0;
}

int go_slow(go_fn fn, void *arg)
{
    return go_spawn(NULL, NULL, fn, arg);
}

/* ------------------------------------------------------------------ end */

void go_exit(void)
{
    g_exit();
}

/* The joiner gives the stack back. */
static void wake_joiner(struct hg *hg)
{
    waitq_lock(&hg->q);
    hg->ended = true;
    struct waiter *w = waitq_take(&hg->q);
    struct g *joiner = w ? w->g : NULL;
    waitq_unlock(&hg->q);
    if (joiner)
        g_ready(joiner);
}

/* As gfree_put wants it: the next life may be a plain one. */
void port_g_dead(struct m *mp, struct g *gp)
{
    struct hg *hg = hg_of(gp);
    bool joinable = hg->flags & GO_JOINABLE;
    hg->flags = hg->nopreempt = 0;
    gp->name = NULL;
    gp->unusual = 0;
    own_store(&gp->allowed, G_ALLOWED_ANY);
    if (joinable)
        wake_joiner(hg);
    else
        arena_put(mp, hg);
}

int go_join(go_g *g, int64_t deadline)
{
    struct hg *hg = hg_of(g);
    struct waiter w = {.kind = 0};
    waitq_lock(&hg->q);
    if (hg->ended)
        waitq_unlock(&hg->q);
    else if (deadline == 0) {
        waitq_unlock(&hg->q);
        return -ETIMEDOUT;
    } else if (!waitq_wait(&hg->q, &w, false, deadline, WAIT_SEMACQUIRE)) {
        return -ETIMEDOUT;
    }
    hg->ended = false;
    arena_put(port_getm(), hg);
    return 0;
}

/* ------------------------------------------------------------------ this goroutine */

go_g *go_self(void)
{
    struct g *gp = port_getg();
    return gp && gp->goid ? gp : NULL;
}

uint64_t go_id(void)
{
    struct g *gp = go_self();
    return gp ? gp->goid : 0;
}
