/* SPDX-License-Identifier: Apache-2.0 */
/* ppoll and pselect6. */
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/pollset.h"
#include "kernel/linux/sigwait.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"
#include "lib/str.h"

/* Linux writes back what is left of the time; failing to is no error. */
static void write_left(vaddr_t timeout, int64_t deadline_ns)
{
    if (timeout)
        (void)!time_write_timespec(timeout, MAX(deadline_ns - clock_mono_ns(), (int64_t)0));
}

/* ---- ppoll ---- */

static long poll_user(struct pollset *s, vaddr_t fds, uint64_t nfds, int64_t deadline_ns)
{
    size_t bytes = nfds * sizeof(*s->fds);
    if (copy_from_user(s->fds, fds, bytes))
        return -EFAULT;
    long n = pollset_wait(s, deadline_ns);
    for (uint64_t i = 0; n >= 0 && i < nfds; i++) {
        vaddr_t at = fds + i * sizeof(*s->fds) + offsetof(struct linux_pollfd, revents);
        if (copy_to_user(at, &s->fds[i].revents, sizeof(s->fds[i].revents)))
            n = -EFAULT;
    }
    return n;
}

long sys_ppoll(vaddr_t fds, uint64_t nfds, vaddr_t timeout, vaddr_t sigmask, uint64_t sigsetsize)
{
    struct pollset s;
    int64_t deadline;
    int err = time_read_deadline(timeout, &deadline);
    if (err)
        return err;
    err = sigwait_begin(sigmask, sigsetsize);
    if (err)
        return err;
    if (nfds > fd_table_self()->limit)
        return -EINVAL;
    err = pollset_init(&s, nfds);
    if (err)
        return err;
    long n = poll_user(&s, fds, nfds, deadline);
    pollset_done(&s);
    write_left(timeout, deadline);
    return n == -ERESTARTSYS ? -ERESTARTNOHAND : n;
}

/* ---- pselect6 ---- */

#define SELECT_READ   (POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define SELECT_WRITE  (POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define SELECT_EXCEPT POLLPRI
#define SELECT_MAX    1048576

struct fdsets {
    uint64_t *in[3], *out[3]; /* read, write, except; in one allocation */
    size_t bytes;             /* of one */
};

static const uint32_t select_bits[3] = {SELECT_READ, SELECT_WRITE, SELECT_EXCEPT};

static int sets_read(struct fdsets *s, int nfds, const vaddr_t at[3])
{
    s->bytes = ALIGN_UP((size_t)nfds, 64) / 8;
    uint64_t *p = kzalloc(6 * s->bytes + 8);
    if (!p)
        return -ENOMEM;
    for (int i = 0; i < 3; i++) {
        s->in[i] = p + (size_t)i * s->bytes / 8;
        s->out[i] = p + (size_t)(i + 3) * s->bytes / 8;
    }
    for (int i = 0; i < 3; i++) {
        if (at[i] && copy_from_user(s->in[i], at[i], s->bytes)) {
            kfree(p);
            return -EFAULT;
        }
    }
    return 0;
}

static bool bit(const uint64_t *set, int fd)
{
    return set[fd / 64] >> (fd % 64) & 1;
}

/* What select asks of one descriptor, as poll events. */
static uint32_t asked(const struct fdsets *s, int fd)
{
    return (bit(s->in[0], fd) ? SELECT_READ : 0) | (bit(s->in[1], fd) ? SELECT_WRITE : 0) |
           (bit(s->in[2], fd) ? SELECT_EXCEPT : 0);
}

static unsigned fill_pollset(const struct fdsets *s, int nfds, struct linux_pollfd *fds)
{
    unsigned n = 0;
    for (int fd = 0; fd < nfds; fd++)
        if (asked(s, fd))
            fds[n++] = (struct linux_pollfd){.fd = fd, .events = (uint16_t)asked(s, fd)};
    return n;
}

/* Bits set in the answer, or -EBADF if a descriptor was none. */
static long answer(struct fdsets *s, const struct linux_pollfd *fds, unsigned n)
{
    long count = 0;
    for (unsigned i = 0; i < n; i++) {
        int fd = fds[i].fd;
        if (fds[i].revents & POLLNVAL)
            return -EBADF;
        for (int k = 0; k < 3; k++) {
            if (bit(s->in[k], fd) && (fds[i].revents & select_bits[k])) {
                s->out[k][fd / 64] |= UINT64_C(1) << (fd % 64);
                count++;
            }
        }
    }
    return count;
}

static long select_sets(struct fdsets *s, int nfds, int64_t deadline_ns)
{
    struct pollset ps;
    int err = pollset_init(&ps, (uint64_t)nfds);
    if (err)
        return err;
    ps.count = fill_pollset(s, nfds, ps.fds);
    long n = pollset_wait(&ps, deadline_ns);
    if (n >= 0)
        n = answer(s, ps.fds, ps.count);
    pollset_done(&ps);
    return n;
}

static long select_user(int nfds, const vaddr_t at[3], int64_t deadline_ns)
{
    struct fdsets s;
    int err = sets_read(&s, nfds, at);
    if (err)
        return err;
    long n = select_sets(&s, nfds, deadline_ns);
    for (int i = 0; n >= 0 && i < 3; i++)
        if (at[i] && copy_to_user(at[i], s.out[i], s.bytes))
            n = -EFAULT;
    kfree(s.in[0]);
    return n;
}

long sys_pselect6(int nfds, vaddr_t readfds, vaddr_t writefds, vaddr_t exceptfds, vaddr_t timeout,
                  vaddr_t sigmask)
{
    const vaddr_t at[3] = {readfds, writefds, exceptfds};
    uint64_t set[2] = {0, 8}; /* the mask's address and size */
    int64_t deadline;
    if (sigmask && copy_from_user(set, sigmask, sizeof(set)))
        return -EFAULT;
    int err = time_read_deadline(timeout, &deadline);
    if (!err)
        err = sigwait_begin(set[0], set[1]);
    if (err)
        return err;
    if (nfds < 0)
        return -EINVAL;
    nfds = MIN(nfds, SELECT_MAX);
    nfds = MIN(nfds, (int)fd_table_self()->size);
    long n = select_user(nfds, at, deadline);
    write_left(timeout, deadline);
    return n == -ERESTARTSYS ? -ERESTARTNOHAND : n;
}
