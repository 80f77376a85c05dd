/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timerfd: a timer whose expirations are counted and read. The count isn't kept: it follows from
 * the time of the first expiration, the interval and now, so that a slow reader costs nothing; the
 * kernel's timer only wakes those who wait.
 *
 * Locks: `lock` guards times; the kernel's timer is set and stopped outside it, one caller at a
 * time under `setting`.
 */
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "gort/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"

struct timerfd {
    struct spinlock lock;
    struct mutex setting;
    bool real_time;
    int64_t next_ns; /* monotonic time of the next expiration that was not read, 0: disarmed */
    int64_t interval_ns;
    struct waitq wait;
    struct timer timer;
};

static void fired(void *arg)
{
    struct timerfd *t = arg;
    waitq_wake(&t->wait, POLLIN | POLLRDNORM, 0);
}

static bool expired_locked(const struct timerfd *t)
{
    return t->next_ns && clock_mono_ns() >= t->next_ns;
}

static bool expired(struct timerfd *t)
{
    spin_lock(&t->lock);
    bool yes = expired_locked(t);
    spin_unlock(&t->lock);
    return yes;
}

/* How often it has expired since it was last read; 0: not yet. *next: when the kernel's timer must
 * fire again, 0 for never. */
static uint64_t take(struct timerfd *t, int64_t *next)
{
    uint64_t count = 0;
    spin_lock(&t->lock);
    if (expired_locked(t)) {
        count = 1;
        if (t->interval_ns) {
            int64_t missed = (clock_mono_ns() - t->next_ns) / t->interval_ns;
            t->next_ns = time_add(t->next_ns + missed * t->interval_ns, t->interval_ns);
            count += (uint64_t)missed;
        } else {
            t->next_ns = 0;
        }
    }
    *next = t->next_ns;
    spin_unlock(&t->lock);
    return count;
}

/* Under `setting`. */
static void arm(struct timerfd *t, int64_t next)
{
    timer_stop_sync(&t->timer);
    if (next)
        timer_set(&t->timer, next);
}

static long take_and_rearm(struct timerfd *t, uint64_t *count)
{
    int64_t next;
    int err = mutex_lock(&t->setting);
    if (err)
        return err;
    *count = take(t, &next);
    if (*count)
        arm(t, next);
    mutex_unlock(&t->setting);
    return 0;
}

static long timerfd_read(struct file *f, struct uio *u, int64_t *pos)
{
    struct timerfd *t = f->priv;
    uint64_t count = 0;
    (void)pos;
    if (u->left < sizeof(count))
        return -EINVAL;
    for (;;) {
        long err = take_and_rearm(t, &count);
        if (err)
            return err;
        if (count)
            break;
        err = file_nonblock(f) ? -EAGAIN : wait_event(&t->wait, expired(t), WAIT_FOREVER);
        if (err)
            return err;
    }
    return uio_write(u, &count, sizeof(count)) == sizeof(count) ? (long)sizeof(count) : -EFAULT;
}

static unsigned timerfd_poll(struct file *f, struct poll_table *pt)
{
    struct timerfd *t = f->priv;
    poll_watch(pt, &t->wait);
    return expired(t) ? POLLIN | POLLRDNORM : 0;
}

static void timerfd_release(struct file *f)
{
    struct timerfd *t = f->priv;
    timer_stop_sync(&t->timer);
    kfree(t);
}

static const struct file_ops timerfd_fops = {
    .read = timerfd_read, .poll = timerfd_poll, .release = timerfd_release};

static struct timerfd *timerfd_new(bool real_time)
{
    struct timerfd *t = kzalloc(sizeof(*t));
    if (!t)
        return NULL;
    mutex_init(&t->setting);
    waitq_init(&t->wait);
    timer_init(&t->timer, fired, t);
    t->real_time = real_time;
    return t;
}

long sys_timerfd_create(int clock, uint32_t flags)
{
    bool real = clock == LINUX_CLOCK_REALTIME || clock == LINUX_CLOCK_REALTIME_ALARM;
    bool mono = clock == LINUX_CLOCK_MONOTONIC || clock == LINUX_CLOCK_BOOTTIME ||
                clock == LINUX_CLOCK_BOOTTIME_ALARM;
    if ((!real && !mono) || (flags & ~(O_NONBLOCK | O_CLOEXEC)))
        return -EINVAL;
    struct timerfd *t = timerfd_new(real);
    if (!t)
        return -ENOMEM;
    struct file *f = file_new_nameless(&timerfd_fops, t, O_RDWR | (flags & O_NONBLOCK));
    if (!f)
        kfree(t);
    return fd_install(f, flags & O_CLOEXEC);
}

/* ---- setting ---- */

static int get_timerfd(int fd, struct file **f)
{
    *f = fd_get_io(fd);
    if (!*f)
        return -EBADF;
    if ((*f)->ops == &timerfd_fops)
        return 0;
    fd_put(*f);
    return -EINVAL;
}

static int write_spec(vaddr_t at, int64_t left, int64_t interval)
{
    int err = time_write_timespec(at, interval);
    return err ? err : time_write_timespec(at + sizeof(struct linux_timespec), left);
}

/* What is left to the next expiration that is still to come. */
static void current(struct timerfd *t, int64_t *left, int64_t *interval)
{
    int64_t now = clock_mono_ns();
    spin_lock(&t->lock);
    *interval = t->interval_ns;
    *left = t->next_ns ? t->next_ns - now : 0;
    if (t->next_ns && *left <= 0)
        *left = t->interval_ns ? t->interval_ns - (now - t->next_ns) % t->interval_ns : 0;
    spin_unlock(&t->lock);
}

long sys_timerfd_gettime(int fd, vaddr_t cur)
{
    struct file *f;
    int64_t left, interval;
    int err = get_timerfd(fd, &f);
    if (err)
        return err;
    current(f->priv, &left, &interval);
    fd_put(f);
    return write_spec(cur, left, interval);
}

static int64_t first_expiration(const struct timerfd *t, int64_t value, bool absolute)
{
    if (!value)
        return 0;
    if (!absolute)
        return time_add(clock_mono_ns(), value);
    return MAX(t->real_time ? value - clock_real_offset_ns() : value, (int64_t)1);
}

static int set(struct timerfd *t, int64_t value, int64_t interval, bool absolute)
{
    int err = mutex_lock(&t->setting);
    if (err)
        return err;
    int64_t next = first_expiration(t, value, absolute);
    spin_lock(&t->lock);
    t->next_ns = next;
    t->interval_ns = value ? interval : 0;
    spin_unlock(&t->lock);
    arm(t, next);
    mutex_unlock(&t->setting);
    return 0;
}

long sys_timerfd_settime(int fd, uint32_t flags, vaddr_t new, vaddr_t old)
{
    struct file *f = NULL;
    int64_t interval, value = 0, old_left, old_interval;
    if (flags & ~(uint32_t)(LINUX_TIMER_ABSTIME | LINUX_TFD_TIMER_CANCEL_ON_SET))
        return -EINVAL;
    int err = time_read_timespec(new, &interval);
    if (!err)
        err = time_read_timespec(new + sizeof(struct linux_timespec), &value);
    if (!err)
        err = get_timerfd(fd, &f);
    if (err)
        return err;
    current(f->priv, &old_left, &old_interval);
    err = set(f->priv, value, interval, flags & LINUX_TIMER_ABSTIME);
    fd_put(f);
    return !err && old ? write_spec(old, old_left, old_interval) : err;
}
