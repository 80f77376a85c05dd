/* SPDX-License-Identifier: Apache-2.0 */
/* netpoll's system part: one epoll, edge-triggered. */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gort/port/os.h"

#define EVENTS 128

static int epfd, breakfd;

int os_poll_start(void)
{
    struct epoll_event ev = {.events = EPOLLIN};
    int ep = epoll_create1(EPOLL_CLOEXEC);
    if (ep < 0)
        return -errno;
    int b = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (b < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, b, &ev) < 0) {
        int r = -errno;
        close(ep);
        return r;
    }
    epfd = ep;
    breakfd = b;
    return 0;
}

static int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0))
        return -errno;
    return 0;
}

int os_poll_add(struct go_pd *pd, int fd)
{
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = pd};
    int r = set_nonblocking(fd);
    if (r == 0 && epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) < 0)
        r = -errno;
    return r;
}

/* Edges come whether somebody waits or not, and closing takes the descriptor out. */
void os_poll_waits(struct go_pd *pd)
{
    (void)pd;
}

void os_poll_remove(struct go_pd *pd)
{
    (void)pd;
}

void os_poll_break(void)
{
    uint64_t one = 1;
    ssize_t r = write(breakfd, &one, sizeof(one));
    (void)r; /* full: it is awake */
}

static void break_drain(void)
{
    uint64_t n;
    ssize_t r = read(breakfd, &n, sizeof(n));
    (void)r;
}

static int wait_events(struct epoll_event *ev, int64_t until)
{
    if (until == 0)
        return epoll_wait(epfd, ev, EVENTS, 0);
    if (until == INT64_MAX)
        return epoll_wait(epfd, ev, EVENTS, -1);
    int64_t ns = MAX(until - port_now_ns(), 0);
    struct timespec ts = {ns / GO_S, ns % GO_S};
    return epoll_pwait2(epfd, ev, EVENTS, &ts, NULL);
}

unsigned os_poll_run(int64_t deadline_ns)
{
    struct epoll_event ev[EVENTS];
    unsigned readied = 0;
    int n = wait_events(ev, deadline_ns);
    for (int i = 0; i < n; i++) {
        uint32_t is = ev[i].events;
        if (ev[i].data.ptr)
            readied +=
                netpoll_event(ev[i].data.ptr, is & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR),
                              is & (EPOLLOUT | EPOLLHUP | EPOLLERR));
        else if (deadline_ns != 0)
            break_drain();
    }
    return readied;
}

/* ------------------------------------------------------------------ one try each */

static int failed(void)
{
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

ssize_t os_read(int fd, void *buf, size_t n)
{
    ssize_t r;
    do
        r = read(fd, buf, n);
    while (r < 0 && errno == EINTR);
    return r < 0 ? failed() : r;
}

/* A socket that the other side closed must not kill the process. */
static ssize_t write_once(int fd, const void *p, size_t n)
{
    ssize_t put = send(fd, p, n, MSG_NOSIGNAL);
    if (put < 0 && errno == ENOTSOCK)
        put = write(fd, p, n);
    return put;
}

ssize_t os_write(int fd, const void *buf, size_t n)
{
    ssize_t r;
    do
        r = write_once(fd, buf, n);
    while (r < 0 && errno == EINTR);
    return r < 0 ? failed() : r;
}

int os_accept(int fd)
{
    int r;
    do
        r = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    while (r < 0 && (errno == EINTR || errno == ECONNABORTED));
    return r < 0 ? failed() : r;
}

int os_connect(int fd, const struct sockaddr *to, uint32_t len)
{
    if (connect(fd, to, len) == 0)
        return 0;
    return errno == EINPROGRESS || errno == EINTR ? -EAGAIN : -errno;
}

int os_connected(int fd)
{
    int err = 0;
    socklen_t len = sizeof(err);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
        return -errno;
    if (err)
        return -err;
    struct sockaddr_storage peer;
    socklen_t peer_len = sizeof(peer);
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0)
        return 0;
    return errno == ENOTCONN ? -EAGAIN : -errno;
}

int os_close(int fd)
{
    return close(fd) < 0 ? -errno : 0;
}

ssize_t os_file_read(int fd, void *buf, size_t n)
{
    return os_read(fd, buf, n);
}

ssize_t os_file_write(int fd, const void *buf, size_t n)
{
    ssize_t r;
    do
        r = write(fd, buf, n);
    while (r < 0 && errno == EINTR);
    return r < 0 ? failed() : r;
}

int os_file_close(int fd)
{
    return os_close(fd);
}
