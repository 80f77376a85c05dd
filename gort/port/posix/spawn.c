/* SPDX-License-Identifier: Apache-2.0 */
/* A goroutine's life in the posix port: spawn, values, end, join. */
#include <errno.h>
#include <string.h>

#include "gort/port/posix/rt.h"
#include "gort/san.h"

#define CROWD (RUNQ_SLOTS / 2) /* goroutines waiting on this P */

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

int go_local_set(unsigned key, void *value)
{
    struct g *gp = go_self();
    if (!gp || key >= keys.n)
        return -EINVAL;
    hg_of(gp)->local[key] = value;
    hg_of(gp)->has_locals = true;
    return 0;
}

static void locals_destroy(struct hg *hg)
{
    if (!hg->has_locals)
        return;
    for (unsigned i = 0; i < keys.n; i++) {
        void *value = hg->local[i];
        hg->local[i] = NULL;
        if (value && keys.destroy[i])
            keys.destroy[i](value);
    }
}

/* ------------------------------------------------------------------ spawn */

static void hg_main(void *arg)
{
    struct hg *hg = arg;
    hg->fn(hg->arg);
    go_exit();
}

static void hg_init(struct hg *hg, const go_attr *attr, go_fn fn, void *arg)
{
    uintptr_t lo = arena_stack_lo(hg);
    san_stack_new((void *)lo, (void *)hg);
    g_init(&hg->g, (void *)lo, hg, hg_main, hg);
    if (hg->has_locals)
        memset(hg->local, 0, sizeof(hg->local));
    hg->has_locals = false;
    hg->ended = false;
    hg->nopreempt = 0;
    hg->fn = fn;
    hg->arg = arg;
    hg->flags = attr ? attr->flags : 0;
    hg->g.name = attr ? attr->name : NULL;
}

/*
 * A goroutine that starts others faster than they run gives way to them now and then. The work is
 * the same, but few stacks are in use at a time instead of many: fresh ones cost page faults, used
 * ones are warm.
 */
static void give_way(void)
{
    struct g *gp = go_self();
    if (gp && runq_len(&gp->m->p->runq) >= CROWD && gp->m->locks == 0 && !hg_of(gp)->nopreempt)
        g_yield();
}

int spawn(struct hg **out, const go_attr *attr, go_fn fn, void *arg)
{
    struct hg *hg = arena_get();
    if (UNLIKELY(!hg))
        return arena_error();
    hg_init(hg, attr, fn, arg);
    if (out)
        *out = hg;
    if (UNLIKELY(hg->flags & GO_PINNED)) {
        struct m *mp = port_getm();
        g_set_allowed(&hg->g, 1ull << (mp && mp->p ? mp->p->id : 0));
    }
    g_start_unlisted(&hg->g);
    give_way();
    return 0;
}

int go(go_fn fn, void *arg)
{
    return spawn(NULL, NULL, fn, arg);
}

int go_spawn(go_g **out, const go_attr *attr, go_fn fn, void *arg)
{
    struct hg *hg;
    int r = spawn(&hg, attr, fn, arg);
    if (r == 0 && out)
        *out = &hg->g;
    return r;
}

/* ------------------------------------------------------------------ end */

void go_exit(void)
{
    locals_destroy(hg_of(port_getg()));
    g_exit();
}

void port_g_dead(struct g *gp)
{
    struct hg *hg = hg_of(gp);
    if (LIKELY(!(hg->flags & GO_JOINABLE))) {
        arena_put(hg);
        return;
    }
    waitq_lock(&hg->q);
    hg->ended = true;
    struct waiter *w = waitq_take(&hg->q);
    struct g *joiner = w ? w->g : NULL;
    waitq_unlock(&hg->q);
    if (joiner)
        g_ready(joiner);
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
    arena_put(hg);
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

void go_yield(void)
{
    g_yield();
}
