/* SPDX-License-Identifier: Apache-2.0 */
/* Read-write mutex, condition, wait group, once, semaphore: a few counters under the lock of a wait
 * queue. */
#include "gort/waitq.h"

#include <errno.h>

enum { READER, WRITER };

/* Readies a chain of Gs, linked through schedlink while the queue was locked. */
static void ready_all(struct g *chain)
{
    while (chain) {
        struct g *gp = chain;
        chain = gp->schedlink;
        gp->schedlink = NULL;
        g_ready(gp);
    }
}

static struct g *take_onto(struct go_waitq_ *q, struct g *chain)
{
    struct g *gp = waitq_take(q)->g;
    gp->schedlink = chain;
    return gp;
}

/* ------------------------------------------------------------------ rwmutex */

static bool admits(go_rwmutex *m, int kind)
{
    return !m->writer && (kind == READER || m->readers == 0);
}

static void admit(go_rwmutex *m, int kind)
{
    if (kind == READER)
        m->readers++;
    else
        m->writer = true;
}

static void rw_lock(go_rwmutex *m, uint8_t kind)
{
    waitq_lock(&m->q);
    if (admits(m, kind) && !waitq_first(&m->q)) {
        admit(m, kind);
        waitq_unlock(&m->q);
        return;
    }
    struct waiter w = {.kind = kind};
    waitq_wait(&m->q, &w, false, GO_FOREVER, WAIT_SEMACQUIRE);
}

/* Lets in the first waiter, and readers behind a reader. Whoever is let in owns its share already.
 */
static void rw_release(go_rwmutex *m)
{
    struct g *chain = NULL;
    struct waiter *w;
    while ((w = waitq_first(&m->q)) && admits(m, w->kind)) {
        admit(m, w->kind);
        chain = take_onto(&m->q, chain);
    }
    waitq_unlock(&m->q);
    ready_all(chain);
}

void go_rwmutex_lock(go_rwmutex *m)
{
    rw_lock(m, WRITER);
}

void go_rwmutex_rlock(go_rwmutex *m)
{
    rw_lock(m, READER);
}

void go_rwmutex_unlock(go_rwmutex *m)
{
    waitq_lock(&m->q);
    if (!m->writer)
        go_panic("go_rwmutex_unlock: not locked for writing");
    m->writer = false;
    rw_release(m);
}

void go_rwmutex_runlock(go_rwmutex *m)
{
    waitq_lock(&m->q);
    if (m->readers == 0)
        go_panic("go_rwmutex_runlock: not locked for reading");
    m->readers--;
    rw_release(m);
}

/* ------------------------------------------------------------------ condition */

int go_cond_wait_until(go_cond *c, go_mutex *m, int64_t deadline)
{
    struct waiter w = {.kind = 0};
    waitq_lock(&c->q);
    go_mutex_unlock(m);
    bool woken = waitq_wait(&c->q, &w, false, deadline ? deadline : 1, WAIT_COND);
    go_mutex_lock(m);
    return woken ? 0 : -ETIMEDOUT;
}

void go_cond_wait(go_cond *c, go_mutex *m)
{
    go_cond_wait_until(c, m, GO_FOREVER);
}

void go_cond_signal(go_cond *c)
{
    waitq_lock(&c->q);
    struct waiter *w = waitq_take(&c->q);
    struct g *wake = w ? w->g : NULL;
    waitq_unlock(&c->q);
    if (wake)
        g_ready(wake);
}

/* Under the queue's lock every waiter is taken or has timed out. */
static struct g *take_everybody(struct go_waitq_ *q)
{
    struct g *chain = NULL;
    struct waiter *w;
    while ((w = waitq_take(q))) {
        w->g->schedlink = chain;
        chain = w->g;
    }
    return chain;
}

void go_cond_broadcast(go_cond *c)
{
    waitq_lock(&c->q);
    struct g *chain = take_everybody(&c->q);
    waitq_unlock(&c->q);
    ready_all(chain);
}

/* ------------------------------------------------------------------ wait group */

void go_wg_add(go_wg *g, int64_t delta)
{
    waitq_lock(&g->q);
    wg_add_locked(g, delta);
}

void wg_add_locked(go_wg *g, int64_t delta)
{
    struct g *chain = NULL;
    g->n += delta;
    if (g->n < 0) {
        waitq_unlock(&g->q);
        go_panic("go_wg: more done than added");
    }
    if (g->n == 0)
        chain = take_everybody(&g->q);
    waitq_unlock(&g->q);
    ready_all(chain);
}

int go_wg_wait_until(go_wg *g, int64_t deadline)
{
    struct waiter w = {.kind = 0};
    waitq_lock(&g->q);
    if (g->n == 0 || deadline == 0) {
        int64_t n = g->n;
        waitq_unlock(&g->q);
        return n == 0 ? 0 : -ETIMEDOUT;
    }
    return waitq_wait(&g->q, &w, false, deadline, WAIT_SEMACQUIRE) ? 0 : -ETIMEDOUT;
}

void go_wg_wait(go_wg *g)
{
    go_wg_wait_until(g, GO_FOREVER);
}

/* ------------------------------------------------------------------ once */

void go_once_do(go_once *o, go_fn fn, void *arg)
{
    if (atomic_load_explicit(&o->done, memory_order_acquire))
        return;
    go_mutex_lock(&o->m);
    if (!atomic_load_explicit(&o->done, memory_order_relaxed)) {
        fn(arg);
        atomic_store_explicit(&o->done, 1, memory_order_release);
    }
    go_mutex_unlock(&o->m);
}

/* ------------------------------------------------------------------ semaphore */

int go_sema_acquire_until(go_sema *s, int64_t deadline)
{
    struct waiter w = {.kind = 0};
    waitq_lock(&s->q);
    if (s->n > 0 && !waitq_first(&s->q)) {
        s->n--;
        waitq_unlock(&s->q);
        return 0;
    }
    if (deadline == 0) {
        waitq_unlock(&s->q);
        return -ETIMEDOUT;
    }
    return waitq_wait(&s->q, &w, false, deadline, WAIT_SEMACQUIRE) ? 0 : -ETIMEDOUT;
}

void go_sema_acquire(go_sema *s)
{
    go_sema_acquire_until(s, GO_FOREVER);
}

void go_sema_release(go_sema *s)
{
    waitq_lock(&s->q);
    struct waiter *w = waitq_take(&s->q);
    struct g *wake = w ? w->g : NULL;
    if (!w)
        s->n++;
    waitq_unlock(&s->q);
    if (wake)
        g_ready(wake);
}
