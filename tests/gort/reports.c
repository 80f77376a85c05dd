/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that end badly, for reports.sh: reports NAME. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gort/gort.h"

static go_chan *never;

static void waits(void *arg)
{
    (void)arg;
    go_recv(never, NULL);
}

static void deadlock(void *arg)
{
    const go_attr named = {.name = "worker"};
    go_mutex m = {0};
    (void)arg;
    never = go_chan_make(8, 0);
    go_spawn(NULL, &named, waits, NULL);
    go_mutex_lock(&m);
    go_mutex_lock(&m);
}

static void deadlock_after_sleep(void *arg)
{
    go_sleep(20 * GO_MS);
    deadlock(arg);
}

__attribute__((noinline)) static int deep(int n)
{
    volatile char here[512];
    here[0] = (char)n;
    return n < 0 ? here[0] : deep(n + 1) + here[0];
}

static void overflow(void *arg)
{
    (void)arg;
    printf("%d\n", deep(1));
}

static void overflow_in_other(void *arg)
{
    const go_attr named = {.name = "digger"};
    (void)arg;
    go_spawn(NULL, &named, overflow, NULL);
    go_sleep(GO_S);
}

static void panics(void *arg)
{
    (void)arg;
    go_chan *c = go_chan_make(1, 0);
    go_close(c);
    go_close(c);
}

static void dump(void *arg)
{
    const go_attr named = {.name = "worker"};
    (void)arg;
    never = go_chan_make(8, 0);
    go_spawn(NULL, &named, waits, NULL);
    go_sleep(5 * GO_MS);
    go_dump(STDOUT_FILENO);
}

static void null_deref(void *arg)
{
    *(volatile int *)arg = 1;
}

/* A goroutine that polls doesn't keep the only processor for itself. */
static _Atomic bool polled;

static void set_polled(void *arg)
{
    (void)arg;
    polled = true;
}

static void poll(void *arg)
{
    (void)arg;
    go(set_polled, NULL);
    while (!polled)
        GO_POLL();
    puts("polled");
}

GO_PREEMPTIBLE static void spin_for_ever(void *arg)
{
    for (_Atomic bool *stop = arg; !*stop;)
        ;
}

static void set_stop(void *arg)
{
    *(_Atomic bool *)arg = true;
}

static void preempt(void *arg)
{
    static _Atomic bool stop;
    (void)arg;
    go(set_stop, &stop);
    spin_for_ever(&stop);
    puts("preempted");
}

/* Sums that only come out right if no register is lost while the two take the processor from each
 * other. */
#define TERMS 40000000

GO_PREEMPTIBLE static void add_terms(double *out, double from)
{
    double a = 0, b = 0, c = 0, d = 0;
    for (int i = 0; i < TERMS; i += 4) {
        a += from / (i + 1);
        b += from / (i + 2);
        c += from / (i + 3);
        d += from / (i + 4);
    }
    *out = a + b * 2 + c * 3 + d * 4;
}

static double sums[3];
static go_wg adders;

static void adder(void *arg)
{
    add_terms(arg, (double)((double *)arg - sums + 1));
    go_wg_done(&adders);
}

static void vectors(void *arg)
{
    (void)arg;
    go_wg_add(&adders, 3);
    for (int i = 0; i < 3; i++)
        go(adder, &sums[i]);
    go_wg_wait(&adders);
    puts(sums[1] == 2 * sums[0] && sums[2] > 2.9 * sums[0] ? "exact" : "wrong");
}

/* What a leaf function keeps below its stack pointer. */
GO_PREEMPTIBLE static unsigned below_sp(unsigned turns)
{
    volatile unsigned kept[16]; /* fits the 128 bytes of a red zone */
    for (unsigned i = 0; i < 16; i++)
        kept[i] = i;
    for (unsigned t = 0; t < turns; t++)
        for (unsigned i = 0; i < 16; i++)
            kept[i] = kept[i] + 1;
    unsigned wrong = 0;
    for (unsigned i = 0; i < 16; i++)
        wrong += kept[i] != turns + i;
    return wrong;
}

static _Atomic unsigned clobbered;

static void leaf(void *arg)
{
    (void)arg;
    clobbered += below_sp(4000000);
    go_wg_done(&adders);
}

static void redzone(void *arg)
{
    (void)arg;
    go_wg_add(&adders, 3);
    for (int i = 0; i < 3; i++)
        go(leaf, NULL);
    go_wg_wait(&adders);
    puts(clobbered ? "clobbered" : "kept");
}

static const struct {
    const char *name;
    go_fn fn;
} programs[] = {
    {"deadlock", deadlock},
    {"deadlock_after_sleep", deadlock_after_sleep},
    {"overflow", overflow_in_other},
    {"panic", panics},
    {"dump", dump},
    {"null", null_deref},
    {"poll", poll},
    {"preempt", preempt},
    {"vectors", vectors},
    {"redzone", redzone},
};

int main(int argc, char **argv)
{
    uint32_t procs = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
    for (size_t i = 0; argc > 1 && i < sizeof(programs) / sizeof(programs[0]); i++)
        if (strcmp(argv[1], programs[i].name) == 0)
            return go_main(programs[i].fn, NULL, &(go_config){.procs = procs});
    return 1;
}
