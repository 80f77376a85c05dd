/* SPDX-License-Identifier: Apache-2.0 */
/* The library on Windows under some load: sums that must come out right on several processors. */
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <winsock2.h>

#include "gort/gort.h"

#define MEMBERS 200
#define ROUNDS  200

static struct {
    go_chan *c;
    go_mutex m;
    go_wg wg;
    long plain;
    _Atomic long received;
} w;

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    printf("not ok %s\n", what);
    fflush(stdout);
    _Exit(1);
}

static void member(void *arg)
{
    long v = 1, in;
    for (int i = 0; i < ROUNDS; i++) {
        go_case k[] = {GO_SEND(w.c, &v), GO_RECV(w.c, &in)};
        int r = go_select(k, 2, i % 10 ? GO_FOREVER : go_now() + GO_US);
        if (r == 1)
            w.received += in;
        go_mutex_lock(&w.m);
        w.plain += r == 0 ? v : 0;
        go_mutex_unlock(&w.m);
        if (i % 50 == (int)(intptr_t)arg % 50)
            go_sleep(GO_MS);
    }
    go_wg_done(&w.wg);
}

static void deep(void *arg)
{
    volatile char big[256 * 1024];
    big[0] = big[sizeof(big) - 1] = 1;
    *(int *)arg = big[0] + big[sizeof(big) - 1];
}

static void spins(void *arg)
{
    while (!*(_Atomic int *)arg)
        GO_POLL();
}

static void sets(void *arg)
{
    *(_Atomic int *)arg = 1;
}

static void everything(void *arg)
{
    go_g *g;
    int big = 0;
    static _Atomic int stop;
    long left = 0, v;
    (void)arg;
    w.c = go_chan_make(sizeof(long), 0);
    w.plain = w.received = 0;
    go_wg_add(&w.wg, MEMBERS);
    for (intptr_t i = 0; i < MEMBERS; i++)
        check(go(member, (void *)i) == 0, "go");
    /* An odd one out has nobody to meet. */
    while (go_wg_wait_until(&w.wg, go_now() + GO_MS) != 0)
        if (go_try_recv(w.c, &v) == 1)
            left += v;
        else if (go_try_send(w.c, &(long){0}) == 1)
            left += 0;
    check(w.plain == w.received + left, "sum");
    check(go_spawn(&g, &(go_attr){.flags = GO_JOINABLE}, spins, &stop) == 0, "spawn");
    go(sets, &stop);
    check(go_join(g, GO_FOREVER) == 0, "join");
    stop = 0;
    go_systemstack(deep, &big);
    check(big == 2, "systemstack");
}

/* ---- sockets: clients and echoes, more than there are threads */
#define CLIENTS  20
#define EXCHANGE 50

static struct sockaddr_in at;
static go_fd listener;

static void echo(void *arg)
{
    go_fd c = *(go_fd *)arg;
    char buf[100];
    ssize_t n;
    free(arg);
    while ((n = go_read(&c, buf, sizeof(buf), GO_FOREVER)) > 0)
        check(go_write(&c, buf, (size_t)n, GO_FOREVER) == n, "echo");
    check(n == 0 && go_fd_close(&c) == 0, "end of echo");
}

static void serve(void *arg)
{
    (void)arg;
    for (;;) {
        go_fd *c = malloc(sizeof(*c));
        int r = go_accept(&listener, c, GO_FOREVER);
        if (r == 0) {
            go(echo, c);
            continue;
        }
        free(c);
        check(r == -ECANCELED, "accept until it is closed");
        break;
    }
    go_wg_done(&w.wg);
}

static void client(void *arg)
{
    go_fd c;
    char out[20], in[20];
    check(go_fd_open(&c, (int)socket(AF_INET, SOCK_STREAM, 0)) == 0, "open");
    check(go_connect(&c, (struct sockaddr *)&at, sizeof(at), go_now() + 10 * GO_S) == 0, "connect");
    for (int i = 0; i < EXCHANGE; i++) {
        size_t n = (size_t)snprintf(out, sizeof(out), "%d %d", (int)(intptr_t)arg, i), got = 0;
        check(go_write(&c, out, n, GO_FOREVER) == (ssize_t)n, "write");
        while (got < n) {
            ssize_t r = go_read(&c, in + got, n - got, go_now() + 20 * GO_S);
            check(r > 0, "read");
            got += (size_t)r;
        }
        check(memcmp(in, out, n) == 0, "what comes back");
    }
    check(go_read(&c, in, sizeof(in), go_now() + GO_MS) == -ETIMEDOUT, "read with a deadline");
    check(go_fd_close(&c) == 0, "close");
    go_wg_done(&w.wg);
}

static void sockets(void *arg)
{
    WSADATA data;
    int len = sizeof(at);
    (void)arg;
    check(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    check(bind(s, (struct sockaddr *)&at, len) == 0 && listen(s, 50) == 0 &&
              getsockname(s, (struct sockaddr *)&at, &len) == 0,
          "listen");
    check(go_fd_open(&listener, (int)s) == 0, "go_fd_open");
    go(serve, NULL);
    go_wg_add(&w.wg, CLIENTS);
    for (intptr_t i = 0; i < CLIENTS; i++)
        go(client, (void *)i);
    go_wg_wait(&w.wg);
    go_wg_add(&w.wg, 1);
    check(go_fd_close(&listener) == 0, "close the listener");
    go_wg_wait(&w.wg);
}

/* ---- files, by the C library's numbers */
static void files(void *arg)
{
    static char data[100000], back[sizeof(data)];
    go_fd f;
    size_t got = 0;
    ssize_t n;
    (void)arg;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (char)(i % 251);
    int fd =
        _open("gort-test-file", _O_CREAT | _O_TRUNC | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE);
    check(fd >= 0 && go_fd_open(&f, fd) == 0, "go_fd_open of a file");
    check(go_write(&f, data, sizeof(data), 0) == (ssize_t)sizeof(data), "write a file");
    check(_lseek(fd, 0, SEEK_SET) == 0, "lseek");
    while ((n = go_read(&f, back + got, sizeof(back) - got, 0)) > 0)
        got += (size_t)n;
    check(n == 0 && got == sizeof(data) && memcmp(back, data, got) == 0, "read a file");
    check(go_fd_close(&f) == 0 && _unlink("gort-test-file") == 0, "close a file");
    check(go_fd_open(&f, 1 << 20) < 0, "no descriptor");
}

/* ---- a call that blocks hands its processor on */
static _Atomic bool let_go;

static void blocks_until_let_go(void *arg)
{
    (void)arg;
    while (!let_go)
        Sleep(1);
}

static void blocker(void *arg)
{
    go_block(blocks_until_let_go, arg);
    go_wg_done(&w.wg);
}

static void hand_off(void *arg)
{
    (void)arg;
    let_go = false;
    go_wg_add(&w.wg, 10);
    for (int i = 0; i < 10; i++)
        go(blocker, NULL);
    go_sleep(5 * GO_MS);
    let_go = true; /* by the only processor, while ten calls block */
    go_wg_wait(&w.wg);
}

static void sleeps_long(void *arg)
{
    (void)arg;
    go_sleep(3600 * GO_S);
}

int main(void)
{
    for (uint32_t procs = 1; procs <= 4; procs *= 2)
        for (uint64_t seed = 0; seed < 2; seed++)
            check(go_main(everything, NULL, &(go_config){.procs = procs, .seed = seed}) == 0,
                  "main");
    puts("ok life");
    for (uint32_t procs = 1; procs <= 4; procs *= 2) {
        check(go_main(sockets, NULL, &(go_config){.procs = procs}) == 0, "main of sockets");
        check(go_main(files, NULL, &(go_config){.procs = procs}) == 0, "main of files");
        check(go_main(hand_off, NULL, &(go_config){.procs = procs}) == 0, "main of hand_off");
    }
    puts("ok sockets");
    check(go_main(sleeps_long, NULL, &(go_config){.virtual_time = true}) == 0, "virtual time");
    puts("ok virtual time");
    return 0;
}
