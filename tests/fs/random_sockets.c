/* SPDX-License-Identifier: Apache-2.0 */
/* A script of random operations on unix sockets, none of which waits. */
#include "tests/fs/scripts.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define STEPS 120
#define SLOTS 10
#define FILE_SLOT                                                                            \
    20 /* what is passed: no socket, since a socket in its own queue is only found by Linux' \
          collector */

static int slot(struct run *r)
{
    return (int)pick(r, SLOTS);
}

static int some_fd(struct run *r)
{
    return r->fds[slot(r)];
}

static const int types[] = {SOCK_STREAM, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};

static void do_socket(struct run *r)
{
    int s = slot(r), type = types[pick(r, 4)] | SOCK_NONBLOCK, family = pick(r, 20) ? AF_UNIX : 60;
    say(r, "socket %x", (unsigned)type);
    say_fd(r, "socket", s, r->k->socket(family, type, (int)pick(r, 30) / 28 * 5));
}

static void do_pair(struct run *r)
{
    int fds[2] = {-1, -1}, a = slot(r), b = slot(r), type = types[pick(r, 4)] | SOCK_NONBLOCK;
    if (a == b)
        return;
    long err = r->k->socketpair(AF_UNIX, type, 0, fds);
    say(r, "socketpair %x -> %ld", (unsigned)type, err);
    if (err)
        return;
    say_fd(r, "one", a, fds[0]);
    say_fd(r, "other", b, fds[1]);
}

/* Four names, abstract and in the file system. */
static unsigned some_name(struct run *r, struct sockaddr_un *a)
{
    unsigned n = pick(r, 4);
    memset(a, 0, sizeof(*a));
    a->sun_family = AF_UNIX;
    sprintf(a->sun_path + (n & 1), "name%u-%llu", n, n & 1 ? (unsigned long long)r->seed : 0);
    return (unsigned)(sizeof(a->sun_family) + (n & 1) + strlen(a->sun_path + (n & 1)) + !(n & 1));
}

static void say_name(struct run *r, const char *what, long err, const struct sockaddr_un *a,
                     unsigned len)
{
    if (err < 0)
        say(r, "%s -> %ld", what, err);
    else
        say(r, "%s -> %ld len %u %.9s", what, err > 0 ? 1 : err, len,
            len > 2 ? a->sun_path + !a->sun_path[0] : "");
}

static void do_names(struct run *r)
{
    struct sockaddr_un a;
    unsigned len = some_name(r, &a);
    int fd = some_fd(r);
    switch (pick(r, 6)) {
    case 0:
    case 1:
        say_name(r, "bind", r->k->bind(fd, &a, len), &a, len);
        break;
    case 2:
    case 3:
        say_name(r, "connect", r->k->connect(fd, &a, len), &a, len);
        break;
    case 4:
        say(r, "unlink -> %ld", r->k->unlink(AT_FDCWD, pick(r, 2) ? "name0-0" : "name2-0", 0));
        break;
    default: {
        bool peer = pick(r, 2);
        memset(&a, 0, sizeof(a));
        len = sizeof(a);
        long err = r->k->getsockname(fd, &a, &len, peer);
        say_name(r, peer ? "getpeername" : "getsockname", err, &a, len);
        break;
    }
    }
}

static void do_listen(struct run *r)
{
    struct sockaddr_un a;
    unsigned len = sizeof(a);
    int fd = some_fd(r), s = slot(r);
    if (pick(r, 2)) {
        say(r, "listen -> %ld", r->k->listen(fd, (int)pick(r, 3)));
        return;
    }
    memset(&a, 0, sizeof(a));
    long n = r->k->accept(fd, &a, &len, SOCK_NONBLOCK);
    say_name(r, "accept", n, &a, len);
    say_fd(r, "accept", s, n);
}

static unsigned sum(const char *buf, long n)
{
    unsigned s = 0;
    for (long i = 0; i < n; i++)
        s = s * 31 + (unsigned char)buf[i];
    return s;
}

static char buffer[20000];

static size_t some_size(struct run *r)
{
    static const size_t sizes[] = {0, 1, 10, 100, 1000, 5000};
    return sizes[pick(r, 6)];
}

static void do_send(struct run *r)
{
    size_t n = some_size(r);
    int fd = some_fd(r);
    struct sockaddr_un a;
    for (size_t i = 0; i < n; i++)
        buffer[i] = (char)(i + r->random);
    switch (pick(r, 4)) {
    case 0: {
        unsigned len = some_name(r, &a);
        say(r, "sendto %zu -> %ld", n, r->k->sendto(fd, buffer, n, MSG_NOSIGNAL, &a, len));
        break;
    }
    case 1: {
        int pass = pick(r, 3) ? r->fds[FILE_SLOT] : -1;
        say(r, "send with a file %d -> %ld", pass >= 0, r->k->sendfd(fd, buffer, n, pass));
        break;
    }
    default:
        say(r, "send %zu -> %ld", n, r->k->sendto(fd, buffer, n, MSG_NOSIGNAL, NULL, 0));
        break;
    }
}

static void do_receive(struct run *r)
{
    static const int flags[] = {0, 0, MSG_PEEK, MSG_TRUNC, MSG_WAITALL};
    size_t n = some_size(r) * 2;
    int fd = some_fd(r), how = flags[pick(r, 5)], passed = -1, s = slot(r);
    struct sockaddr_un a;
    unsigned len = sizeof(a);
    if (pick(r, 2)) {
        int out = how;
        long got = r->k->recvfd(fd, buffer, n, &passed, &out);
        say(r, "recvmsg %zu %x -> %ld %x flags %x", n, (unsigned)how, got, sum(buffer, got),
            got < 0 ? 0 : (unsigned)out);
        if (passed >= 0)
            say_fd(r, "passed", s, passed);
        return;
    }
    memset(&a, 0, sizeof(a));
    long got = r->k->recvfrom(fd, buffer, n, how, &a, &len);
    say(r, "recv %zu %x -> %ld %x", n, (unsigned)how, got,
        sum(buffer, got > (long)n ? (long)n : got));
    if (got >= 0)
        say_name(r, "from", 0, &a, len);
}

static void do_rest(struct run *r)
{
    int fd = some_fd(r), s = slot(r), value = -1;
    struct api_pollfd p = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
    static const int options[] = {SO_ERROR, SO_TYPE, SO_ACCEPTCONN, SO_DOMAIN};
    switch (pick(r, 7)) {
    case 0: {
        int how = (int)pick(r, 4);
        if (r->k->getsockopt(fd, SOL_SOCKET, SO_TYPE, &value) || value == SOCK_DGRAM)
            return; /* a half-closed datagram socket gives the right errors in another order */
        say(r, "shutdown %d -> %ld", how, r->k->shutdown(fd, how));
        break;
    }
    case 1:
        say(r, "close -> %ld", r->k->close(r->fds[s]));
        r->fds[s] = -1;
        break;
    case 2: {
        int option = options[pick(r, 4)];
        long err = r->k->getsockopt(fd, SOL_SOCKET, option, &value);
        say(r, "getsockopt %d -> %ld %d", option, err, value);
        break;
    }
    case 3: {
        long err = r->k->ioctl_int(fd, FIONREAD, &value);
        say(r, "FIONREAD -> %ld %d", err, err ? 0 : value);
        break;
    }
    default: {
        long n = r->k->poll(&p, 1, 0);
        say(r, "poll -> %ld %x", n, p.revents);
        break;
    }
    }
}

static void (*const steps[])(struct run *) = {
    do_socket, do_pair, do_names, do_names,   do_names,   do_listen,  do_listen, do_send,
    do_send,   do_send, do_send,  do_receive, do_receive, do_receive, do_rest,   do_rest};

void script_random_sockets(struct run *r)
{
    say_fd(r, "file", FILE_SLOT, r->k->open(AT_FDCWD, "passed", O_RDWR | O_CREAT, 0644));
    for (int i = 0; i < STEPS; i++)
        steps[pick(r, sizeof(steps) / sizeof(*steps))](r);
}
