/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Select: lock every channel in the order of its address, look for a ready arm from a random start,
 * else wait on all of them. Rules of waiting and waking are in chan.h.
 */
#include "gort/chan.h"

#include <errno.h>
#include <stdlib.h>

#define ON_STACK 16 /* arms that need no allocation */

struct select {
    go_case *cases;
    size_t n;
    struct sudog *sg;
    uint16_t *order; /* arms by channel address; those without channel are left out */
    size_t nlocks;
};

static struct go_chan *chan_at(const struct select *s, size_t i)
{
    return s->cases[s->order[i]].c;
}

static void order_insert(struct select *s, uint16_t arm)
{
    size_t at = s->nlocks++;
    for (; at > 0 && (uintptr_t)chan_at(s, at - 1) > (uintptr_t)s->cases[arm].c; at--)
        s->order[at] = s->order[at - 1];
    s->order[at] = arm;
}

/* Many arms: a heap sort in place, by address. */
static void sift(struct select *s, size_t at, size_t n)
{
    uint16_t arm = s->order[at];
    for (size_t kid; (kid = 2 * at + 1) < n; at = kid) {
        if (kid + 1 < n && (uintptr_t)chan_at(s, kid + 1) > (uintptr_t)chan_at(s, kid))
            kid++;
        if ((uintptr_t)chan_at(s, kid) <= (uintptr_t)s->cases[arm].c)
            break;
        s->order[at] = s->order[kid];
    }
    s->order[at] = arm;
}

static void order_sort(struct select *s)
{
    for (size_t i = s->nlocks / 2; i-- > 0;)
        sift(s, i, s->nlocks);
    for (size_t n = s->nlocks; n > 1; n--) {
        uint16_t largest = s->order[0];
        s->order[0] = s->order[n - 1];
        s->order[n - 1] = largest;
        sift(s, 0, n - 1);
    }
}

static void order_make(struct select *s)
{
    bool few = s->n <= ON_STACK;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->cases[i].c || s->cases[i].op == GO_OP_NONE)
            continue;
        if (few)
            order_insert(s, (uint16_t)i);
        else
            s->order[s->nlocks++] = (uint16_t)i;
    }
    if (!few)
        order_sort(s);
}

static void lock_all(struct select *s)
{
    for (size_t i = 0; i < s->nlocks; i++)
        if (i == 0 || chan_at(s, i) != chan_at(s, i - 1))
            gspin_lock(&chan_at(s, i)->lock);
}

/* Once the last lock is free the waiter may run and leave: nothing of it, `order` included, is read
 * after that. */
static void unlock_all(struct select *s)
{
    size_t i = s->nlocks;
    while (i > 0) {
        struct go_chan *c = chan_at(s, --i);
        while (i > 0 && chan_at(s, i - 1) == c)
            i--;
        gspin_unlock(&c->lock);
    }
}

static bool unlock_commit(struct g *gp, void *arg)
{
    (void)gp;
    unlock_all(arg);
    return true;
}

/* Tries arm i; its result, or CHAN_BLOCK. */
static enum chan_try try_arm(struct select *s, size_t i, struct g **wake)
{
    go_case *k = &s->cases[i];
    if (k->op == GO_OP_SEND)
        return chan_send_locked(k->c, k->v, wake);
    enum chan_try r = chan_recv_locked(k->c, k->v, wake);
    k->ok = r == CHAN_DONE;
    return r;
}

static int finish(struct select *s, size_t arm, enum chan_try r)
{
    if (r == CHAN_CLOSED && s->cases[arm].op == GO_OP_SEND)
        go_panic("send on closed channel");
    return (int)arm;
}

/* All locked. The chosen arm, or -1 with all still locked. */
static int poll_arms(struct select *s)
{
    size_t start = s->nlocks ? m_random(port_getm()) % s->nlocks : 0;
    for (size_t i = 0; i < s->nlocks; i++) {
        size_t arm = s->order[(start + i) % s->nlocks];
        struct g *wake = NULL;
        enum chan_try r = try_arm(s, arm, &wake);
        if (r == CHAN_BLOCK)
            continue;
        unlock_all(s);
        if (wake)
            g_ready(wake);
        return finish(s, arm, r);
    }
    return -1;
}

static struct sudogq *queue_of(go_case *k)
{
    return k->op == GO_OP_SEND ? &k->c->sendq : &k->c->recvq;
}

static void enqueue_all(struct select *s, struct g *gp)
{
    for (size_t i = 0; i < s->nlocks; i++) {
        size_t arm = s->order[i];
        go_case *k = &s->cases[arm];
        s->sg[arm] = (struct sudog){.g = gp, .elem = k->v, .several = true, .queued = true};
        sudog_push(queue_of(k), &s->sg[arm]);
    }
}

static int dequeue_all(struct select *s, struct sudog *won)
{
    int chosen = -ETIMEDOUT;
    lock_all(s);
    for (size_t i = 0; i < s->nlocks; i++) {
        size_t arm = s->order[i];
        if (won == &s->sg[arm])
            chosen = (int)arm;
        sudog_remove(queue_of(&s->cases[arm]), &s->sg[arm]);
    }
    unlock_all(s);
    return chosen;
}

static int wait_arms(struct select *s, int64_t deadline)
{
    struct g *gp = port_getg();
    struct wait_timer w;
    atomic_store_explicit(&gp->selectdone, 0, memory_order_relaxed);
    gp->param = NULL;
    enqueue_all(s, gp);
    wait_timer_start(&w, gp, deadline);
    g_park(unlock_commit, s, WAIT_SELECT);
    wait_timer_end(&w);
    int chosen = dequeue_all(s, gp->param);
    if (chosen < 0)
        return chosen;
    bool success = s->sg[chosen].success;
    s->cases[chosen].ok = success;
    return finish(s, (size_t)chosen, success ? CHAN_DONE : CHAN_CLOSED);
}

/*
 * One arm after the other, each under its own lock only: the first that is ready can be taken at
 * once. That none was ready is known only with all locked, which is for run() to find out.
 */
static int quick_look(struct select *s)
{
    size_t arm = m_random(port_getm()) % s->n;
    for (size_t i = 0; i < s->n; i++, arm = arm + 1 == s->n ? 0 : arm + 1) {
        go_case *k = &s->cases[arm];
        struct g *wake = NULL;
        if (!k->c || k->op == GO_OP_NONE || chan_would_block(k->c, k->op))
            continue;
        gspin_lock(&k->c->lock);
        enum chan_try r = try_arm(s, arm, &wake);
        gspin_unlock(&k->c->lock);
        if (r == CHAN_BLOCK)
            continue;
        if (wake)
            g_ready(wake);
        return finish(s, arm, r);
    }
    return -1;
}

static int run(struct select *s, int64_t deadline)
{
    int chosen = s->n ? quick_look(s) : -1;
    if (chosen >= 0)
        return chosen;
    order_make(s);
    lock_all(s);
    chosen = poll_arms(s);
    if (chosen >= 0)
        return chosen;
    if (deadline != 0)
        return wait_arms(s, deadline);
    unlock_all(s);
    return -ETIMEDOUT;
}

static int run_large(go_case *cases, size_t n, int64_t deadline)
{
    struct select s = {.cases = cases, .n = n};
    s.sg = malloc(n * (sizeof(*s.sg) + sizeof(*s.order)));
    if (!s.sg)
        return -ENOMEM;
    s.order = (uint16_t *)(s.sg + n);
    int r = run(&s, deadline);
    free(s.sg);
    return r;
}

/* One arm and no waiting: Go's compiler makes a plain channel operation of it, and so do we. */
static int run_one(go_case *k, int64_t deadline)
{
    if (k->op == GO_OP_SEND) {
        int r = go_send_until(k->c, k->v, deadline);
        if (r == -EPIPE)
            go_panic("send on closed channel");
        return r == 1 ? 0 : r;
    }
    int r = go_recv_until(k->c, k->v, deadline);
    k->ok = r == 1;
    return r == -ETIMEDOUT ? r : 0;
}

static bool sure_to_block(go_case *k)
{
    return k->c && k->op != GO_OP_NONE && chan_would_block(k->c, k->op);
}

#undef go_select
int go_select(go_case *cases, size_t n, int64_t deadline)
{
    if (n == 1 && deadline == 0 && sure_to_block(cases))
        return -ETIMEDOUT;
    if (n > GO_SELECT_MAX)
        return -EINVAL;
    if (n == 1 && cases[0].op != GO_OP_NONE)
        return run_one(cases, deadline);
    if (n > ON_STACK)
        return run_large(cases, n, deadline);
    struct sudog sg[ON_STACK];
    uint16_t order[ON_STACK];
    struct select s = {.cases = cases, .n = n, .sg = sg, .order = order};
    return run(&s, deadline);
}
