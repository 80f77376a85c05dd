/* SPDX-License-Identifier: Apache-2.0 */
/* The library on Windows under some load: sums that must come out right on several processors. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gort/gort.h"

#define MEMBERS 200
#define ROUNDS  200

static struct {
    go_chan *c;
    go_mutex m;
    go_wg wg;
    long plain;
    _Atomic long received;
} w;

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    printf("not ok %s\n", what);
    fflush(stdout);
    _Exit(1);
}

static void member(void *arg)
{
    long v = 1, in;
    for (int i = 0; i < ROUNDS; i++) {
        go_case k[] = {GO_SEND(w.c, &v), GO_RECV(w.c, &in)};
        int r = go_select(k, 2, i % 10 ? GO_FOREVER : go_now() + GO_US);
        if (r == 1)
            w.received += in;
        go_mutex_lock(&w.m);
        w.plain += r == 0 ? v : 0;
        go_mutex_unlock(&w.m);
        if (i % 50 == (int)(intptr_t)arg % 50)
            go_sleep(GO_MS);
    }
    go_wg_done(&w.wg);
}

static void deep(void *arg)
{
    volatile char big[256 * 1024];
    big[0] = big[sizeof(big) - 1] = 1;
    *(int *)arg = big[0] + big[sizeof(big) - 1];
}

static void spins(void *arg)
{
    while (!*(_Atomic int *)arg)
        GO_POLL();
}

static void sets(void *arg)
{
    *(_Atomic int *)arg = 1;
}

static void everything(void *arg)
{
    go_g *g;
    int big = 0;
    static _Atomic int stop;
    long left = 0, v;
    (void)arg;
    w.c = go_chan_make(sizeof(long), 0);
    w.plain = w.received = 0;
    go_wg_add(&w.wg, MEMBERS);
    for (intptr_t i = 0; i < MEMBERS; i++)
        check(go(member, (void *)i) == 0, "go");
    /* An odd one out has nobody to meet. */
    while (go_wg_wait_until(&w.wg, go_now() + GO_MS) != 0)
        if (go_try_recv(w.c, &v) == 1)
            left += v;
        else if (go_try_send(w.c, &(long){0}) == 1)
            left += 0;
    check(w.plain == w.received + left, "sum");
    check(go_spawn(&g, &(go_attr){.flags = GO_JOINABLE}, spins, &stop) == 0, "spawn");
    go(sets, &stop);
    check(go_join(g, GO_FOREVER) == 0, "join");
    stop = 0;
    go_systemstack(deep, &big);
    check(big == 2, "systemstack");
}

int main(void)
{
    for (uint32_t procs = 1; procs <= 4; procs *= 2)
        for (uint64_t seed = 0; seed < 2; seed++)
            check(go_main(everything, NULL, &(go_config){.procs = procs, .seed = seed}) == 0,
                  "main");
    check(go_main(everything, NULL, &(go_config){.virtual_time = true}) == -ENOSYS, "virtual time");
    puts("ok life");
    return 0;
}
