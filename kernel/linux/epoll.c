/* SPDX-License-Identifier: Apache-2.0 */
/* The epoll system calls. */
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/epoll.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/pollset.h"
#include "kernel/linux/sigwait.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"

#define FEW  16  /* events gathered on the stack */
#define MANY 256 /* at most, in one call */

COLD long sys_epoll_create1(uint32_t flags)
{
    struct file *f;
    if (flags & ~EPOLL_CLOEXEC)
        return -EINVAL;
    int err = epoll_create(&f);
    return err ? err : fd_install(f, flags & EPOLL_CLOEXEC);
}

COLD long sys_epoll_ctl(int epfd, int op, int fd, vaddr_t event)
{
    struct linux_epoll_event e = {0};
    if (op != EPOLL_CTL_DEL && copy_from_user(&e, event, sizeof(e)))
        return -EFAULT;
    struct file *ep = fd_get_io(epfd);
    if (!ep)
        return -EBADF;
    struct file *f = fd_get_io(fd);
    int err = f ? epoll_control(ep, op, fd, f, &e) : -EBADF;
    if (f)
        fd_put(f);
    fd_put(ep);
    return err;
}

static COLD long collect_into(struct file *ep, vaddr_t events, struct linux_epoll_event *buf,
                              int max)
{
    int n = epoll_collect(ep, buf, max);
    if (n && copy_to_user(events, buf, (size_t)n * sizeof(*buf)))
        return -EFAULT;
    return n;
}

/* Events that hold now, to the program. How many, or -EFAULT. All in one go: a second look would
 * report level-triggered ones again. */
static long collect(struct file *ep, vaddr_t events, int max)
{
    struct linux_epoll_event few[FEW];
    if (!epoll_any_ready(ep))
        return 0;
    max = MIN(max, MANY);
    struct linux_epoll_event *many = max > FEW ? kmalloc((size_t)max * sizeof(*many)) : NULL;
    long n =
        many ? collect_into(ep, events, many, max) : collect_into(ep, events, few, MIN(max, FEW));
    kfree(many);
    return n;
}

static __attribute__((noinline)) long wait_events(struct file *ep, vaddr_t events, int max,
                                                  int64_t deadline_ns)
{
    for (;;) {
        long n = collect(ep, events, max);
        if (n || !deadline_ns)
            return n;
        int err = epoll_wait_ready(ep, deadline_ns);
        if (err == -ETIMEDOUT)
            deadline_ns = 0;
        else if (err)
            return err == -ERESTARTSYS ? -EINTR : err;
    }
}

static int wait_check(struct file *ep, vaddr_t events, int max)
{
    if (max <= 0 || max > INT32_MAX / (int)sizeof(struct linux_epoll_event))
        return -EINVAL;
    if (events > USER_END - (uint64_t)max * sizeof(struct linux_epoll_event))
        return -EFAULT;
    return epoll_is(ep) ? 0 : -EINVAL;
}

static long epoll_wait(int epfd, vaddr_t events, int max, int64_t deadline_ns)
{
    struct file *ep = fd_get_io(epfd);
    if (!ep)
        return -EBADF;
    long n = wait_check(ep, events, max);
    if (!n && (deadline_ns || epoll_any_ready(ep)))
        n = wait_events(ep, events, max, deadline_ns);
    fd_put(ep);
    return n;
}

static int64_t deadline_of_ms(int timeout_ms)
{
    if (timeout_ms <= 0)
        return timeout_ms ? WAIT_FOREVER : 0;
    return time_add(clock_mono_ns(), timeout_ms * (NSEC_PER_SEC / 1000));
}

long sys_epoll_pwait(int epfd, vaddr_t events, int maxevents, int timeout_ms, vaddr_t sigmask,
                     uint64_t sigsetsize)
{
    int err = sigwait_begin(sigmask, sigsetsize);
    return err ? err : epoll_wait(epfd, events, maxevents, deadline_of_ms(timeout_ms));
}

COLD long sys_epoll_pwait2(int epfd, vaddr_t events, int maxevents, vaddr_t timeout,
                           vaddr_t sigmask, uint64_t sigsetsize)
{
    int64_t deadline;
    int err = time_read_deadline(timeout, &deadline);
    if (!err)
        err = sigwait_begin(sigmask, sigsetsize);
    return err ? err : epoll_wait(epfd, events, maxevents, deadline);
}
