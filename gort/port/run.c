/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending the runtime. */
#include <errno.h>
#include <stdlib.h>

#include "gort/idle.h"
#include "gort/port/os.h"

#define SMALLEST_STACK 16384

struct rt rt;

static uint32_t env_procs(void)
{
    const char *s = getenv("GORT_PROCS");
    int n = s ? atoi(s) : 0;
    return n >= 1 && n <= GORT_MAX_PROCS ? (uint32_t)n : MIN(os_cpus(), GORT_MAX_PROCS);
}

static int config(go_config *c)
{
    if (c->procs == 0)
        c->procs = c->virtual_time ? 1 : env_procs();
    if (c->stack == 0)
        c->stack = arena_default_stack();
    if (c->max_g == 0)
        c->max_g = arena_default_max();
    if (c->procs > GORT_MAX_PROCS || c->stack < SMALLEST_STACK || c->max_g > UINT32_MAX ||
        (c->virtual_time && c->procs != 1))
        return -EINVAL;
    return 0;
}

static int start(const go_config *cfg, bool exits_on_deadlock)
{
    bool running = false;
    go_config c = cfg ? *cfg : (go_config){0};
    int r = config(&c);
    if (r)
        return r;
    if (!atomic_compare_exchange_strong(&rt.running, &running, true))
        return -EBUSY;
    rt.cfg = c;
    atomic_store(&rt.exits_on_deadlock, exits_on_deadlock);
    atomic_store(&rt.stopping, false);
    atomic_store(&rt.nthreads, 0);
    atomic_store(&rt.in_block, 0);
    os_current_init();
    handoff_reset();
    clock_virtual(c.virtual_time);
    if ((r = arena_init(c.stack, c.max_g)) != 0)
        goto out;
    os_report_install();
    os_preempt_install(sysmon_option("hogs=") > 0);
    if ((r = threads_start(c.procs, c.seed)) != 0)
        goto out_threads;
    if ((r = sysmon_start()) == 0)
        return 0;
out_threads:
    if (!threads_stop())
        return r;
    arena_end();
out:
    atomic_store(&rt.running, false);
    return r;
}

/* Threads that run a goroutine which doesn't end keep its memory, and the runtime stays as it is.
 */
static void stop(void)
{
    sysmon_stop();
    if (!threads_stop())
        return;
    arena_end();
    atomic_store(&rt.running, false);
}

struct first {
    go_fn fn;
    void *arg;
    _Atomic uint32_t done;
};

static void first_main(void *arg)
{
    struct first *f = arg;
    f->fn(f->arg);
    atomic_store(&rt.exits_on_deadlock, false); /* others may wait for ever now */
    atomic_store(&f->done, 1);
    os_wake(&f->done);
}

int go_main(go_fn fn, void *arg, const go_config *cfg)
{
    struct first f = {fn, arg, 0};
    const go_attr attr = {.name = "main"};
    int r = start(cfg, true);
    if (r)
        return r;
    r = go_spawn(NULL, &attr, first_main, &f);
    while (r == 0 && !atomic_load(&f.done))
        os_wait(&f.done, 0, INT64_MAX);
    stop();
    return r;
}

int go_init(const go_config *cfg)
{
    return start(cfg, false);
}

/* The caller isn't a goroutine: it looks now and then. */
int go_shutdown(int64_t deadline)
{
    if (!atomic_load(&rt.running))
        return 0;
    while (sched_live() > 0) {
        if (deadline >= 0 && go_now() >= deadline)
            return -ETIMEDOUT;
        os_nap(GO_MS);
    }
    stop();
    return 0;
}

void go_stats_get(go_stats *s)
{
    *s = (go_stats){
        .live = sched_live(),
        .started = sched_started(),
        .procs = sched_nprocs(),
        .threads = atomic_load(&rt.nthreads),
        .idle_procs = (uint32_t)__builtin_popcountll(idle_mask()),
        .stack_slots_used = arena_used(),
        .guard = arena_guard(),
    };
}
