/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, writing, accepting and connecting: try, and wait in netpoll when the system says "not
 * now". */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gort/gort.h"

static bool again(int err)
{
    return err == EAGAIN || err == EWOULDBLOCK;
}

ssize_t go_read(go_fd *f, void *buf, size_t n, int64_t deadline)
{
    for (;;) {
        ssize_t got = read(f->fd, buf, n);
        if (got >= 0)
            return got;
        if (errno == EINTR)
            continue;
        if (!again(errno))
            return -errno;
        int r = go_poll(f, GO_POLL_READ, deadline);
        if (r < 0)
            return r;
    }
}

/* A socket that the other side closed must not kill the process. */
static ssize_t write_once(int fd, const char *p, size_t n)
{
    ssize_t put = send(fd, p, n, MSG_NOSIGNAL);
    if (put < 0 && errno == ENOTSOCK)
        put = write(fd, p, n);
    return put;
}

ssize_t go_write(go_fd *f, const void *buf, size_t n, int64_t deadline)
{
    const char *p = buf;
    for (size_t done = 0; done < n;) {
        ssize_t put = write_once(f->fd, p + done, n - done);
        if (put >= 0) {
            done += (size_t)put;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (!again(errno))
            return -errno;
        int r = go_poll(f, GO_POLL_WRITE, deadline);
        if (r < 0)
            return r;
    }
    return (ssize_t)n;
}

int go_accept(go_fd *listener, go_fd *conn, int64_t deadline)
{
    for (;;) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            int r = go_fd_open(conn, fd);
            if (r < 0)
                close(fd);
            return r;
        }
        if (errno == EINTR || errno == ECONNABORTED)
            continue;
        if (!again(errno))
            return -errno;
        int r = go_poll(listener, GO_POLL_READ, deadline);
        if (r < 0)
            return r;
    }
}

/* The edges of the descriptor's creation say "writable" once before the connection stands: ask
 * until it is decided. */
static int connect_finish(go_fd *f, int64_t deadline)
{
    for (;;) {
        int r = go_poll(f, GO_POLL_WRITE, deadline);
        if (r < 0)
            return r;
        int err = 0;
        socklen_t len = sizeof(err);
        if (getsockopt(f->fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
            return -errno;
        if (err)
            return -err;
        struct sockaddr_storage peer;
        socklen_t peer_len = sizeof(peer);
        if (getpeername(f->fd, (struct sockaddr *)&peer, &peer_len) == 0)
            return 0;
        if (errno != ENOTCONN)
            return -errno;
    }
}

int go_connect(go_fd *f, const struct sockaddr *to, uint32_t len, int64_t deadline)
{
    if (connect(f->fd, to, len) == 0)
        return 0;
    if (errno != EINPROGRESS && errno != EINTR)
        return -errno;
    return connect_finish(f, deadline);
}
