/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread beside the Ms. Every 10 milliseconds it asks Gs to yield that had that long while others
 * wait, and sees to timers that busy Ms left; after all Ps have been idle for a while it looks for
 * a deadlock and sleeps until an M runs. It sets `asleep` and then looks at the idle mask again, an
 * M leaves the mask and then looks at `asleep`: one of them sees the other.
 */
#include <errno.h>
#include <windows.h>

#include "gort/idle.h"
#include "gort/port/windows/rt.h"

#define ROUND_MS 10

static struct {
    void *thread, *event;
    _Atomic bool stop, asleep;
    uint32_t tick[GORT_MAX_PROCS];
} watch;

static bool all_idle(void)
{
    unsigned n = sched_nprocs();
    return idle_mask() == (n == 64 ? UINT64_MAX : (1ull << n) - 1);
}

void watch_wake(void)
{
    if (UNLIKELY(atomic_load(&watch.asleep)))
        SetEvent(watch.event);
}

static void watch_p(unsigned i, int64_t now)
{
    struct p *pp = sched_p(i);
    struct m *mp = atomic_load_explicit(&pp->m, memory_order_acquire);
    uint32_t tick = own_load(&pp->schedtick);
    if (idle_mask() >> i & 1)
        return;
    if (timer_heap_min(&pp->timers) <= now) {
        atomic_store_explicit(&mp->tick_due, true, memory_order_relaxed);
        idle_wake_one();
    }
    if (tick == watch.tick[i] && sched_work_waits(pp))
        port_preempt(mp);
    watch.tick[i] = tick;
}

static bool deadlocked(uint64_t *activity)
{
    *activity = 0;
    for (unsigned i = 0; i < sched_nprocs(); i++) {
        struct p *pp = sched_p(i);
        *activity += own_load(&pp->schedtick) + (uint64_t)own_load(&pp->sleeps);
        if (sched_work_waits(pp) || timer_heap_min(&pp->timers) != TIMER_NEVER)
            return false;
    }
    return all_idle() && sched_live() > 0 && atomic_load(&rt.exits_on_deadlock);
}

static void sleep_while_idle(void)
{
    uint64_t before, after;
    if (deadlocked(&before)) {
        Sleep(ROUND_MS);
        if (deadlocked(&after) && before == after && !atomic_load(&watch.stop))
            report_deadlock();
    }
    atomic_store(&watch.asleep, true);
    if (all_idle() && !atomic_load(&watch.stop))
        WaitForSingleObject(watch.event, INFINITE);
    atomic_store(&watch.asleep, false);
}

static DWORD WINAPI watch_main(void *arg)
{
    (void)arg;
    for (bool was_idle = false; !atomic_load(&watch.stop);) {
        bool idle = all_idle();
        if (idle && was_idle)
            sleep_while_idle();
        was_idle = idle;
        for (unsigned i = 0; i < sched_nprocs(); i++)
            watch_p(i, port_now_ns());
        WaitForSingleObject(watch.event, ROUND_MS);
    }
    return 0;
}

int watch_start(void)
{
    atomic_store(&watch.stop, false);
    watch.event = CreateEventW(NULL, FALSE, FALSE, NULL);
    watch.thread = watch.event ? CreateThread(NULL, 0, watch_main, NULL, 0, NULL) : NULL;
    return watch.thread ? 0 : -EAGAIN;
}

void watch_stop(void)
{
    atomic_store(&watch.stop, true);
    SetEvent(watch.event);
    WaitForSingleObject(watch.thread, INFINITE);
    CloseHandle(watch.thread);
    CloseHandle(watch.event);
}
