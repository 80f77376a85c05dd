/* SPDX-License-Identifier: Apache-2.0 */
/* One operation, many times: bench NAME COUNT PROCS prints CPU and wall nanoseconds per operation.
 * bench.go does the same in Go. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "gort/gort.h"

static int64_t n;
static go_wg wg;

static int64_t clock_ns(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return ts.tv_sec * GO_S + ts.tv_nsec;
}

/* ---- yield between two */
static void yielder(void *arg)
{
    (void)arg;
    for (int64_t i = n / 2; i > 0; i--)
        go_yield();
    go_wg_done(&wg);
}

static void bench_yield(void)
{
    go_wg_add(&wg, 2);
    go(yielder, NULL);
    go(yielder, NULL);
    go_wg_wait(&wg);
}

/* ---- spawn and exit, in batches of 100 */
static void nothing(void *arg)
{
    (void)arg;
    go_wg_done(&wg);
}

static void bench_spawn(void)
{
    for (int64_t i = 0; i < n; i += 100) {
        go_wg_add(&wg, 100);
        for (int k = 0; k < 100; k++)
            go(nothing, NULL);
        go_wg_wait(&wg);
    }
}

/* ---- messages */
struct ends {
    go_chan *in, *out;
};

static void echo(void *arg)
{
    struct ends *e = arg;
    int64_t v;
    while (go_recv(e->in, &v))
        go_send(e->out, &v);
}

static void bench_pingpong(void)
{
    static struct ends e; /* outlives this call, as the echo does */
    int64_t v = 0;
    e = (struct ends){go_chan_make(8, 0), go_chan_make(8, 0)};
    go(echo, &e);
    for (int64_t i = n / 2; i > 0; i--) {
        go_send(e.in, &v);
        go_recv(e.out, &v);
    }
    go_close(e.in);
}

static void sink(void *arg)
{
    int64_t v;
    while (go_recv(arg, &v))
        ;
    go_wg_done(&wg);
}

static void stream(size_t cap)
{
    go_chan *c = go_chan_make(8, cap);
    go_wg_add(&wg, 1);
    go(sink, c);
    for (int64_t i = n; i > 0; i--)
        go_send(c, &i);
    go_close(c);
    go_wg_wait(&wg);
}

static void bench_stream(void)
{
    stream(0);
}

static void bench_buffered(void)
{
    stream(128);
}

/* ---- a token round a ring of 1000 */
static void hop(void *arg)
{
    struct ends *e = arg;
    int64_t v;
    while (go_recv(e->in, &v)) {
        v--;
        go_send(e->out, &v);
    }
}

static void bench_ring(void)
{
    static struct ends e[1000];
    go_chan *first = go_chan_make(8, 0), *at = first;
    for (int i = 0; i < 999; i++) {
        e[i].in = at;
        e[i].out = at = go_chan_make(8, 0);
        go(hop, &e[i]);
    }
    int64_t v = n;
    while (v > 0) {
        go_send(first, &v);
        go_recv(at, &v);
    }
}

/* ---- select */
static void bench_select2(void)
{
    go_chan *a = go_chan_make(8, 1), *b = go_chan_make(8, 1);
    int64_t v = 1;
    go_send(a, &v);
    go_send(b, &v);
    for (int64_t i = 0; i < n; i++) {
        go_case k[] = {GO_RECV(a, &v), GO_RECV(b, &v)};
        go_send(go_select(k, 2, GO_FOREVER) == 0 ? a : b, &v);
    }
}

static void bench_selectdefault(void)
{
    go_chan *a = go_chan_make(8, 0);
    int64_t v, hits = 0;
    for (int64_t i = 0; i < n; i++) {
        go_case k[] = {GO_RECV(a, &v)};
        hits += go_select(k, 1, 0) == 0;
    }
    if (hits)
        abort();
}

static void bench_select8(void)
{
    go_chan *c[8];
    int64_t v = 1;
    for (int i = 0; i < 8; i++) {
        c[i] = go_chan_make(8, 1);
        go_send(c[i], &v);
    }
    for (int64_t i = 0; i < n; i++) {
        go_case k[] = {GO_RECV(c[0], &v), GO_RECV(c[1], &v), GO_RECV(c[2], &v), GO_RECV(c[3], &v),
                       GO_RECV(c[4], &v), GO_RECV(c[5], &v), GO_RECV(c[6], &v), GO_RECV(c[7], &v)};
        go_send(c[go_select(k, 8, GO_FOREVER)], &v);
    }
}

static void bench_mutex(void)
{
    static go_mutex m;
    for (int64_t i = 0; i < n; i++) {
        go_mutex_lock(&m);
        go_mutex_unlock(&m);
    }
}

/* ---- skynet: a tree of goroutines whose n leaves are added up */
struct sky {
    go_chan *up;
    int64_t num, size;
};

static void sky(void *arg)
{
    struct sky s = *(struct sky *)arg;
    if (s.size == 1) {
        go_send(s.up, &s.num);
        return;
    }
    go_chan *c = go_chan_make(8, 10);
    struct sky kid[10];
    int64_t sum = 0, v;
    for (int i = 0; i < 10; i++) {
        kid[i] = (struct sky){c, s.num + i * (s.size / 10), s.size / 10};
        go(sky, &kid[i]);
    }
    for (int i = 0; i < 10; i++) {
        go_recv(c, &v);
        sum += v;
    }
    go_chan_free(c);
    go_send(s.up, &sum);
}

static void bench_skynet(void)
{
    struct sky root = {go_chan_make(8, 1), 0, n};
    int64_t sum = 0;
    go(sky, &root);
    go_recv(root.up, &sum);
    if (sum != n * (n - 1) / 2)
        abort();
}

/* ---- requests and responses over loopback, on 64 connections */
#define CONNECTIONS 64
static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
static const char response[] = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, world\n";
static struct sockaddr_in where;

static bool read_exactly(go_fd *f, char *buf, size_t size)
{
    for (size_t got = 0; got < size;) {
        ssize_t r = go_read(f, buf + got, size - got, GO_FOREVER);
        if (r <= 0)
            return false;
        got += (size_t)r;
    }
    return true;
}

static void serve(void *arg)
{
    go_fd f = *(go_fd *)arg;
    char buf[sizeof(request)];
    while (read_exactly(&f, buf, sizeof(request) - 1))
        if (go_write(&f, response, sizeof(response) - 1, GO_FOREVER) < 0)
            break;
    go_fd_close(&f);
    free(arg);
}

static void ask(void *arg)
{
    go_fd f;
    char buf[sizeof(response)];
    (void)arg;
    if (go_fd_open(&f, socket(AF_INET, SOCK_STREAM, 0)) ||
        go_connect(&f, (struct sockaddr *)&where, sizeof(where), GO_FOREVER))
        abort();
    for (int64_t i = 0; i < n / CONNECTIONS; i++)
        if (go_write(&f, request, sizeof(request) - 1, GO_FOREVER) < 0 ||
            !read_exactly(&f, buf, sizeof(response) - 1))
            abort();
    go_fd_close(&f);
    go_wg_done(&wg);
}

static void bench_http(void)
{
    go_fd listener;
    socklen_t len = sizeof(where);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    where = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&where, sizeof(where)) || listen(fd, CONNECTIONS) ||
        getsockname(fd, (struct sockaddr *)&where, &len) || go_fd_open(&listener, fd))
        abort();
    go_wg_add(&wg, CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++) {
        go_fd *f = malloc(sizeof(*f));
        go(ask, NULL);
        if (go_accept(&listener, f, GO_FOREVER))
            abort();
        go(serve, f);
    }
    go_wg_wait(&wg);
    go_fd_close(&listener);
}

/* ---- n parked goroutines: bytes of each */
static int64_t resident(void)
{
    char line[256];
    int64_t kib = 0, one;
    FILE *f = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof(line), f))
        if (sscanf(line, "VmRSS: %ld", &one) == 1 || sscanf(line, "VmPTE: %ld", &one) == 1)
            kib += one;
    fclose(f);
    return kib * 1024;
}

static void waits(void *arg)
{
    go_wg_done(&wg);
    go_recv(arg, NULL);
}

static void bench_parked(void)
{
    go_chan *never = go_chan_make(8, 0);
    int64_t before = resident();
    go_wg_add(&wg, n);
    for (int64_t i = 0; i < n; i++)
        if (go(waits, never) != 0)
            abort();
    go_wg_wait(&wg);
    printf("bytes %.0f\n", (double)(resident() - before) / (double)n);
    fflush(stdout);
    _Exit(0);
}

static const struct {
    const char *name;
    void (*fn)(void);
} benches[] = {
    {"yield", bench_yield},       {"spawn", bench_spawn},
    {"pingpong", bench_pingpong}, {"stream", bench_stream},
    {"buffered", bench_buffered}, {"ring", bench_ring},
    {"select2", bench_select2},   {"selectdefault", bench_selectdefault},
    {"select8", bench_select8},   {"mutex", bench_mutex},
    {"skynet", bench_skynet},     {"parked", bench_parked},
    {"http", bench_http},
};

static void run(void *arg)
{
    void (*fn)(void) = *(void (**)(void))arg;
    int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), wall = clock_ns(CLOCK_MONOTONIC);
    fn();
    cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = clock_ns(CLOCK_MONOTONIC) - wall;
    printf("cpu %.1f wall %.1f\n", (double)cpu / (double)n, (double)wall / (double)n);
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    n = atoll(argv[2]);
    for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++)
        if (strcmp(argv[1], benches[i].name) == 0) {
            void (*fn)(void) = benches[i].fn;
            return go_main(run, &fn, &(go_config){.procs = (uint32_t)atoi(argv[3])}) != 0;
        }
    fprintf(stderr, "bench: no benchmark named %s\n", argv[1]);
    return 2;
}
