/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/itimer.h"
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/cpu.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"
#include "lib/str.h"

#define LOOK_AGAIN_NS 50000 /* CPU time isn't looked at more often */
#define PERIOD_NS     20000 /* nor does a timer fire more often: the rest are overruns */

/* Time on the timer's clock now. The CPU time of a thread that is gone stands still. */
static int64_t clock_now(const struct itimer *it)
{
    struct process *p = it->process;
    if (it->clock == LINUX_CLOCK_MONOTONIC)
        return clock_mono_ns();
    if (it->clock == LINUX_CLOCK_PROCESS_CPUTIME_ID)
        return process_cpu_ns(p);
    spin_lock(&p->lock);
    struct thread *t = process_find_thread_locked(p, it->clock_tid);
    int64_t ns = t ? task_cpu_ns(&t->task) : 0;
    spin_unlock(&p->lock);
    return ns;
}

/* When it can be due at the earliest. */
static int64_t wake_at(const struct itimer *it, int64_t now)
{
    if (it->clock == LINUX_CLOCK_MONOTONIC)
        return it->due_ns;
    unsigned cpus_running = it->clock == LINUX_CLOCK_PROCESS_CPUTIME_ID ? cpu_count : 1;
    int64_t left = (it->due_ns - now) / cpus_running;
    return time_add(clock_mono_ns(), MAX(left, (int64_t)LOOK_AGAIN_NS));
}

/* False: the signal of an expiry before is still pending. */
static bool send(const struct itimer *it)
{
    struct process *p = it->process;
    if (!it->info.signo)
        return true;
    if (!it->target_tid)
        return signal_send_process(p, &it->info);
    spin_lock(&p->lock);
    struct thread *t = process_find_thread_locked(p, it->target_tid);
    bool news = !t || signal_send_thread_locked(t, &it->info);
    spin_unlock(&p->lock);
    return news;
}

/* It is due: count the periods that went by unseen, and set the next. */
static void advance_locked(struct itimer *it, int64_t now)
{
    int64_t missed = it->interval_ns ? (now - it->due_ns) / it->interval_ns : 0;
    if (it->info.code == SI_TIMER)
        it->info.timer.overrun = (int)MIN(missed, (int64_t)INT32_MAX - 1);
    it->armed = it->interval_ns != 0;
    it->due_ns = time_add(it->due_ns + missed * it->interval_ns, it->interval_ns);
}

/* Whoever deletes the timer takes its lock, too, and waits for the last run that was begun: one
 * before that, which set the timer again, is past all this then. */
static void fired(void *arg)
{
    struct itimer *it = arg;
    int64_t now = clock_now(it);
    spin_lock(&it->lock);
    if (it->armed && now >= it->due_ns) {
        advance_locked(it, now);
        int64_t more = send(it) ? 0 : (int64_t)it->overrun + 1;
        it->overrun = (int)MIN(more + it->info.timer.overrun, (int64_t)INT32_MAX);
    }
    if (it->armed)
        timer_set(&it->timer, MAX(wake_at(it, now), clock_mono_ns() + PERIOD_NS));
    spin_unlock(&it->lock);
}

static void itimer_init(struct itimer *it, struct process *p, int clock)
{
    it->process = p;
    it->clock = clock;
    list_init(&it->node);
    timer_init(&it->timer, fired, it);
}

void itimer_table_init(struct itimer_table *t, struct process *p)
{
    static const struct {
        int clock, signo;
    } kinds[ITIMER_COUNT] = {
        [ITIMER_REAL] = {LINUX_CLOCK_MONOTONIC, SIGALRM},
        [ITIMER_VIRTUAL] = {LINUX_CLOCK_PROCESS_CPUTIME_ID, SIGVTALRM},
        [ITIMER_PROF] = {LINUX_CLOCK_PROCESS_CPUTIME_ID, SIGPROF},
    };
    list_init(&t->created);
    for (unsigned i = 0; i < ITIMER_COUNT; i++) {
        itimer_init(&t->classic[i], p, kinds[i].clock);
        t->classic[i].info.signo = kinds[i].signo;
        t->classic[i].info.code = SI_KERNEL;
    }
}

/* What is left and the period; 0 when it isn't armed, at least 1 when it is. */
static void itimer_get(struct itimer *it, int64_t *left_ns, int64_t *interval_ns)
{
    int64_t now = clock_now(it);
    spin_lock(&it->lock);
    *left_ns = it->armed ? MAX(it->due_ns - now, INT64_C(1)) : 0;
    *interval_ns = it->interval_ns;
    spin_unlock(&it->lock);
}

/* Under the table's lock. due_ns: on its clock; 0 disarms. */
static void itimer_set(struct itimer *it, int64_t due_ns, int64_t interval_ns)
{
    int64_t now = clock_now(it);
    timer_stop_sync(&it->timer);
    spin_lock(&it->lock);
    it->armed = due_ns != 0;
    it->due_ns = due_ns;
    it->interval_ns = interval_ns;
    it->overrun = 0;
    if (it->armed)
        timer_set(&it->timer, wake_at(it, now));
    spin_unlock(&it->lock);
}

static int64_t timeval_ns(const struct linux_timeval *tv)
{
    return tv->tv_sec > INT64_MAX / NSEC_PER_SEC - 1
               ? INT64_MAX - 1
               : tv->tv_sec * NSEC_PER_SEC + tv->tv_usec * 1000;
}

static bool timeval_valid(const struct linux_timeval *tv)
{
    return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < 1000000;
}

/* Microseconds, rounded up: what is armed never reads as 0. */
static struct linux_timeval to_timeval(int64_t ns)
{
    uint64_t us = ((uint64_t)ns + 999) / 1000;
    return (struct linux_timeval){(int64_t)(us / 1000000), (int64_t)(us % 1000000)};
}

static int write_itimerval(struct itimer *it, vaddr_t at)
{
    int64_t left, interval;
    itimer_get(it, &left, &interval);
    struct linux_itimerval v = {to_timeval(interval), to_timeval(left)};
    return copy_to_user(at, &v, sizeof v);
}

long sys_getitimer(int which, vaddr_t cur)
{
    if (which < 0 || which >= ITIMER_COUNT)
        return -EINVAL;
    return write_itimerval(&process_self()->timers.classic[which], cur);
}

long sys_setitimer(int which, vaddr_t new, vaddr_t old)
{
    struct linux_itimerval v = {{0, 0}, {0, 0}};
    if (which < 0 || which >= ITIMER_COUNT)
        return -EINVAL;
    struct itimer_table *t = &process_self()->timers;
    struct itimer *it = &t->classic[which];
    if (new &&copy_from_user(&v, new, sizeof v))
        return -EFAULT;
    if (!timeval_valid(&v.it_value) || !timeval_valid(&v.it_interval))
        return -EINVAL;
    int err = old ? write_itimerval(it, old) : 0;
    if (err)
        return err;
    int64_t ns = timeval_ns(&v.it_value);
    spin_lock(&t->lock);
    itimer_set(it, ns ? time_add(clock_now(it), ns) : 0, timeval_ns(&v.it_interval));
    spin_unlock(&t->lock);
    return 0;
}

static struct itimer *find_locked(struct itimer_table *t, int id)
{
    list_for_each (n, &t->created) {
        struct itimer *it = list_entry(n, struct itimer, node);
        if (it->id == id)
            return it;
    }
    return NULL;
}

/* The timer, or NULL. A program that deletes a timer while another thread uses it gets what it
 * asked for; the kernel's memory stays sound since both happen under the table's lock. */
static struct itimer *lock_and_find(int id)
{
    struct itimer_table *t = &process_self()->timers;
    spin_lock(&t->lock);
    struct itimer *it = find_locked(t, id);
    if (!it)
        spin_unlock(&t->lock);
    return it;
}

static void unlock_table(void)
{
    spin_unlock(&process_self()->timers.lock);
}

/* CPU clocks of this process and its threads as timer_create takes them: by fixed number, or by id
 * (clock_getcpuclockid(3)). */
static int clock_of(int clock, int *tid)
{
    *tid = thread_self()->tid;
    switch (clock) {
    case LINUX_CLOCK_REALTIME:
    case LINUX_CLOCK_MONOTONIC:
    case LINUX_CLOCK_BOOTTIME:
    case LINUX_CLOCK_TAI:
        return LINUX_CLOCK_MONOTONIC;
    case LINUX_CLOCK_PROCESS_CPUTIME_ID:
    case LINUX_CLOCK_THREAD_CPUTIME_ID:
        return clock;
    }
    int id = ~(clock >> 3);
    if (clock >= 0 || (clock & 3) > 2)
        return -EINVAL;
    if (!(clock & 4))
        return id == 0 || id == process_self()->pid ? LINUX_CLOCK_PROCESS_CPUTIME_ID : -EINVAL;
    if (id)
        *tid = id;
    return LINUX_CLOCK_THREAD_CPUTIME_ID;
}

static int read_event(vaddr_t at, int id, struct itimer *it)
{
    struct linux_sigevent e = {.signo = SIGALRM, .notify = SIGEV_SIGNAL, .value = (uint64_t)id};
    if (at && copy_from_user(&e, at, sizeof e))
        return -EFAULT;
    if (e.notify != SIGEV_NONE && (e.signo < 1 || e.signo > SIG_MAX))
        return -EINVAL;
    if (e.notify != SIGEV_NONE && e.notify != SIGEV_SIGNAL &&
        e.notify != (SIGEV_SIGNAL | SIGEV_THREAD_ID))
        return -EINVAL;
    it->info =
        (struct linux_siginfo){.signo = e.notify == SIGEV_NONE ? 0 : e.signo, .code = SI_TIMER};
    it->info.timer.id = id;
    it->info.timer.value = e.value;
    it->target_tid = e.notify & SIGEV_THREAD_ID ? e.tid : 0;
    return 0;
}

long sys_timer_create(int clock, vaddr_t event, vaddr_t id_at)
{
    struct itimer_table *t = &process_self()->timers;
    int tid, base = clock_of(clock, &tid);
    if (base < 0)
        return base;
    struct itimer *it = kzalloc(sizeof *it);
    if (!it)
        return -EAGAIN;
    itimer_init(it, process_self(), base);
    it->clock_tid = tid;
    it->real = clock == LINUX_CLOCK_REALTIME || clock == LINUX_CLOCK_TAI;
    it->id = (int)(__atomic_fetch_add(&t->next_id, 1, __ATOMIC_RELAXED) & INT32_MAX);
    int err = read_event(event, it->id, it);
    if (!err)
        err = copy_to_user(id_at, &it->id, sizeof it->id);
    if (err) {
        kfree(it);
        return err;
    }
    spin_lock(&t->lock);
    list_push_back(&t->created, &it->node);
    spin_unlock(&t->lock);
    return 0;
}

static int write_itimerspec(vaddr_t at, int64_t left, int64_t interval)
{
    int err = time_write_timespec(at, interval);
    return err ? err : time_write_timespec(at + sizeof(struct linux_timespec), left);
}

long sys_timer_gettime(int id, vaddr_t cur)
{
    int64_t left, interval;
    struct itimer *it = lock_and_find(id);
    if (!it)
        return -EINVAL;
    itimer_get(it, &left, &interval);
    unlock_table();
    return write_itimerspec(cur, left, interval);
}

long sys_timer_getoverrun(int id)
{
    struct itimer *it = lock_and_find(id);
    if (!it)
        return -EINVAL;
    int overrun = it->overrun;
    unlock_table();
    return overrun;
}

long sys_timer_settime(int id, uint32_t flags, vaddr_t new, vaddr_t old)
{
    int64_t interval = 0, value = 0, old_left, old_interval;
    int err = time_read_timespec(new, &interval);
    if (!err)
        err = time_read_timespec(new + sizeof(struct linux_timespec), &value);
    if (err)
        return err;
    struct itimer *it = lock_and_find(id);
    if (!it)
        return -EINVAL;
    itimer_get(it, &old_left, &old_interval);
    int64_t due = it->real ? value - clock_real_offset_ns() : value;
    if (!(flags & LINUX_TIMER_ABSTIME))
        due = time_add(clock_now(it), value);
    itimer_set(it, value ? MAX(due, INT64_C(1)) : 0, interval);
    unlock_table();
    return old ? write_itimerspec(old, old_left, old_interval) : 0;
}

static void disarm(struct itimer *it)
{
    spin_lock(&it->lock);
    it->armed = false;
    spin_unlock(&it->lock);
    timer_stop_sync(&it->timer);
}

long sys_timer_delete(int id)
{
    struct itimer *it = lock_and_find(id);
    if (!it)
        return -EINVAL;
    list_remove(&it->node);
    unlock_table();
    disarm(it);
    kfree(it);
    return 0;
}

COLD void itimer_table_exec(struct itimer_table *t)
{
    list_for_each (n, &t->created) {
        struct itimer *it = list_entry(n, struct itimer, node);
        list_remove(n);
        disarm(it);
        kfree(it);
    }
}

COLD void itimer_table_exit(struct itimer_table *t)
{
    itimer_table_exec(t);
    for (unsigned i = 0; i < ITIMER_COUNT; i++)
        disarm(&t->classic[i]);
}
