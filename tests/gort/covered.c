/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled with -fsanitize-coverage=trace-pc: loops poll without saying so. covered [hog]: the same
 * loop in a section that isn't to be left, which sysmon tells of. */
#include <stdio.h>
#include <string.h>

#include "gort/gort.h"

static _Atomic bool stop;

__attribute__((noinline)) static void spins(void)
{
    while (!stop)
        ;
}

static void sets_stop(void *arg)
{
    (void)arg;
    stop = true;
}

static void free_to_go(void *arg)
{
    (void)arg;
    go(sets_stop, NULL);
    spins();
    puts("polled");
}

static void keeps(void *arg)
{
    int64_t until = go_now() + 300 * GO_MS;
    (void)arg;
    go_nopreempt_begin();
    while (go_now() < until)
        ;
    puts(stop ? "polled" : "kept");
    go_nopreempt_end();
}

static void hog(void *arg)
{
    const go_attr named = {.name = "hog"};
    (void)arg;
    go_spawn(NULL, &named, keeps, NULL);
    go_yield();
    while (!stop)
        go_yield();
}

static void both(void *arg)
{
    go(hog, NULL);
    go_sleep(GO_MS);
    go(sets_stop, arg);
    go_sleep(GO_S);
}

int main(int argc, char **argv)
{
    bool hogs = argc > 1 && strcmp(argv[1], "hog") == 0;
    return go_main(hogs ? both : free_to_go, NULL, &(go_config){.procs = 1});
}
