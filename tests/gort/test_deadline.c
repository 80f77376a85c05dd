/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wait with a deadline against its timer and its partner, in many orders: the real chan.c and
 * timer.c, where each atomic operation and each turn of a spin loop lets a random one of three
 * coroutines go on. One waits twice, one lets the first wait's timer expire, one sends.
 *
 * The rules: the first wait gets the value or times out, and the value isn't lost; the second wait,
 * whose deadline is far, is not disturbed by what is left of the first one's timer.
 */
#include <errno.h>
#include <stdlib.h>
#include <ucontext.h>

#include "gort/chan.h"
#include "tests/gort/cm.h"
#include "tests/gort/model.h"

#define ORDERS 60000
#define STACK  (64 * 1024)
#define FAR    1000000

enum { WAITER, CLOCK, SENDER, CORES };

static struct {
    ucontext_t back, co[CORES];
    char stack[CORES][STACK];
    bool ended[CORES], inside;
    int current;
    struct m m[CORES];
    struct g g;
    struct timer_heap heap;
    bool parked, ready;
    bool second; /* the waiter is in its second wait, and nobody has sent there */
    go_chan *first_chan, *second_chan;
    int sent, result, seen;
} w;

void model_step(void)
{
    if (w.inside)
        swapcontext(&w.co[w.current], &w.back);
}

/* ------------------------------------------------------------------ what they call */

struct g *port_getg(void)
{
    return &w.g;
}

struct m *port_getm(void)
{
    return &w.m[w.current];
}

void port_relax(void)
{
    model_step();
}

int64_t go_now(void)
{
    return 1;
}

void sched_timer_add(struct timer *t, int64_t when_ns)
{
    timer_heap_add(&w.heap, t, when_ns);
}

void g_park_unlock(struct g *gp, struct spin *lock, uint8_t reason)
{
    (void)gp;
    (void)reason;
    w.ready = false;
    gspin_unlock(lock);
    w.parked = true;
    while (!w.ready)
        model_step();
    w.parked = false;
}

void g_ready(struct g *gp)
{
    assert_ptr_equal(gp, &w.g);
    assert_false(w.second); /* or it was woken by something that is over */
    while (!w.parked)
        model_step();
    assert_false(w.ready);
    w.ready = true;
}

void g_park(bool (*unlockf)(struct g *, void *), void *arg, uint8_t reason)
{
    (void)unlockf;
    (void)arg;
    (void)reason;
    abort();
}

/* Waits without a deadline, which aren't what is modelled. */
void park_unlock_on_g0(struct g *gp)
{
    (void)gp;
    abort();
}

void port_setg(struct g *gp)
{
    (void)gp;
    abort();
}

void gort_mcall(struct g *gp, struct gobuf *g0, void (*fn)(struct g *))
{
    (void)gp;
    (void)g0;
    (void)fn;
    abort();
}

void go_sleep(int64_t ns)
{
    (void)ns;
    abort();
}

void go_panic(const char *fmt, ...)
{
    (void)fmt;
    abort();
}

/* ------------------------------------------------------------------ the three */

static void waiter(void)
{
    int64_t v;
    w.result = go_recv_until(w.first_chan, &v, 10);
    w.second = true;
    w.seen = go_recv_until(w.second_chan, &v, FAR);
}

static void clock_turns(void)
{
    while (!w.second) {
        timer_heap_run(&w.heap, &w.m[CLOCK], 20);
        model_step();
    }
}

static void sender(void)
{
    int64_t v = 5;
    w.sent = go_send_until(w.first_chan, &v, 0);
}

static void core_main(int which)
{
    static void (*const fn[CORES])(void) = {waiter, clock_turns, sender};
    fn[which]();
    w.ended[which] = true;
    swapcontext(&w.co[which], &w.back);
}

static void turn(int which)
{
    w.current = which;
    w.inside = true;
    swapcontext(&w.back, &w.co[which]);
    w.inside = false;
}

static bool all_but_waiter_ended(void)
{
    return w.ended[CLOCK] && w.ended[SENDER];
}

static void start(void)
{
    timer_heap_init(&w.heap);
    w.first_chan = go_chan_make(8, 0);
    w.second_chan = go_chan_make(8, 0);
    w.second = w.parked = w.ready = false;
    w.sent = w.result = w.seen = 0;
    for (int i = 0; i < CORES; i++) {
        w.ended[i] = false;
        getcontext(&w.co[i]);
        w.co[i].uc_stack.ss_sp = w.stack[i];
        w.co[i].uc_stack.ss_size = STACK;
        makecontext(&w.co[i], (void (*)(void))core_main, 1, i);
    }
}

static void one_order(void)
{
    int64_t v = 6;
    start();
    while (!all_but_waiter_ended() || !w.second || !w.parked) {
        int which = rand() % CORES;
        if (!w.ended[which])
            turn(which);
    }
    assert_int_equal(w.sent == 1, w.result == 1);
    assert_true(w.result == 1 || w.result == -ETIMEDOUT);
    w.second = false;
    assert_int_equal(go_send_until(w.second_chan, &v, 0), 1);
    while (!w.ended[WAITER])
        turn(WAITER);
    assert_int_equal(w.seen, 1);
    go_chan_free(w.first_chan);
    go_chan_free(w.second_chan);
}

static void deadlines(void **s)
{
    (void)s;
    int got = 0;
    srand(1);
    for (int i = 0; i < ORDERS; i++) {
        one_order();
        got += w.result == 1;
    }
    assert_true(got > ORDERS / 100 && got < ORDERS * 99 / 100); /* both ways were gone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(deadlines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
