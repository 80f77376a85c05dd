/* SPDX-License-Identifier: Apache-2.0 */
/* Sleep, timers, tickers, after. */
#include <stdlib.h>

#include "gort/chan.h"

/* ------------------------------------------------------------------ sleep */

static void sleep_over(void *gp)
{
    g_ready(gp);
}

static int64_t after_now(int64_t ns)
{
    int64_t when;
    return __builtin_add_overflow(go_now(), ns, &when) ? TIMER_NEVER : when;
}

/* The timer is set once the G can be woken, so that it needs no second thought. */
static bool sleep_commit(struct g *gp, void *arg)
{
    struct timer *t = arg;
    (void)gp;
    timer_set(t, t->when_ns);
    return true;
}

void go_sleep(int64_t ns)
{
    struct timer t;
    if (ns <= 0)
        return;
    timer_init(&t, sleep_over, port_getg());
    t.when_ns = after_now(ns);
    g_park(sleep_commit, &t, WAIT_SLEEP);
}

/* ------------------------------------------------------------------ timers */

struct go_timer {
    struct timer t;
    go_fn fn;
    void *arg;
};

static void timer_go(void *arg)
{
    struct go_timer *t = arg;
    if (go(t->fn, t->arg) != 0)
        go_panic("go_timer: no goroutine for an expired timer");
}

go_timer *go_timer_make(go_fn fn, void *arg)
{
    struct go_timer *t = malloc(sizeof(*t));
    if (!t)
        return NULL;
    t->fn = fn;
    t->arg = arg;
    timer_init(&t->t, timer_go, t);
    return t;
}

void go_timer_reset(go_timer *t, int64_t when)
{
    timer_set(&t->t, when);
}

bool go_timer_stop(go_timer *t)
{
    return timer_stop_sync(&t->t) == TIMER_PENDING;
}

void go_timer_free(go_timer *t)
{
    if (!t)
        return;
    go_timer_stop(t);
    free(t);
}

/* ------------------------------------------------------------------ channels of times */

struct after {
    struct timer t;
    go_chan *c;
};

static void after_fire(void *arg)
{
    struct after *a = arg;
    go_chan *c = a->c;
    int64_t now = go_now();
    free(a);
    go_try_send(c, &now);
}

go_chan *go_after(int64_t ns)
{
    struct after *a = malloc(sizeof(*a));
    go_chan *c = a ? go_chan_make(sizeof(int64_t), 1) : NULL;
    if (!c) {
        free(a);
        return NULL;
    }
    a->c = c;
    timer_init(&a->t, after_fire, a);
    timer_set(&a->t, after_now(ns));
    return c;
}

struct go_ticker {
    struct timer t;
    go_chan *c;
    int64_t every, next;
    _Atomic bool stopped;
};

/* Keeps to its raster: a late tick doesn't shift the next, missed ones are dropped. */
static void tick(void *arg)
{
    struct go_ticker *k = arg;
    int64_t now = go_now();
    k->next += k->every * (1 + (now - k->next) / k->every);
    go_try_send(k->c, &now);
    if (!atomic_load(&k->stopped))
        timer_set(&k->t, k->next);
}

go_ticker *go_ticker_make(int64_t ns)
{
    struct go_ticker *k = ns > 0 ? calloc(1, sizeof(*k)) : NULL;
    if (!k)
        return NULL;
    k->c = go_chan_make(sizeof(int64_t), 1);
    if (!k->c) {
        free(k);
        return NULL;
    }
    k->every = ns;
    k->next = after_now(ns);
    timer_init(&k->t, tick, k);
    timer_set(&k->t, k->next);
    return k;
}

go_chan *go_ticker_chan(go_ticker *k)
{
    return k->c;
}

void go_ticker_free(go_ticker *k)
{
    if (!k)
        return;
    atomic_store(&k->stopped, true);
    timer_stop_sync(&k->t);
    timer_stop_sync(&k->t);
    go_chan_free(k->c);
    free(k);
}
