/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The idle protocol (the real idle.c) in every order that its steps can take, up to a number of
 * switches that nothing forced. An M is a coroutine; a schedule is a list of choices, and all lists
 * are tried one after the other, each from the start.
 *
 * The rule: when nobody can go on, there is no work left, or nobody sleeps.
 */
#include <string.h>
#include <ucontext.h>

#include "gort/idle.h"
#include "tests/gort/cm.h"

#define MS        3
#define MAX_STEPS 400
#define STACK     (128 * 1024)

enum { READY, ASLEEP, ENDED };

static struct {
    struct m m[MS];
    struct p p[MS];
    int state[MS];
    bool woken[MS]; /* a wake that is remembered */
    int work[MS];   /* Gs in each P's queue */
    int interrupts; /* puts that an interrupt may still do on a sleeper */
    int current;
} w;

static ucontext_t back, co[MS];
static char stacks[MS][STACK];

/* ------------------------------------------------------------------ schedules */

static struct {
    unsigned char choice[MAX_STEPS], options[MAX_STEPS];
    int depth, preempts, max_preempts;
    long runs;
} path;

/* One of n, as this run's list says; new places begin with 0. */
static int choose(int n)
{
    assert_true(path.depth < MAX_STEPS);
    int i = path.depth++;
    if (path.options[i] == 0) {
        path.options[i] = (unsigned char)n;
        path.choice[i] = 0;
    }
    return path.choice[i];
}

/* The next list; false when all were tried. */
static bool next_path(void)
{
    int i = path.depth - 1;
    while (i >= 0 && path.choice[i] + 1 == path.options[i])
        i--;
    if (i < 0)
        return false;
    path.choice[i]++;
    memset(path.options + i + 1, 0, sizeof(path.options) - (size_t)i - 1);
    return true;
}

static bool inside; /* an M runs, not the test */

void model_step(void)
{
    if (inside)
        swapcontext(&co[w.current], &back);
}

static int ready_list(int *list)
{
    int n = 0;
    if (w.state[w.current] == READY)
        list[n++] = w.current;
    for (int i = 0; i < MS; i++)
        if (w.state[i] == READY && i != w.current)
            list[n++] = i;
    return n;
}

/* Who goes on. Leaving one that could go on counts against the limit. */
static bool pick(void)
{
    int list[MS], n = ready_list(list);
    if (n == 0)
        return false;
    bool forced = w.state[w.current] != READY;
    int c = n > 1 && (forced || path.preempts < path.max_preempts) ? choose(n) : 0;
    if (c > 0 && !forced)
        path.preempts++;
    w.current = list[c];
    return true;
}

/* ------------------------------------------------------------------ what idle.c calls */

struct p *sched_p(unsigned i)
{
    return &w.p[i];
}

unsigned sched_nprocs(void)
{
    return MS;
}

bool sched_global_has(uint64_t mask)
{
    (void)mask;
    return false;
}

bool runq_empty(struct runq *q)
{
    struct p *pp = container_of(q, struct p, runq);
    model_step();
    return w.work[pp->id] == 0;
}

bool gqueue_has(struct gqueue *q, uint64_t mask)
{
    (void)q;
    (void)mask;
    return false;
}

void port_m_wake(struct m *mp)
{
    model_step();
    w.woken[mp->id] = true;
    if (w.state[mp->id] == ASLEEP)
        w.state[mp->id] = READY;
}

static void put(struct m *mp)
{
    model_step();
    w.work[mp->id]++;
    idle_offer(mp);
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    (void)deadline_ns;
    if (w.interrupts > 0 && choose(2)) {
        w.interrupts--;
        put(mp);
        return;
    }
    if (!w.woken[mp->id]) {
        w.state[mp->id] = ASLEEP;
        model_step();
    }
    w.woken[mp->id] = false;
}

/* ------------------------------------------------------------------ Ms */

static bool take(struct m *mp)
{
    for (unsigned i = 0; i < MS; i++) {
        unsigned at = (mp->id + i) % MS;
        model_step();
        if (w.work[at] > 0) {
            w.work[at]--;
            return true;
        }
    }
    return false;
}

/* As find_elsewhere does: search unless enough do, sleep, again. What is found runs for ever. */
static void consumer(struct m *mp)
{
    for (bool forced = false;;) {
        if (forced || mp->spinning || !idle_many_spin()) {
            if (!mp->spinning)
                spinning_begin(mp);
            if (take(mp))
                break;
        }
        forced = idle_wait(mp);
    }
    if (mp->spinning)
        spinning_drop(mp);
}

static int
    puts_of[MS]; /* an M with 0 is a consumer; others put so often and then keep their P busy */

static void m_body(int id)
{
    struct m *mp = &w.m[id];
    if (puts_of[id] == 0)
        consumer(mp);
    for (int i = 0; i < puts_of[id]; i++)
        put(mp);
    w.state[id] = ENDED;
    swapcontext(&co[id], &back);
}

static void start(void)
{
    int interrupts = w.interrupts;
    memset(&w, 0, sizeof(w));
    w.interrupts = interrupts;
    for (int i = 0; i < MS; i++) {
        w.p[i].id = w.m[i].id = (uint32_t)i;
        w.m[i].p = &w.p[i];
        atomic_store_explicit(&w.p[i].m, &w.m[i], memory_order_relaxed);
        getcontext(&co[i]);
        co[i].uc_stack.ss_sp = stacks[i];
        co[i].uc_stack.ss_size = STACK;
        makecontext(&co[i], (void (*)(void))m_body, 1, i);
    }
}

static void run_once(void)
{
    path.depth = path.preempts = 0;
    start();
    idle_reset();
    while (pick()) {
        inside = true;
        swapcontext(&back, &co[w.current]);
        inside = false;
    }
    int left = 0, asleep = 0;
    for (int i = 0; i < MS; i++) {
        left += w.work[i];
        asleep += w.state[i] == ASLEEP;
    }
    assert_true(left == 0 || asleep == 0);
    path.runs++;
}

static void every_order(int a, int b, int c, int interrupts, int max_preempts)
{
    const int n[MS] = {a, b, c};
    memset(&path, 0, sizeof(path));
    path.max_preempts = max_preempts;
    memcpy(puts_of, n, sizeof(n));
    do {
        w.interrupts = interrupts;
        run_once();
    } while (next_path());
    printf("%d %d %d, %d by interrupt: %ld orders\n", a, b, c, interrupts, path.runs);
}

static void one_producer(void **s)
{
    (void)s;
    every_order(1, 0, 0, 0, 3);
    every_order(2, 0, 0, 0, 3);
}

static void two_producers(void **s)
{
    (void)s;
    every_order(1, 1, 0, 0, 4);
    every_order(2, 1, 0, 0, 4);
}

static void interrupts(void **s)
{
    (void)s;
    every_order(1, 0, 0, 1, 2);
    every_order(0, 0, 0, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_producer),
        cmocka_unit_test(two_producers),
        cmocka_unit_test(interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
