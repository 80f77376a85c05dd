/* SPDX-License-Identifier: Apache-2.0 */
/* A script of random operations on pipes, event counters, epolls and polls, none of which waits. */
#include "tests/fs/scripts.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#define STEPS 600
#define SLOTS 12

static int slot(struct run *r)
{
    return (int)pick(r, SLOTS);
}

static int some_fd(struct run *r)
{
    return r->fds[slot(r)];
}

/* Mostly one of the two epolls that the script begins with. */
static int some_epoll(struct run *r)
{
    return r->fds[pick(r, 5) ? (int)pick(r, 2) : slot(r)];
}

static void do_pipe(struct run *r)
{
    int ends[2] = {-1, -1}, a = slot(r), b = slot(r);
    if (a == b)
        return;
    int flags = O_NONBLOCK | (pick(r, 6) ? 0 : O_DIRECT);
    long err = r->k->pipe2(ends, flags);
    say(r, "pipe2 %o -> %ld", (unsigned)flags, err);
    if (err)
        return;
    say_fd(r, "read end", a, ends[0]);
    say_fd(r, "write end", b, ends[1]);
}

static void do_make(struct run *r)
{
    int s = slot(r);
    switch (pick(r, 4)) {
    case 0:
        say_fd(r, "eventfd", s,
               r->k->eventfd(pick(r, 4), EFD_NONBLOCK | (pick(r, 2) ? EFD_SEMAPHORE : 0)));
        break;
    case 1:
        say_fd(r, "epoll_create", s, r->k->epoll_create(0));
        break;
    case 2:
        say_fd(r, "file", s, r->k->open(AT_FDCWD, "f", O_RDWR | O_CREAT, 0644));
        break;
    default:
        do_pipe(r);
        break;
    }
}

static size_t some_size(struct run *r)
{
    static const size_t sizes[] = {0, 1, 8, 8, 100, 4095, 4096, 4097, 30000, 65536, 70000};
    return sizes[pick(r, 11)];
}

static char buffer[70000];

static unsigned sum(const char *buf, long n)
{
    unsigned s = 0;
    for (long i = 0; i < n; i++)
        s = s * 31 + (unsigned char)buf[i];
    return s;
}

static void do_read(struct run *r)
{
    size_t n = some_size(r);
    int fd = some_fd(r);
    long got = pick(r, 4) ? r->k->read(fd, buffer, n)
                          : r->k->readv2(fd, buffer, n / 3, buffer + n / 3, n - n / 3);
    say(r, "read %zu -> %ld %x", n, got, sum(buffer, got));
}

static void do_write(struct run *r)
{
    size_t n = some_size(r);
    int fd = some_fd(r);
    memset(buffer, 0, 8);
    for (size_t i = 0; i < n; i++)
        buffer[i] = (char)(i < 8 ? i == 0 : (i + r->random) % 251); /* an event counter adds 1 */
    if (!pick(r, 20))
        memset(buffer, 0xff, 8);
    long put = pick(r, 4) || n < 4095 ? r->k->write(fd, buffer, n)
                                      : r->k->writev2(fd, buffer, n / 2, buffer + n / 2, n - n / 2);
    say(r, "write %zu -> %ld", n, put);
}

static void do_close(struct run *r)
{
    int s = slot(r);
    say(r, "close slot %d -> %ld", s, r->k->close(r->fds[s]));
    r->fds[s] = -1;
}

static void do_dup(struct run *r)
{
    int from = slot(r), to = slot(r);
    if (from != to)
        say_fd(r, "dup", to, r->k->dup(r->fds[from]));
}

static void do_ctl(struct run *r)
{
    static const unsigned bits[] = {EPOLLIN,  EPOLLOUT, EPOLLET,     EPOLLONESHOT,  EPOLLRDHUP,
                                    EPOLLPRI, EPOLLIN,  EPOLLRDNORM, EPOLLEXCLUSIVE};
    struct api_event e = {.data = pick(r, 1000)};
    int ep = some_epoll(r), s = slot(r), op = 1 + (int)pick(r, 3);
    for (unsigned n = pick(r, 4); n; n--)
        e.events |= bits[pick(r, 9)];
    say(r, "epoll_ctl op %d slot %d events %x data %u -> %ld", op, s, e.events, (unsigned)e.data,
        r->k->epoll_ctl(ep, op, r->fds[s], &e));
}

static void do_epoll_wait(struct run *r)
{
    struct api_event e[64];
    char line[2048], *p = line;
    int max = (int)pick(r, 20);
    long n = r->k->epoll_wait(some_epoll(r), e, max, 0);
    *p = 0;
    for (long i = 0; i < n; i++)
        p += sprintf(p, " %x:%u", e[i].events, (unsigned)e[i].data);
    say(r, "epoll_wait %d -> %ld%s", max, n, line);
}

static void do_poll(struct run *r)
{
    struct api_pollfd p[6];
    char line[256], *at = line;
    int n = (int)pick(r, 7);
    for (int i = 0; i < n; i++)
        p[i] = (struct api_pollfd){some_fd(r), pick(r, 2) ? POLLIN | POLLOUT : pick(r, 0x3000), 0};
    long ready = r->k->poll(p, n, 0);
    *at = 0;
    for (int i = 0; i < n; i++)
        at += sprintf(at, " %x", p[i].revents);
    say(r, "poll -> %ld%s", ready, line);
}

static void do_control(struct run *r)
{
    int fd = some_fd(r), value = -1;
    struct api_stat st;
    switch (pick(r, 5)) {
    case 0: {
        long err = r->k->ioctl_int(fd, FIONREAD, &value);
        say(r, "FIONREAD -> %ld %d", err, err ? 0 : value);
        break;
    }
    case 1: {
        long size = 1l << (10 + pick(r, 10));
        say(r, "SETPIPE_SZ %ld -> %ld", size, r->k->fcntl(fd, F_SETPIPE_SZ, size));
        break;
    }
    case 2:
        say(r, "GETPIPE_SZ -> %ld", r->k->fcntl(fd, F_GETPIPE_SZ, 0));
        break;
    case 3: {
        long err = r->k->fstat(fd, &st);
        say(r, "fstat -> %ld %o", err, err ? 0 : st.mode);
        break;
    }
    default:
        say(r, "lseek -> %ld", r->k->lseek(fd, 0, SEEK_CUR));
        break;
    }
}

static void do_splice(struct run *r)
{
    int in = some_fd(r), out = some_fd(r);
    size_t n = some_size(r);
    if (pick(r, 2))
        say(r, "splice %zu -> %ld", n, r->k->splice(in, NULL, out, NULL, n, SPLICE_F_NONBLOCK));
    else
        say(r, "tee %zu -> %ld", n, r->k->tee(in, out, n, SPLICE_F_NONBLOCK));
}

static void (*const steps[])(struct run *) = {
    do_make,       do_make,       do_pipe, do_read, do_read,    do_write, do_write,
    do_write,      do_close,      do_dup,  do_ctl,  do_ctl,     do_ctl,   do_epoll_wait,
    do_epoll_wait, do_epoll_wait, do_poll, do_poll, do_control, do_splice};

void script_random_streams(struct run *r)
{
    for (int i = 0; i < 2; i++)
        say_fd(r, "epoll_create", i, r->k->epoll_create(0));
    for (int i = 0; i < STEPS; i++)
        steps[pick(r, sizeof(steps) / sizeof(*steps))](r);
}
