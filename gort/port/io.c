/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, writing, accepting and connecting: try, and wait in netpoll when the system says "not
 * now". Files never say so: a call on one may block the thread, and another one takes its place. */
#include <errno.h>

#include "gort/port/os.h"

static ssize_t try_read(go_fd *f, void *buf, size_t n)
{
    if (!f->pd || !f->pd->plain)
        return os_read(f->fd, buf, n);
    go_block_enter();
    ssize_t got = os_file_read(f->fd, buf, n);
    go_block_leave();
    return got;
}

static ssize_t try_write(go_fd *f, const void *buf, size_t n)
{
    if (!f->pd || !f->pd->plain)
        return os_write(f->fd, buf, n);
    go_block_enter();
    ssize_t put = os_file_write(f->fd, buf, n);
    go_block_leave();
    return put;
}

ssize_t go_read(go_fd *f, void *buf, size_t n, int64_t deadline)
{
    for (;;) {
        ssize_t got = try_read(f, buf, n);
        if (got != -EAGAIN)
            return got;
        int r = go_poll(f, GO_POLL_READ, deadline);
        if (r < 0)
            return r;
    }
}

ssize_t go_write(go_fd *f, const void *buf, size_t n, int64_t deadline)
{
    const char *p = buf;
    for (size_t done = 0; done < n;) {
        ssize_t put = try_write(f, p + done, n - done);
        if (put >= 0) {
            done += (size_t)put;
            continue;
        }
        if (put != -EAGAIN)
            return put;
        int r = go_poll(f, GO_POLL_WRITE, deadline);
        if (r < 0)
            return r;
    }
    return (ssize_t)n;
}

int go_accept(go_fd *listener, go_fd *conn, int64_t deadline)
{
    for (;;) {
        int fd = os_accept(listener->fd);
        if (fd >= 0) {
            int r = go_fd_open(conn, fd);
            if (r < 0)
                os_close(fd);
            return r;
        }
        if (fd != -EAGAIN)
            return fd;
        int r = go_poll(listener, GO_POLL_READ, deadline);
        if (r < 0)
            return r;
    }
}

/* The edges of the descriptor's creation say "writable" once before the connection stands: ask
 * until it is decided. */
int go_connect(go_fd *f, const struct sockaddr *to, uint32_t len, int64_t deadline)
{
    int r = os_connect(f->fd, to, len);
    while (r == -EAGAIN) {
        r = go_poll(f, GO_POLL_WRITE, deadline);
        if (r == 0)
            r = os_connected(f->fd);
    }
    return r;
}
