/* SPDX-License-Identifier: Apache-2.0 */
/* Programs for tools.sh: checked NAME [SEED]. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gort/gort.h"

static go_chan *c;
static go_wg wg;

static char name[] = "worker";

/* Enough switches and stack use for a checker to complain about, if it had reason to. */
static void worker(void *arg)
{
    char text[1000];
    int64_t v;
    for (int i = 0; i < 50; i++) {
        go_recv(c, &v);
        snprintf(text, sizeof(text), "%ld %s", (long)v, (char *)arg);
        go_yield();
    }
    go_wg_done(&wg);
}

static void work(void *arg)
{
    (void)arg;
    c = go_chan_make(8, 3);
    go_wg_add(&wg, 10);
    for (int i = 0; i < 10; i++)
        go(worker, name);
    for (int64_t i = 0; i < 500; i++)
        go_send(c, &i);
    go_wg_wait(&wg);
    go_chan_free(c);
    puts("worked");
}

/* Reads a byte that nobody wrote: a checker that follows stack switches sees exactly that. */
static void uses_unset(void *arg)
{
    char unset[64];
    (void)arg;
    __asm__ volatile("" : : "r"(unset) : "memory");
    go_yield();
    if (unset[7])
        puts("set");
    go_wg_done(&wg);
}

static void fault(void *arg)
{
    (void)arg;
    go_wg_add(&wg, 1);
    go(uses_unset, NULL);
    go_wg_wait(&wg);
}

/* The order in which goroutines get their turns. */
static void says(void *arg)
{
    for (int i = 0; i < 3; i++) {
        printf("%c", (int)(intptr_t)arg);
        go_yield();
    }
    go_wg_done(&wg);
}

static void order(void *arg)
{
    (void)arg;
    go_wg_add(&wg, 10);
    for (int i = 0; i < 10; i++)
        go(says, (void *)(intptr_t)('a' + i));
    go_wg_wait(&wg);
    puts("");
}

static void slow(void *arg)
{
    (void)arg;
    go_sleep(80 * GO_MS);
    for (int64_t until = go_now() + 200 * GO_MS; go_now() < until;)
        GO_POLL();
}

/* Voluntary switches of every thread but this one. */
static long wakes(void)
{
    long sum = 0, n;
    DIR *d = opendir("/proc/self/task");
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[300], line[256];
        snprintf(path, sizeof(path), "/proc/self/task/%s/status", e->d_name);
        FILE *f = atoi(e->d_name) > 0 && atoi(e->d_name) != getpid() ? fopen(path, "r") : NULL;
        while (f && fgets(line, sizeof(line), f))
            if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
                sum += n;
        if (f)
            fclose(f);
    }
    if (d)
        closedir(d);
    return sum;
}

static void waits_for_ever(void *arg)
{
    go_recv(arg, NULL);
}

/* A runtime with parked goroutines and nothing to do: after some time no thread ever wakes up. */
static int idle(void)
{
    const struct timespec pause = {.tv_nsec = 300000000};
    go_init(NULL);
    for (int i = 0; i < 100; i++)
        go(waits_for_ever, go_chan_make(8, 0));
    for (int i = 0; i < 20; i++) {
        long before = wakes();
        nanosleep(&pause, NULL);
        if (wakes() == before) {
            puts("no wake-ups");
            return 0;
        }
    }
    puts("it wakes up");
    return 1;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        go_fn fn;
    } programs[] = {{"work", work}, {"fault", fault}, {"order", order}, {"slow", slow}};
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    go_config one = {.procs = 1, .seed = seed};
    if (argc > 1 && strcmp(argv[1], "idle") == 0)
        return idle();
    for (size_t i = 0; argc > 1 && i < sizeof(programs) / sizeof(programs[0]); i++)
        if (strcmp(argv[1], programs[i].name) == 0)
            return go_main(programs[i].fn, NULL, seed ? &one : NULL);
    return 2;
}
