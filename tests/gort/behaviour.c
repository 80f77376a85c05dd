/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What channels, select, timers, contexts and locks do, line by line. behaviour.go does the same
 * with Go's; what that prints is behaviour.expected. On one P with a virtual clock, so that load
 * changes nothing; "behaviour MILLISECONDS" on the real clock and all CPUs, with waits that long.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gort/gort.h"

static int64_t unit = GO_MS; /* of all waits */
#define MS unit

static go_wg wg;

static void wait_a_bit(void)
{
    go_sleep(3 * MS);
}

static void on_panic(const char *text)
{
    printf("panic: %s\n", text);
    go_wg_done(&wg);
    go_exit();
}

static void in_goroutine(go_fn fn, void *arg)
{
    go_wg_add(&wg, 1);
    go(fn, arg);
    go_wg_wait(&wg);
}

/* ---- channels */
static void show_recv(go_chan *c)
{
    int64_t v = 77;
    bool ok = go_recv(c, &v);
    printf("recv %ld %s\n", (long)v, ok ? "true" : "false");
}

static void send_n(go_chan *c, int64_t v)
{
    go_send(c, &v);
}

static void closed_channels(void)
{
    puts("# closed");
    go_chan *c = go_chan_make(8, 3);
    send_n(c, 1);
    send_n(c, 2);
    printf("len %zu cap %zu\n", go_chan_len(c), go_chan_cap(c));
    go_close(c);
    for (int i = 0; i < 4; i++)
        show_recv(c);
    go_chan *u = go_chan_make(8, 0);
    printf("len %zu cap %zu\n", go_chan_len(u), go_chan_cap(u));
    go_close(u);
    show_recv(u);
    printf("len nil %zu cap %zu\n", go_chan_len(NULL), go_chan_cap(NULL));
}

static void send_closed(void *arg)
{
    send_n(arg, 1);
}

static void close_it(void *arg)
{
    go_close(arg);
}

static void select_send_closed(void *arg)
{
    int64_t v = 1;
    go_case k[] = {GO_SEND(arg, &v), GO_RECV(NULL, NULL)};
    go_select(k, 2, GO_FOREVER);
}

static void close_later(void *arg)
{
    wait_a_bit();
    go_close(arg);
}

static void panics(void)
{
    puts("# panics");
    go_set_panic(on_panic);
    go_chan *c = go_chan_make(8, 0);
    go_close(c);
    in_goroutine(send_closed, c);
    in_goroutine(close_it, c);
    in_goroutine(close_it, NULL);
    in_goroutine(select_send_closed, c);
    go_chan *d = go_chan_make(8, 0);
    go(close_later, d);
    in_goroutine(send_closed, d);
    go_chan *e = go_chan_make(8, 0);
    go(close_later, e);
    in_goroutine(select_send_closed, e);
    go_set_panic(NULL);
}

/* ---- order of waiters */
struct numbered {
    go_chan *c, *out;
    int64_t n;
};

static void send_own(void *arg)
{
    struct numbered *x = arg;
    send_n(x->c, x->n);
}

static void recv_own(void *arg)
{
    struct numbered *x = arg;
    int64_t v;
    go_recv(x->c, &v);
    v += 100 * x->n;
    go_send(x->out, &v);
}

static void fifo(size_t cap)
{
    printf("# fifo %zu\n", cap);
    static struct numbered x[6];
    go_chan *c = go_chan_make(8, cap), *out = go_chan_make(8, 10);
    for (int i = 0; i < 6; i++) {
        x[i] = (struct numbered){c, out, i};
        go(send_own, &x[i]);
        wait_a_bit();
    }
    for (int i = 0; i < 6; i++)
        show_recv(c);
    for (int i = 0; i < 6; i++) {
        go(recv_own, &x[i]);
        wait_a_bit();
    }
    for (int64_t i = 0; i < 6; i++)
        send_n(c, i);
    wait_a_bit();
    /* Who got which value is fixed, who runs first is not. */
    int64_t got[6] = {0}, v;
    while (go_try_recv(out, &v) == 1)
        got[v % 100] = v;
    for (int i = 0; i < 6; i++)
        printf("woke %ld\n", (long)got[i]);
}

/* ---- select */
static void selects(void)
{
    puts("# select");
    int64_t v = 5;
    go_chan *a = go_chan_make(8, 1), *b = go_chan_make(8, 1), *nil = NULL;
    go_case none[] = {GO_RECV(a, &v), GO_RECV(nil, &v)};
    printf("default %d\n", go_select(none, 2, 0) < 0);
    go_case send[] = {GO_RECV(a, &v), GO_SEND(b, &v)};
    printf("chose %d\n", go_select(send, 2, GO_FOREVER));
    go_case full[] = {GO_SEND(b, &v), GO_RECV(nil, &v)};
    printf("default %d\n", go_select(full, 2, 0) < 0);
    go_close(a);
    v = 9;
    go_case closed[] = {GO_RECV(a, &v), GO_RECV(nil, NULL), GO_SEND(nil, &v)};
    int i = go_select(closed, 3, GO_FOREVER);
    printf("chose %d ok %d value %ld\n", i, closed[0].ok, (long)v);
    int seen[2] = {0};
    send_n(a = go_chan_make(8, 1), 1);
    for (int n = 0; n < 1000; n++) {
        go_case both[] = {GO_RECV(a, &v), GO_RECV(b, &v)};
        i = go_select(both, 2, GO_FOREVER);
        seen[i]++;
        go_send(i == 0 ? a : b, &v);
    }
    printf("both %d\n", seen[0] > 300 && seen[1] > 300);
}

static void send_later(void *arg)
{
    wait_a_bit();
    send_n(arg, 42);
}

static void recv_later(void *arg)
{
    wait_a_bit();
    show_recv(arg);
}

static void selects_wait(void)
{
    puts("# select waits");
    int64_t v = 0, out = 8;
    go_chan *a = go_chan_make(8, 0), *b = go_chan_make(8, 0);
    go_case k[] = {GO_RECV(a, &v), GO_SEND(b, &out)};
    go(send_later, a);
    printf("chose %d", go_select(k, 2, GO_FOREVER));
    printf(" value %ld\n", (long)v);
    go(recv_later, b);
    printf("chose %d\n", go_select(k, 2, GO_FOREVER));
    wait_a_bit();
    go(close_later, a);
    v = 3;
    int i = go_select(k, 2, GO_FOREVER);
    printf("chose %d ok %d value %ld\n", i, k[0].ok, (long)v);
    go_chan *c = go_chan_make(8, 0);
    go_case same[] = {GO_RECV(c, &v), GO_SEND(c, &out), GO_RECV(c, &v)};
    printf("same channel default %d\n", go_select(same, 3, 0) < 0);
}

/* ---- time */
static void say(void *arg)
{
    puts(arg);
}

struct nap {
    int ms;
};

static void nap(void *arg)
{
    struct nap *n = arg;
    go_sleep(n->ms * MS);
    printf("slept %d\n", n->ms);
    go_wg_done(&wg);
}

static void times(void)
{
    puts("# time");
    static struct nap naps[] = {{30}, {10}, {50}, {20}};
    go_wg_add(&wg, 4);
    for (int i = 0; i < 4; i++)
        go(nap, &naps[i]);
    go_wg_wait(&wg);
    go_timer *t = go_timer_make(say, "timer fired");
    go_timer_reset(t, go_now() + 5 * MS);
    printf("stop %d\n", go_timer_stop(t));
    printf("stop again %d\n", go_timer_stop(t));
    go_timer_reset(t, go_now() + 5 * MS);
    go_sleep(20 * MS);
    printf("stop fired %d\n", go_timer_stop(t));
    go_timer_free(t);
    int64_t v, start = go_now();
    go_recv(go_after(5 * MS), &v);
    printf("after %d\n", go_now() - start >= 5 * MS);
    go_ticker *k = go_ticker_make(5 * MS);
    go_sleep(28 * MS);
    printf("dropped ticks leave %zu\n", go_chan_len(go_ticker_chan(k)));
    go_ticker_free(k);
    go_sleep(-5);
    go_sleep(0);
}

/* ---- contexts */
static const char *err_name(go_ctx *c)
{
    int e = go_ctx_err(c);
    return e == 0 ? "none" : e == -ECANCELED ? "canceled" : e == -ETIMEDOUT ? "deadline" : "?";
}

static void contexts(void)
{
    puts("# context");
    static int key1, key2;
    go_ctx *root = go_ctx_cancel(NULL);
    go_ctx *val = go_ctx_with_value(root, &key1, "one");
    go_ctx *kid = go_ctx_cancel(val);
    go_ctx *other = go_ctx_cancel(root);
    printf("value %s %d\n", (char *)go_ctx_value(kid, &key1), go_ctx_value(kid, &key2) == NULL);
    printf("%s %s\n", err_name(root), err_name(kid));
    go_ctx_cancel_now(other);
    printf("%s %s %s\n", err_name(root), err_name(kid), err_name(other));
    go_ctx_cancel_now(root);
    printf("%s %s %s\n", err_name(root), err_name(val), err_name(kid));
    printf("done %d\n", go_recv(go_ctx_done(kid), NULL));
    go_ctx *late = go_ctx_cancel(root);
    printf("late %s\n", err_name(late));
    go_ctx *dl = go_ctx_deadline(NULL, go_now() + 5 * MS);
    go_ctx *under = go_ctx_cancel(dl);
    go_recv(go_ctx_done(under), NULL);
    printf("%s %s\n", err_name(dl), err_name(under));
    go_ctx_cancel_now(dl);
    printf("%s\n", err_name(dl));
    go_ctx *past = go_ctx_deadline(NULL, go_now() - 1);
    printf("past %s\n", err_name(past));
    go_ctx *all[] = {under, dl, past, late, other, kid, val, root};
    for (int i = 0; i < 8; i++)
        go_ctx_free(all[i]);
}

/* ---- locks */
static go_mutex m;
static go_cond cond;
static go_rwmutex rw;
static go_once once;

static void cond_waiter(void *arg)
{
    go_mutex_lock(&m);
    go_cond_wait(&cond, &m);
    printf("signalled %s\n", (char *)arg);
    go_mutex_unlock(&m);
    go_wg_done(&wg);
}

static void rw_reader(void *arg)
{
    go_rwmutex_rlock(&rw);
    printf("reader %s\n", (char *)arg);
    go_rwmutex_runlock(&rw);
    go_wg_done(&wg);
}

static void rw_writer(void *arg)
{
    go_rwmutex_lock(&rw);
    printf("writer %s\n", (char *)arg);
    go_rwmutex_unlock(&rw);
    go_wg_done(&wg);
}

static void locks(void)
{
    puts("# locks");
    go_wg_add(&wg, 3);
    static char *names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        go(cond_waiter, names[i]);
        wait_a_bit();
    }
    go_cond_signal(&cond);
    wait_a_bit();
    go_cond_signal(&cond);
    wait_a_bit();
    go_cond_broadcast(&cond);
    go_wg_wait(&wg);
    go_wg_add(&wg, 2);
    go_rwmutex_rlock(&rw);
    go(rw_writer, "w");
    wait_a_bit();
    go(rw_reader, "behind the writer");
    wait_a_bit();
    puts("release");
    go_rwmutex_runlock(&rw);
    go_wg_wait(&wg);
    for (int i = 0; i < 3; i++)
        go_once_do(&once, say, "once");
    printf("try %d", go_mutex_try_lock(&m));
    printf(" %d\n", go_mutex_try_lock(&m));
    go_mutex_unlock(&m);
}

static void everything(void *arg)
{
    (void)arg;
    closed_channels();
    panics();
    fifo(0);
    fifo(2);
    selects();
    selects_wait();
    times();
    contexts();
    locks();
}

int main(int argc, char **argv)
{
    if (argc > 1)
        unit = atoi(argv[1]) * GO_MS;
    setvbuf(stdout, NULL, _IOLBF, 0);
    return go_main(everything, NULL, &(go_config){.virtual_time = argc == 1});
}
