/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wait queues and sleeping. A sleeper goes ARMED -> PARKED when its task has parked, and to WOKEN
 * or one of its variants by whoever ends the sleep. The exchange that finds PARKED, and only that
 * one, readies the task; one that finds ARMED makes the park not happen.
 */
#include "kernel/core/wait.h"
#include "abi/errno.h"
#include "gort/timer.h"
#include "kernel/core/task.h"
#include "kernel/core/trace.h"

void waitq_init(struct waitq *q)
{
    q->lock.held = 0;
    list_init(&q->waiters);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
    spin_lock(&q->lock);
    list_push_back(&q->waiters, &w->node);
    spin_unlock(&q->lock);
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
    spin_lock(&q->lock);
    list_remove(&w->node);
    spin_unlock(&q->lock);
}

/* The fence pairs with the waiter's: it links itself, then looks at the condition; we change the
 * condition, then look at the list. */
void waitq_wake(struct waitq *q, unsigned events, unsigned exclusive)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (list_empty(&q->waiters))
        return;
    spin_lock(&q->lock);
    list_for_each (n, &q->waiters) {
        struct waiter *w = list_entry(n, struct waiter, node);
        if (w->fn(w, events) && exclusive && --exclusive == 0)
            break;
    }
    spin_unlock(&q->lock);
}

/* Apart, so that those who wake need no frame. */
__attribute__((noinline)) static void ready_traced(struct task *t)
{
    trace_event(TRACE_WAKE, t->id);
    g_ready(&t->g);
}

static inline void ready(struct task *t)
{
    if (UNLIKELY(trace_streaming))
        ready_traced(t);
    else
        g_ready(&t->g);
}

/* The task, when it is for the caller to ready; s isn't touched after that. */
static inline struct task *end_sleep(struct sleeper *s, uint8_t how)
{
    struct task *t = s->task;
    return __atomic_exchange_n(&s->woken, how, __ATOMIC_SEQ_CST) == SLEEPER_PARKED ? t : NULL;
}

static void wake_as(struct sleeper *s, uint8_t how)
{
    struct task *t = end_sleep(s, how);
    if (t)
        ready(t);
}

void sleeper_wake(struct sleeper *s)
{
    wake_as(s, SLEEPER_WOKEN);
}

void sleeper_release(struct sleeper *s, struct task_list *list)
{
    struct task *t = end_sleep(s, SLEEPER_RELEASED);
    if (t) {
        *list->last = t;
        list->last = &t->next_released;
    }
}

void tasks_ready(struct task_list *list)
{
    *list->last = NULL;
    for (struct task *t = list->first, *next; t; t = next) {
        next = t->next_released;
        ready(t);
    }
}

bool sleeper_wake_fn(struct waiter *w, unsigned events)
{
    (void)events;
    struct sleeper *s = w->arg;
    bool first = __atomic_load_n(&s->woken, __ATOMIC_RELAXED) != SLEEPER_WOKEN;
    sleeper_wake(s);
    return first;
}

void sleeper_init(struct sleeper *s)
{
    list_init(&s->waiter.node);
    s->waiter.fn = sleeper_wake_fn;
    s->waiter.arg = s;
    s->task = task_self();
    s->woken = SLEEPER_ARMED;
}

/* On g0, once the task can be readied. */
static bool sleeper_commit(struct g *gp, void *arg)
{
    (void)gp;
    struct sleeper *s = arg;
    uint8_t armed = SLEEPER_ARMED;
    return __atomic_compare_exchange_n(&s->woken, &armed, SLEEPER_PARKED, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

struct timeout {
    struct timer timer;
    struct sleeper *sleeper;
    bool fired;
};

static void timeout_fired(void *arg)
{
    struct timeout *t = arg;
    __atomic_store_n(&t->fired, true, __ATOMIC_RELEASE);
    wake_as(t->sleeper, SLEEPER_TIMED_OUT);
}

static bool interrupted(const struct task *t)
{
    return __atomic_load_n(&t->work, __ATOMIC_SEQ_CST) & (WORK_SIGNAL | WORK_END);
}

/* The lock waits for those who are about to end the sleep. */
static void unpublish(struct task *t)
{
    spin_lock(&t->sleep_lock);
    t->sleeper = NULL;
    spin_unlock(&t->sleep_lock);
}

static bool park_until(struct sleeper *s, int64_t deadline_ns)
{
    if (deadline_ns == WAIT_FOREVER) {
        task_park(sleeper_commit, s, WAIT_PORT);
        return false;
    }
    struct timeout t = {.sleeper = s};
    timer_init(&t.timer, timeout_fired, &t);
    timer_set(&t.timer, deadline_ns);
    task_park(sleeper_commit, s, WAIT_PORT);
    if (__atomic_load_n(&s->woken, __ATOMIC_ACQUIRE) == SLEEPER_TIMED_OUT)
        return true;
    timer_stop_sync(&t.timer);
    return t.fired;
}

/* Whoever interrupts sets the work bit first and looks for the sleeper second; here it is the other
 * way round. */
int sleeper_sleep(struct sleeper *s, int64_t deadline_ns)
{
    struct task *t = s->task;
    bool timed_out = false;
    __atomic_store_n(&t->sleeper, s, __ATOMIC_SEQ_CST);
    if (!interrupted(t))
        timed_out = park_until(s, deadline_ns);
    unpublish(t);
    if (timed_out)
        return -ETIMEDOUT;
    return interrupted(t) ? -ERESTARTSYS : 0;
}

bool sleeper_sleep_through(struct sleeper *s, int64_t deadline_ns)
{
    return !park_until(s, deadline_ns);
}
