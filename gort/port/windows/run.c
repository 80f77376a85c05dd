/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending the runtime on Windows, and what of the library is simple there: a blocking
 * call keeps its processor, and there is no netpoll. */
#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "gort/idle.h"
#include "gort/port/windows/rt.h"

#define DEFAULT_STACK  (64 * 1024)
#define DEFAULT_MAX_G  (1u << 18)
#define SMALLEST_STACK 16384

struct rt rt;

static uint32_t default_procs(void)
{
    SYSTEM_INFO in;
    const char *s = getenv("GORT_PROCS");
    int n = s ? atoi(s) : 0;
    if (n >= 1 && n <= GORT_MAX_PROCS)
        return (uint32_t)n;
    GetSystemInfo(&in);
    return (uint32_t)MIN(in.dwNumberOfProcessors, GORT_MAX_PROCS);
}

static int config(go_config *c)
{
    if (c->virtual_time)
        return -ENOSYS;
    if (c->procs == 0)
        c->procs = default_procs();
    if (c->stack == 0)
        c->stack = DEFAULT_STACK;
    if (c->max_g == 0)
        c->max_g = DEFAULT_MAX_G;
    return c->procs > GORT_MAX_PROCS || c->stack < SMALLEST_STACK ? -EINVAL : 0;
}

/* Ps are bound before any thread runs: a G may be queued for any of them. */
static int threads_start(void)
{
    rt.ms = calloc(rt.cfg.procs, sizeof(*rt.ms));
    if (!rt.ms)
        return -ENOMEM;
    for (unsigned i = 0; i < rt.cfg.procs; i++) {
        int r = windows_m_init(&rt.ms[i]);
        if (r)
            return r;
        if (i == 0)
            sched_init(rt.cfg.procs, &rt.ms[0].m);
        else
            m_bind(&rt.ms[i].m, i);
    }
    sched_perturb(rt.cfg.seed);
    for (unsigned i = 0; i < rt.cfg.procs; i++)
        if (port_m_start(&rt.ms[i].m) != 0)
            port_fatal("gort: no thread for processor %u", i);
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
    atomic_store(&rt.stopping, false);
    atomic_store(&rt.exits_on_deadlock, exits_on_deadlock);
    r = arena_init(c.stack, c.max_g);
    if (r == 0)
        r = threads_start();
    if (r == 0)
        r = watch_start();
    if (r)
        atomic_store(&rt.running, false);
    return r;
}

static void stop(void)
{
    watch_stop();
    atomic_store(&rt.stopping, true);
    for (unsigned i = 0; i < rt.cfg.procs; i++) {
        atomic_store_explicit(&rt.ms[i].m.tick_due, true, memory_order_relaxed);
        port_m_wake(&rt.ms[i].m);
    }
    for (unsigned i = 0; i < rt.cfg.procs; i++)
        windows_m_join(&rt.ms[i]);
    free(rt.ms);
    arena_end();
    atomic_store(&rt.running, false);
}

bool port_poll(void)
{
    if (UNLIKELY(atomic_load_explicit(&rt.stopping, memory_order_relaxed)))
        m_stop(port_getm());
    watch_wake();
    return false;
}

struct first {
    go_fn fn;
    void *arg, *done;
};

static void first_main(void *arg)
{
    struct first *f = arg;
    f->fn(f->arg);
    atomic_store(&rt.exits_on_deadlock, false);
    SetEvent(f->done);
}

int go_main(go_fn fn, void *arg, const go_config *cfg)
{
    struct first f = {fn, arg, CreateEventW(NULL, FALSE, FALSE, NULL)};
    const go_attr attr = {.name = "main"};
    int r = f.done ? start(cfg, true) : -ENOMEM;
    if (r == 0) {
        r = go_spawn(NULL, &attr, first_main, &f);
        if (r == 0)
            WaitForSingleObject(f.done, INFINITE);
        stop();
    }
    if (f.done)
        CloseHandle(f.done);
    return r;
}

int go_init(const go_config *cfg)
{
    return start(cfg, false);
}

int go_shutdown(int64_t deadline)
{
    if (!atomic_load(&rt.running))
        return 0;
    for (; sched_live() > 0; Sleep(1))
        if (deadline >= 0 && go_now() >= deadline)
            return -ETIMEDOUT;
    stop();
    return 0;
}

void go_stats_get(go_stats *s)
{
    *s = (go_stats){
        .live = sched_live(),
        .started = sched_started(),
        .procs = sched_nprocs(),
        .threads = rt.cfg.procs,
        .idle_procs = (uint32_t)__builtin_popcountll(idle_mask()),
        .stack_slots_used = arena_used(),
        .guard = "reserve",
    };
}

int64_t go_now(void)
{
    return port_now_ns();
}

void go_block_enter(void)
{
}

void go_block_leave(void)
{
}

int go_block(go_fn fn, void *arg)
{
    fn(arg);
    return 0;
}

void go_nopreempt_begin(void)
{
}

void go_nopreempt_end(void)
{
}

int go_fd_open(go_fd *f, int fd)
{
    *f = (go_fd){fd, NULL};
    return -ENOSYS;
}
