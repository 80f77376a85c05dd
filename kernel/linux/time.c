/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks and sleeping. Programs read the common clocks through the vDSO; these are the calls behind
 * it. */
#include "kernel/linux/time.h"
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/uaccess.h"
#include "kernel/core/wait.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "kernel/linux/vdso/vdso.h"

/* CPU clocks of other threads and processes: pid or tid in the upper bits, inverted
 * (clock_getcpuclockid(3), pthread_getcpuclockid(3)). */
static int cpu_clock(int clock, int64_t *ns)
{
    int id = ~(clock >> 3);
    bool per_thread = clock & 4;
    struct process *p = process_self();
    if (!per_thread) {
        if (id != 0 && id != p->pid)
            return -EINVAL;
        *ns = process_cpu_ns(p);
        return 0;
    }
    spin_lock(&p->lock);
    struct thread *t = id ? process_find_thread_locked(p, id) : thread_self();
    if (t)
        *ns = task_cpu_ns(&t->task);
    spin_unlock(&p->lock);
    return t ? 0 : -EINVAL;
}

static int clock_read(int clock, int64_t *ns)
{
    switch (clock) {
    case LINUX_CLOCK_REALTIME:
    case LINUX_CLOCK_REALTIME_COARSE:
    case LINUX_CLOCK_REALTIME_ALARM:
    case LINUX_CLOCK_TAI:
        *ns = clock_real_ns();
        return 0;
    case LINUX_CLOCK_MONOTONIC:
    case LINUX_CLOCK_MONOTONIC_RAW:
    case LINUX_CLOCK_MONOTONIC_COARSE:
    case LINUX_CLOCK_BOOTTIME:
    case LINUX_CLOCK_BOOTTIME_ALARM:
        *ns = clock_mono_ns();
        return 0;
    case LINUX_CLOCK_PROCESS_CPUTIME_ID:
        *ns = process_cpu_ns(process_self());
        return 0;
    case LINUX_CLOCK_THREAD_CPUTIME_ID:
        *ns = task_cpu_ns(task_self());
        return 0;
    default:
        return clock < 0 ? cpu_clock(clock, ns) : -EINVAL;
    }
}

long sys_clock_gettime(int clock, vaddr_t time)
{
    int64_t ns;
    int err = clock_read(clock, &ns);
    return err ? err : time_write_timespec(time, ns);
}

long sys_clock_getres(int clock, vaddr_t res)
{
    int64_t ns;
    int err = clock_read(clock, &ns);
    return err || !res ? err : time_write_timespec(res, 1);
}

long sys_clock_settime(int clock, vaddr_t time)
{
    int64_t ns;
    if (clock != LINUX_CLOCK_REALTIME)
        return -EINVAL;
    int err = time_read_timespec(time, &ns);
    if (!err)
        err = clock_set_real(ns);
    vdso_set_wall(clock_real_offset_ns());
    return err;
}

long sys_gettimeofday(vaddr_t tv, vaddr_t tz)
{
    int64_t ns = clock_real_ns();
    struct linux_timeval t = {ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / 1000};
    uint64_t no_zone = 0;
    int err = tv ? copy_to_user(tv, &t, sizeof t) : 0;
    if (!err && tz)
        err = copy_to_user(tz, &no_zone, sizeof no_zone);
    return err;
}

/* Nothing but the deadline or a signal ends it. 0 or -ERESTARTSYS. */
static int sleep_until(int64_t deadline_ns)
{
    struct sleeper s;
    sleeper_init(&s);
    for (;;) {
        int err = sleeper_sleep(&s, deadline_ns);
        if (err)
            return err == -ETIMEDOUT ? 0 : err;
        __atomic_store_n(&s.woken, 0, __ATOMIC_SEQ_CST);
    }
}

static long sleep_again(struct thread *t)
{
    struct restart *r = &t->restart;
    int err = sleep_until(r->deadline_ns);
    if (err && r->rem)
        err = time_write_timespec(r->rem, MAX(INT64_C(0), r->deadline_ns - clock_mono_ns()))
                  ? -EFAULT
                  : err;
    return err == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : err;
}

static long sleep_for(int64_t ns, vaddr_t rem)
{
    struct thread *t = thread_self();
    t->restart = (struct restart){
        .fn = sleep_again, .deadline_ns = time_add(clock_mono_ns(), ns), .rem = rem};
    return sleep_again(t);
}

long sys_nanosleep(vaddr_t req, vaddr_t rem)
{
    int64_t ns;
    int err = time_read_timespec(req, &ns);
    return err ? err : sleep_for(ns, rem);
}

long sys_clock_nanosleep(int clock, uint32_t flags, vaddr_t req, vaddr_t rem)
{
    int64_t ns = 0, now = 0;
    if (clock == LINUX_CLOCK_THREAD_CPUTIME_ID)
        return -EINVAL;
    int err = clock_read(clock, &now);
    if (!err)
        err = time_read_timespec(req, &ns);
    if (err)
        return err;
    if (!(flags & LINUX_TIMER_ABSTIME))
        return sleep_for(ns, rem);
    err = ns > now ? sleep_until(time_add(clock_mono_ns(), ns - now)) : 0;
    return err == -ERESTARTSYS ? -ERESTARTNOHAND : err;
}

long sys_restart_syscall(void)
{
    struct thread *t = thread_self();
    return t->restart.fn ? t->restart.fn(t) : -EINTR;
}
