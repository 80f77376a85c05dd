/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netpoll's system part on Windows: sockets, with WSAPoll. It looks at levels, so it is asked about
 * those directions only that somebody waits for; who begins to wait while it sleeps ends that sleep
 * through a socket of its own.
 */
#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>

#include "gort/port/os.h"

#define LONGEST_MS 1000000

static struct {
    struct spin lock; /* the list and its length */
    struct go_pd *first;
    unsigned n;
    _Atomic bool sleeping; /* some os_poll_run is between its look at who waits and its end */
    SOCKET breaker;        /* connected to itself */
    struct spin room;      /* held by the os_poll_run that uses the two arrays */
    WSAPOLLFD *fds;
    struct go_pd **pds;
    unsigned size;
} p;

static int error_of(int wsa)
{
    static const struct {
        int wsa, err;
    } table[] = {
        {WSAEWOULDBLOCK, EAGAIN},
        {WSAEINPROGRESS, EAGAIN},
        {WSAECONNREFUSED, ECONNREFUSED},
        {WSAECONNRESET, ECONNRESET},
        {WSAECONNABORTED, ECONNABORTED},
        {WSAETIMEDOUT, ETIMEDOUT},
        {WSAENOTCONN, ENOTCONN},
        {WSAESHUTDOWN, EPIPE},
        {WSAENOTSOCK, ENOTSOCK},
        {WSAEADDRINUSE, EADDRINUSE},
        {WSAEACCES, EACCES},
        {WSAEHOSTUNREACH, EHOSTUNREACH},
        {WSAENETUNREACH, ENETUNREACH},
        {WSAEINVAL, EINVAL},
        {WSAEBADF, EBADF},
        {WSAEMFILE, EMFILE},
    };
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (table[i].wsa == wsa)
            return -table[i].err;
    return -EIO;
}

static int failed(void)
{
    return error_of(WSAGetLastError());
}

static int set_nonblocking(SOCKET s)
{
    u_long on = 1;
    return ioctlsocket(s, (long)FIONBIO, &on) ? failed() : 0;
}

static int breaker_make(SOCKET s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int len = sizeof(at);
    if (bind(s, (struct sockaddr *)&at, len) || getsockname(s, (struct sockaddr *)&at, &len) ||
        connect(s, (struct sockaddr *)&at, len))
        return failed();
    return set_nonblocking(s);
}

int os_poll_start(void)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data))
        return -EIO;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    int r = s == INVALID_SOCKET ? failed() : breaker_make(s);
    if (r == 0)
        p.breaker = s;
    else if (s != INVALID_SOCKET)
        closesocket(s);
    return r;
}

int os_poll_add(struct go_pd *pd, int fd)
{
    int r = set_nonblocking((SOCKET)fd);
    if (r)
        return r == -ENOTSOCK && _get_osfhandle(fd) != -1 ? -EPERM : r;
    gspin_lock(&p.lock);
    pd->prev = NULL;
    pd->next = p.first;
    if (p.first)
        p.first->prev = pd;
    p.first = pd;
    p.n++;
    gspin_unlock(&p.lock);
    return 0;
}

void os_poll_remove(struct go_pd *pd)
{
    gspin_lock(&p.lock);
    if (pd->prev)
        pd->prev->next = pd->next;
    else
        p.first = pd->next;
    if (pd->next)
        pd->next->prev = pd->prev;
    p.n--;
    gspin_unlock(&p.lock);
    os_poll_break();
}

void os_poll_break(void)
{
    send(p.breaker, "", 1, 0);
}

/* The direction's lock, which is held, was free when gather() looked without seeing the waiter:
 * then `sleeping` is seen here. */
void os_poll_waits(struct go_pd *pd)
{
    (void)pd;
    if (atomic_load(&p.sleeping))
        os_poll_break();
}

static bool waited_for(struct dir *d)
{
    waitq_lock(&d->q);
    bool waits = waitq_first(&d->q) != NULL;
    waitq_unlock(&d->q);
    return waits;
}

static bool room_for(unsigned n)
{
    if (n <= p.size)
        return true;
    WSAPOLLFD *fds = realloc(p.fds, 2 * n * sizeof(*fds));
    if (fds)
        p.fds = fds;
    struct go_pd **pds = realloc(p.pds, 2 * n * sizeof(struct go_pd *));
    if (pds)
        p.pds = pds;
    if (fds && pds)
        p.size = 2 * n;
    return fds && pds;
}

/* Who is waited for, behind the breaker; how many. */
static unsigned gather(void)
{
    unsigned n = 0;
    gspin_lock(&p.lock);
    if (!room_for(p.n + 1))
        port_fatal("gort: no memory to wait for %u sockets", p.n);
    p.fds[n] = (WSAPOLLFD){.fd = p.breaker, .events = POLLRDNORM};
    p.pds[n++] = NULL;
    for (struct go_pd *pd = p.first; pd; pd = pd->next) {
        short events = (short)((waited_for(&pd->read) ? POLLRDNORM : 0) |
                               (waited_for(&pd->write) ? POLLWRNORM : 0));
        if (!events)
            continue;
        p.fds[n] = (WSAPOLLFD){.fd = (SOCKET)pd->fd, .events = events};
        p.pds[n++] = pd;
    }
    gspin_unlock(&p.lock);
    return n;
}

static int ms_until(int64_t deadline_ns)
{
    if (deadline_ns == 0)
        return 0;
    if (deadline_ns == INT64_MAX)
        return -1;
    int64_t ns = deadline_ns - port_now_ns();
    return ns <= 0 ? 0 : (int)MIN((ns + GO_MS - 1) / GO_MS, LONGEST_MS);
}

static void break_drain(void)
{
    char c[64];
    while (recv(p.breaker, c, sizeof(c), 0) > 0)
        ;
}

static unsigned look(int64_t deadline_ns)
{
    unsigned readied = 0;
    atomic_store(&p.sleeping, deadline_ns != 0);
    unsigned n = gather();
    int ready = WSAPoll(p.fds, n, ms_until(deadline_ns));
    atomic_store(&p.sleeping, false);
    if (ready > 0 && p.fds[0].revents && deadline_ns != 0)
        break_drain();
    for (unsigned i = 1; i < n && ready > 0; i++) {
        short is = p.fds[i].revents;
        bool over = is & (POLLERR | POLLHUP | POLLNVAL);
        if (is)
            readied += netpoll_event(p.pds[i], over || is & POLLRDNORM, over || is & POLLWRNORM);
    }
    return readied;
}

unsigned os_poll_run(int64_t deadline_ns)
{
    if (!gspin_try(&p.room))
        return 0;
    unsigned readied = look(deadline_ns);
    gspin_unlock(&p.room);
    return readied;
}

/* ------------------------------------------------------------------ one try each */

ssize_t os_read(int fd, void *buf, size_t n)
{
    int r = recv((SOCKET)fd, buf, (int)MIN(n, INT32_MAX), 0);
    return r < 0 ? failed() : r;
}

ssize_t os_write(int fd, const void *buf, size_t n)
{
    int r = send((SOCKET)fd, buf, (int)MIN(n, INT32_MAX), 0);
    return r < 0 ? failed() : r;
}

int os_accept(int fd)
{
    SOCKET s = accept((SOCKET)fd, NULL, NULL);
    return s == INVALID_SOCKET ? failed() : (int)s;
}

int os_connect(int fd, const struct sockaddr *to, uint32_t len)
{
    return connect((SOCKET)fd, to, (int)len) ? failed() : 0;
}

int os_connected(int fd)
{
    int err = 0, len = sizeof(err);
    if (getsockopt((SOCKET)fd, SOL_SOCKET, SO_ERROR, (char *)&err, &len))
        return failed();
    if (err)
        return error_of(err);
    struct sockaddr_storage peer;
    len = sizeof(peer);
    if (getpeername((SOCKET)fd, (struct sockaddr *)&peer, &len) == 0)
        return 0;
    int r = failed();
    return r == -ENOTCONN ? -EAGAIN : r;
}

int os_close(int fd)
{
    return closesocket((SOCKET)fd) ? failed() : 0;
}

/* ------------------------------------------------------------------ files, by the C library's
 * numbers */

ssize_t os_file_read(int fd, void *buf, size_t n)
{
    int r = _read(fd, buf, (unsigned)MIN(n, INT32_MAX));
    return r < 0 ? -errno : r;
}

ssize_t os_file_write(int fd, const void *buf, size_t n)
{
    int r = _write(fd, buf, (unsigned)MIN(n, INT32_MAX));
    return r < 0 ? -errno : r;
}

int os_file_close(int fd)
{
    return _close(fd) ? -errno : 0;
}
