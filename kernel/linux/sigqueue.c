/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/sigqueue.h"
#include "kernel/core/slab.h"
#include "lib/str.h"

struct sigqueue_entry {
    struct list node;
    struct linux_siginfo info;
};

#define SYNCHRONOUS                                                                              \
    (SIG_BIT(SIGSEGV) | SIG_BIT(SIGBUS) | SIG_BIT(SIGILL) | SIG_BIT(SIGTRAP) | SIG_BIT(SIGFPE) | \
     SIG_BIT(SIGSYS))

/* In three moves: a call of memcpy takes longer than the copy. */
static inline void copy(struct linux_siginfo *to, const struct linux_siginfo *from)
{
    enum { PART = sizeof *to / 3 };
    char *t = (char *)to;
    const char *f = (const char *)from;
    memcpy(t, f, PART);
    memcpy(t + PART, f + PART, PART);
    memcpy(t + 2 * PART, f + 2 * PART, PART);
}

COLD void sigqueue_init(struct sigqueue *q)
{
    q->mask = 0;
    list_init(&q->infos);
}

/* The timer's expiry joins the one that is pending. */
static bool timer_joins(struct sigqueue *q, const struct linux_siginfo *info)
{
    list_for_each (n, &q->infos) {
        struct linux_siginfo *i = &list_entry(n, struct sigqueue_entry, node)->info;
        if (i->code != SI_TIMER || i->signo != info->signo || i->timer.id != info->timer.id)
            continue;
        if (__builtin_add_overflow(i->timer.overrun, info->timer.overrun + 1, &i->timer.overrun))
            i->timer.overrun = INT32_MAX;
        return true;
    }
    return false;
}

bool sigqueue_put(struct sigqueue *q, const struct linux_siginfo *info)
{
    uint64_t bit = SIG_BIT(info->signo);
    if ((q->mask & bit) && info->code == SI_TIMER && timer_joins(q, info))
        return false;
    if ((q->mask & bit) && info->signo < SIGRTMIN)
        return false;
    q->mask |= bit;
    struct sigqueue_entry *e = kmalloc(sizeof *e);
    if (e) {
        copy(&e->info, info);
        list_push_back(&q->infos, &e->node);
    }
    return true;
}

/* The first entry of sig, unlinked; *more: another one is queued. */
static struct sigqueue_entry *entry_take(struct sigqueue *q, int sig, bool *more)
{
    struct sigqueue_entry *found = NULL;
    *more = false;
    list_for_each (n, &q->infos) {
        struct sigqueue_entry *e = list_entry(n, struct sigqueue_entry, node);
        if (e->info.signo != sig)
            continue;
        if (found) {
            *more = true;
            break;
        }
        found = e;
    }
    if (found)
        list_remove(&found->node);
    return found;
}

bool sigqueue_take(struct sigqueue *q, uint64_t want, struct linux_siginfo *info)
{
    uint64_t ready = q->mask & want;
    if (!ready)
        return false;
    if (ready & SYNCHRONOUS)
        ready &= SYNCHRONOUS;
    int sig = __builtin_ctzl(ready) + 1;
    bool more;
    struct sigqueue_entry *e = entry_take(q, sig, &more);
    if (e)
        copy(info, &e->info);
    else
        *info = (struct linux_siginfo){.signo = sig, .code = SI_USER};
    kfree(e);
    if (!more)
        q->mask &= ~SIG_BIT(sig);
    return true;
}

COLD void sigqueue_drop(struct sigqueue *q, uint64_t mask)
{
    q->mask &= ~mask;
    list_for_each (n, &q->infos) {
        struct sigqueue_entry *e = list_entry(n, struct sigqueue_entry, node);
        if (mask & SIG_BIT(e->info.signo)) {
            list_remove(&e->node);
            kfree(e);
        }
    }
}
