/* SPDX-License-Identifier: Apache-2.0 */
/* The state machine of a G. */
#include "gort/g.h"
#include "gort/port.h"

static void transition_check(struct g *gp, uint32_t from, uint32_t to)
{
    if (UNLIKELY(!gstatus_legal(from, to)))
        port_fatal("gort: goroutine %llu: %s to %s is not a transition",
                   (unsigned long long)gp->goid, gstatus_name(from), gstatus_name(to));
}

/* A waker that finds its G awake or dead has lost track of it: going on would run one stack twice.
 */
static void awaited_check(struct g *gp, uint32_t from, uint32_t now)
{
    now &= ~(uint32_t)GSCAN;
    if (from == GWAITING && (now == GRUNNABLE || now == GDEAD || now == GIDLE))
        port_fatal("gort: goroutine %llu was woken, but it is %s", (unsigned long long)gp->goid,
                   gstatus_name(now));
    if (from == GRUNNING || from == GIDLE)
        port_fatal("gort: goroutine %llu should be %s, but it is %s", (unsigned long long)gp->goid,
                   gstatus_name(from), gstatus_name(now));
}

void casgstatus_slow(struct g *gp, uint32_t from, uint32_t to)
{
    uint32_t seen = from;
    transition_check(gp, from, to);
    while (!atomic_compare_exchange_weak_explicit(&gp->atomicstatus, &seen, to,
                                                  memory_order_acq_rel, memory_order_relaxed)) {
        if (seen != from)
            awaited_check(gp, from, seen);
        seen = from;
        port_relax();
    }
}

void casgstatus_lost(struct g *gp, uint32_t from, uint32_t to)
{
    transition_check(gp, from, to);
    awaited_check(gp, from, atomic_load_explicit(&gp->atomicstatus, memory_order_relaxed));
    port_fatal("gort: goroutine %llu is changed by two", (unsigned long long)gp->goid);
}

bool castogscanstatus(struct g *gp, uint32_t base)
{
    uint32_t seen = base;
    if (base == GRUNNING || base == GIDLE)
        return false;
    return atomic_compare_exchange_strong_explicit(&gp->atomicstatus, &seen, GSCAN | base,
                                                   memory_order_acq_rel, memory_order_relaxed);
}

void casfrom_gscanstatus(struct g *gp, uint32_t base)
{
    uint32_t seen = GSCAN | base;
    if (!atomic_compare_exchange_strong_explicit(&gp->atomicstatus, &seen, base,
                                                 memory_order_acq_rel, memory_order_relaxed))
        port_fatal("gort: goroutine %llu: end of a scan that had not begun",
                   (unsigned long long)gp->goid);
}

uint32_t readgstatus(const struct g *gp)
{
    return atomic_load_explicit(&gp->atomicstatus, memory_order_acquire) & ~(uint32_t)GSCAN;
}

bool scan_stack(struct g *gp, void (*scanner)(struct g *, void *), void *arg)
{
    uint32_t base = readgstatus(gp);
    if (base != GRUNNABLE && base != GWAITING && base != GSYSCALL && base != GPREEMPTED)
        return false;
    if (!castogscanstatus(gp, base))
        return false;
    scanner(gp, arg);
    casfrom_gscanstatus(gp, base);
    return true;
}

const char *waitreason_name(uint8_t reason)
{
    switch (reason) {
    case WAIT_SELECT:
        return "select";
    case WAIT_CHAN_RECEIVE:
        return "chan receive";
    case WAIT_CHAN_SEND:
        return "chan send";
    case WAIT_SEMACQUIRE:
        return "semacquire";
    case WAIT_SLEEP:
        return "sleep";
    case WAIT_COND:
        return "condvar wait";
    case WAIT_IO:
        return "IO wait";
    default:
        return "";
    }
}

const char *gstatus_name(uint32_t status)
{
    static const char *const names[] = {
        [GIDLE] = "idle",           [GRUNNABLE] = "runnable", [GRUNNING] = "running",
        [GSYSCALL] = "syscall",     [GWAITING] = "waiting",   [5] = "unknown",
        [GDEAD] = "dead",           [7] = "unknown",          [GCOPYSTACK] = "copystack",
        [GPREEMPTED] = "preempted",
    };
    status &= ~(uint32_t)GSCAN;
    return status < ARRAY_SIZE(names) ? names[status] : "unknown";
}
