/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library under load on several Ps: sums that must come out right, whatever the schedule. What
 * the operations mean is behaviour.c's subject.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gort/port/os.h"
#include "gort/gort.h"
#include "tests/gort/cm.h"

/* Three schedules each; which ones is FIRST_SEED's to say (seeds.sh). */
static void on_each(go_fn fn)
{
    static const uint32_t procs[] = {1, 2, 4};
    const char *s = getenv("FIRST_SEED");
    uint64_t first = s ? strtoull(s, NULL, 10) : 0;
    for (size_t i = 0; i < 3; i++)
        for (uint64_t seed = first; seed < first + 3; seed++) {
            alarm(120);
            const go_config cfg = {.procs = procs[i], .seed = seed, .max_g = 1 << 14};
            assert_int_equal(go_main(fn, NULL, &cfg), 0);
        }
    alarm(0);
}

/* ---- messages: nothing lost, nothing twice, for every size of buffer and of element */
#define SENDERS  4
#define MESSAGES 500

struct traffic {
    go_chan *c;
    size_t elem;
    go_wg senders, receivers;
    _Atomic int64_t sum, n;
};

static void traffic_send(void *arg)
{
    struct traffic *t = arg;
    unsigned char v[64];
    for (int i = 1; i <= MESSAGES; i++) {
        memset(v, i % 200, sizeof(v));
        go_send(t->c, v);
    }
    go_wg_done(&t->senders);
}

static void traffic_recv(void *arg)
{
    struct traffic *t = arg;
    unsigned char v[64] = {0};
    while (go_recv(t->c, v)) {
        for (size_t i = 1; i < t->elem; i++)
            assert_int_equal(v[i], v[0]);
        t->sum += t->elem ? v[0] : 0;
        t->n++;
    }
    go_wg_done(&t->receivers);
}

static void traffic(size_t elem, size_t cap)
{
    struct traffic t = {.c = go_chan_make(elem, cap), .elem = elem};
    int64_t want = 0;
    go_wg_add(&t.senders, SENDERS);
    go_wg_add(&t.receivers, 3);
    for (int i = 0; i < 3; i++)
        go(traffic_recv, &t);
    for (int i = 0; i < SENDERS; i++)
        go(traffic_send, &t);
    go_wg_wait(&t.senders);
    go_close(t.c);
    go_wg_wait(&t.receivers);
    for (int i = 1; i <= MESSAGES && elem; i++)
        want += SENDERS * (i % 200);
    assert_int_equal(t.n, SENDERS * MESSAGES);
    assert_int_equal(t.sum, want);
    go_chan_free(t.c);
}

static void run_channels(void *arg)
{
    (void)arg;
    static const size_t elems[] = {0, 1, 8, 13, 64}, caps[] = {0, 1, 7, 100};
    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 4; k++)
            traffic(elems[i], caps[k]);
}

static void channels(void **s)
{
    (void)s;
    on_each(run_channels);
}

/* ---- selects that send and receive on three channels with each other, some with deadlines */
struct mesh {
    go_chan *c[3];
    _Atomic int64_t sent, received, arms;
    go_wg wg;
};

static void mesh_member(void *arg)
{
    struct mesh *m = arg;
    for (int i = 0; i < 400; i++) {
        int64_t out = i, in = 0;
        go_case k[] = {GO_SEND(m->c[i % 3], &out), GO_RECV(m->c[(i + 1) % 3], &in),
                       GO_RECV(m->c[(i + 2) % 3], &in), GO_RECV(NULL, &in)};
        int r = go_select(k, 4, i % 8 == 0 ? go_now() + 20 * GO_US : i % 8 == 1 ? 0 : GO_FOREVER);
        if (r == 0)
            m->sent += out;
        else if (r > 0)
            m->received += in;
        m->arms += r >= 0;
    }
    go_wg_done(&m->wg);
}

static void mesh_drain(void *arg)
{
    struct mesh *m = arg;
    int64_t in;
    for (;;) {
        go_case k[] = {GO_RECV(m->c[0], &in), GO_RECV(m->c[1], &in), GO_RECV(m->c[2], &in)};
        int r = go_select(k, 3, GO_FOREVER);
        if (!k[r].ok)
            return;
        m->received += in;
    }
}

static void mesh_feed(void *arg)
{
    struct mesh *m = arg;
    int64_t out = 1;
    for (;;) {
        int r = go_send_until(m->c[out % 3], &out, go_now() + GO_MS);
        if (r == -EPIPE)
            return;
        if (r == 1)
            m->sent += out;
        out++;
    }
}

static void run_selects(void *arg)
{
    (void)arg;
    struct mesh m = {.c = {go_chan_make(8, 0), go_chan_make(8, 1), go_chan_make(8, 0)}};
    go_g *drain, *feed;
    go_attr joinable = {.flags = GO_JOINABLE};
    go_wg_add(&m.wg, 6);
    for (int i = 0; i < 6; i++)
        go(mesh_member, &m);
    go_spawn(&drain, &joinable, mesh_drain, &m);
    go_spawn(&feed, &joinable, mesh_feed, &m);
    go_wg_wait(&m.wg);
    for (int i = 0; i < 3; i++)
        go_close(m.c[i]);
    go_join(feed, GO_FOREVER);
    go_join(drain, GO_FOREVER);
    int64_t left = 0, v;
    for (int i = 0; i < 3; i++)
        while (go_try_recv(m.c[i], &v) == 1)
            left += v;
    assert_int_equal(m.sent, m.received + left);
    assert_true(m.arms > 0);
    for (int i = 0; i < 3; i++)
        go_chan_free(m.c[i]);
}

static void selects(void **s)
{
    (void)s;
    on_each(run_selects);
}

/* ---- locks: a counter that only the lock protects, and who may be inside together */
static struct {
    go_mutex m;
    go_rwmutex rw;
    go_sema sema;
    go_cond cond;
    go_wg wg;
    int64_t plain, rw_plain;
    _Atomic int readers, writers, inside, turn;
} l;

static void lock_member(void *arg)
{
    for (int i = 0; i < 300; i++) {
        go_mutex_lock(&l.m);
        l.plain++;
        if (i % 50 == 0)
            go_yield();
        go_mutex_unlock(&l.m);
        if (i % 4 == 0) {
            go_rwmutex_lock(&l.rw);
            assert_int_equal(atomic_fetch_add(&l.writers, 1) + atomic_load(&l.readers), 0);
            l.rw_plain++;
            atomic_fetch_sub(&l.writers, 1);
            go_rwmutex_unlock(&l.rw);
        } else {
            go_rwmutex_rlock(&l.rw);
            atomic_fetch_add(&l.readers, 1);
            assert_int_equal(atomic_load(&l.writers), 0);
            if (i % 16 == 1)
                go_yield();
            atomic_fetch_sub(&l.readers, 1);
            go_rwmutex_runlock(&l.rw);
        }
        bool got = i % 8 || go_sema_acquire_until(&l.sema, go_now() + 50 * GO_US) == 0;
        if (i % 8)
            go_sema_acquire(&l.sema);
        if (!got)
            continue;
        assert_true(atomic_fetch_add(&l.inside, 1) < 3);
        if (i % 32 == 0)
            go_yield();
        atomic_fetch_sub(&l.inside, 1);
        go_sema_release(&l.sema);
    }
    go_mutex_lock(&l.m);
    while (l.turn != (intptr_t)arg)
        if (go_cond_wait_until(&l.cond, &l.m, go_now() + GO_MS) != 0)
            continue;
    l.turn++;
    go_cond_broadcast(&l.cond);
    go_mutex_unlock(&l.m);
    go_wg_done(&l.wg);
}

static void run_locks(void *arg)
{
    (void)arg;
    memset(&l, 0, sizeof(l));
    l.sema.n = 3;
    go_wg_add(&l.wg, 8);
    for (intptr_t i = 0; i < 8; i++)
        go(lock_member, (void *)i);
    assert_int_equal(go_wg_wait_until(&l.wg, 0), -ETIMEDOUT);
    go_wg_wait(&l.wg);
    assert_int_equal(l.plain, 8 * 300);
    assert_int_equal(l.rw_plain, 8 * 75);
    assert_int_equal(l.sema.n, 3);
    assert_int_equal(l.turn, 8);
}

static void locks(void **s)
{
    (void)s;
    on_each(run_locks);
}

/* ---- values, join, scopes, calls that block */
static unsigned key;
static _Atomic int destroyed;

static void destroy(void *value)
{
    destroyed += (int)(intptr_t)value;
}

static void local_member(void *arg)
{
    assert_null(go_local_get(key));
    assert_int_equal(go_local_set(key, arg), 0);
    go_yield();
    assert_ptr_equal(go_local_get(key), arg);
    if ((intptr_t)arg % 2)
        go_exit();
}

static int scope_member(void *arg)
{
    go_sleep((intptr_t)arg * GO_US);
    return arg == (void *)7 ? -EIO : 0;
}

static void block_for(void *arg)
{
    usleep((useconds_t)(intptr_t)arg);
}

static void blocker(void *arg)
{
    for (int i = 0; i < 10; i++)
        go_block(block_for, arg);
    go_wg_done(&l.wg);
}

static void on_big_stack(void *arg)
{
    volatile char big[256 * 1024];
    big[0] = 1;
    big[sizeof(big) - 1] = 2;
    *(int *)arg = big[0] + big[sizeof(big) - 1];
}

static void run_life(void *arg)
{
    (void)arg;
    go_g *g[10];
    int want = 0, big = 0;
    go_attr joinable = {.flags = GO_JOINABLE, .name = "local"};
    destroyed = 0;
    for (intptr_t i = 1; i < 10; i++, want += (int)i - 1)
        assert_int_equal(go_spawn(&g[i], &joinable, local_member, (void *)i), 0);
    for (int i = 9; i > 0; i--)
        assert_int_equal(go_join(g[i], i % 2 ? GO_FOREVER : go_now() + 10 * GO_S), 0);
    assert_int_equal(destroyed, want);
    assert_int_equal(go_local_set(GO_LOCAL_KEYS + 5, NULL), -EINVAL);
    go_scope sc = {0};
    GO_SCOPE(sc)
    {
        for (intptr_t i = 0; i < 20; i++)
            assert_int_equal(go_scope_go(&sc, scope_member, (void *)i), 0);
    }
    assert_int_equal(sc.err, -EIO);
    memset(&l, 0, sizeof(l));
    go_wg_add(&l.wg, 8);
    for (intptr_t i = 0; i < 8; i++)
        go(blocker, (void *)(i * 40));
    go_wg_wait(&l.wg);
    go_systemstack(on_big_stack, &big);
    assert_int_equal(big, 3);
}

static void life(void **s)
{
    (void)s;
    assert_int_equal(go_local_key(&key, destroy), 0);
    on_each(run_life);
}

/* ---- timers and contexts against each other */
static void ctx_member(void *arg)
{
    go_ctx *c = arg;
    go_chan *never = go_chan_make(1, 0);
    char v;
    go_case k[] = {GO_RECV(never, &v), GO_RECV(go_ctx_done(c), NULL)};
    assert_int_equal(go_select(k, 2, GO_FOREVER), 1);
    assert_true(go_ctx_err(c) != 0);
    go_chan_free(never);
    go_wg_done(&l.wg);
}

static void nothing(void *arg)
{
    (void)arg;
}

static void run_ctx(void *arg)
{
    (void)arg;
    memset(&l, 0, sizeof(l));
    for (int i = 0; i < 60; i++) {
        go_ctx *root = go_ctx_cancel(NULL);
        go_ctx *dl = go_ctx_deadline(root, go_now() + i * 5 * GO_US);
        go_ctx *kid = go_ctx_cancel(dl);
        go_timer *t = go_timer_make(nothing, NULL);
        go_wg_add(&l.wg, 3);
        go(ctx_member, kid);
        go(ctx_member, dl);
        go(ctx_member, kid);
        go_timer_reset(t, go_now() + i * 5 * GO_US);
        if (i % 2)
            go_sleep(100 * GO_US);
        go_ctx_cancel_now(i % 3 ? root : kid);
        go_ctx_cancel_now(root);
        go_wg_wait(&l.wg);
        go_timer_free(t);
        go_ctx_free(root);
        go_ctx_free(kid);
        go_ctx_free(dl);
    }
}

static void ctx(void **s)
{
    (void)s;
    on_each(run_ctx);
}

/* ---- descriptors: bytes through socket pairs, deadlines, close while waiting */
struct pipe_end {
    go_fd f;
    int64_t bytes;
};

static void fd_echo(void *arg)
{
    go_fd *f = arg;
    char buf[1000];
    ssize_t n;
    while ((n = go_read(f, buf, sizeof(buf), GO_FOREVER)) > 0)
        assert_int_equal(go_write(f, buf, (size_t)n, GO_FOREVER), n);
    go_wg_done(&l.wg);
}

static void fd_reader(void *arg)
{
    struct pipe_end *e = arg;
    char buf[777];
    ssize_t n;
    while ((n = go_read(&e->f, buf, sizeof(buf), GO_FOREVER)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal((unsigned char)buf[i], (e->bytes + i) % 251);
        e->bytes += n;
        if (e->bytes == 200000)
            break;
    }
    go_wg_done(&l.wg);
}

static void fd_pair(go_fd *a, go_fd *b)
{
    int sv[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
    assert_int_equal(go_fd_open(a, sv[0]), 0);
    assert_int_equal(go_fd_open(b, sv[1]), 0);
}

static int open_regular_file(void)
{
    FILE *f = tmpfile();
    int fd = dup(fileno(f));
    fclose(f);
    return fd;
}

/* Files are read and written where it may block. */
static void check_file(const char *data, size_t size)
{
    static char back[200000];
    go_fd f, copy;
    size_t got = 0;
    ssize_t n;
    assert_int_equal(go_fd_open(&f, open_regular_file()), 0);
    assert_int_equal(go_write(&f, data, size, 0), size);
    assert_int_equal(lseek(f.fd, 0, SEEK_SET), 0);
    while ((n = go_read(&f, back + got, MIN(size - got, 7000), 0)) > 0)
        got += (size_t)n;
    assert_int_equal(n, 0);
    assert_int_equal(got, size);
    assert_int_equal(memcmp(back, data, size), 0);
    assert_int_equal(go_poll(&f, GO_POLL_READ, GO_FOREVER), 0);
    copy = f;
    assert_int_equal(go_fd_close(&f), 0);
    assert_int_equal(go_read(&f, back, 1, 0), -EBADF);
    assert_int_equal(fcntl(copy.fd, F_GETFD), -1);
}

static void fd_wait_close(void *arg)
{
    char c;
    assert_int_equal(go_read(arg, &c, 1, GO_FOREVER), -ECANCELED);
    go_wg_done(&l.wg);
}

static void run_fds(void *arg)
{
    (void)arg;
    static char data[200000];
    struct pipe_end e[4];
    go_fd far[4];
    char c;
    memset(&l, 0, sizeof(l));
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (char)(i % 251);
    for (int i = 0; i < 4; i++) {
        fd_pair(&e[i].f, &far[i]);
        e[i].bytes = 0;
        assert_int_equal(go_read(&e[i].f, &c, 1, go_now() + 100 * GO_US), -ETIMEDOUT);
        assert_int_equal(go_read(&e[i].f, &c, 1, 0), -ETIMEDOUT);
        go_wg_add(&l.wg, 2);
        go(fd_echo, &far[i]);
        go(fd_reader, &e[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(go_write(&e[i].f, data, sizeof(data), GO_FOREVER), sizeof(data));
    for (int i = 0; i < 4; i++)
        shutdown(e[i].f.fd, SHUT_WR);
    go_wg_wait(&l.wg);
    for (int i = 0; i < 4; i++)
        assert_int_equal(e[i].bytes, sizeof(data));
    for (int i = 0; i < 4; i++) {
        go_fd_close(&e[i].f);
        go_fd_close(&far[i]);
    }
    go_fd a, b, seen;
    fd_pair(&a, &b);
    seen = a;
    go_wg_add(&l.wg, 1);
    go(fd_wait_close, &seen);
    while (netpoll_waiters() == 0)
        go_yield();
    go_fd_close(&a);
    go_wg_wait(&l.wg);
    go_fd_close(&b);
    assert_int_equal(go_read(&b, &c, 1, 0), -EBADF);
    check_file(data, sizeof(data));
}

static void fds(void **s)
{
    (void)s;
    on_each(run_fds);
}

/* ---- misuse and limits */
static void run_limits(void *arg)
{
    (void)arg;
    go_case k[2] = {GO_RECV(NULL, NULL)};
    assert_int_equal(go_select(k, GO_SELECT_MAX + 1, 0), -EINVAL);
    assert_int_equal(go_select(k, 0, 0), -ETIMEDOUT);
    assert_int_equal(go_select(k, 1, go_now() + GO_MS), -ETIMEDOUT);
    assert_int_equal(go_send_until(NULL, NULL, go_now() + GO_MS), -ETIMEDOUT);
    assert_null(go_chan_make(SIZE_MAX / 2, 3));
    assert_null(go_ticker_make(0));
    assert_int_equal(go_main(nothing, NULL, NULL), -EBUSY);
    enum { MANY = 100 };
    go_case many[MANY];
    int64_t v = 0;
    for (int i = 0; i < MANY; i++)
        many[i] = GO_RECV(go_chan_make(8, 1), &v);
    assert_int_equal(go_select(many, MANY, 0), -ETIMEDOUT);
    v = 6;
    go_send(many[61].c, &v);
    assert_int_equal(go_select(many, MANY, GO_FOREVER), 61);
    for (int i = 0; i < MANY; i++)
        go_chan_free(many[i].c);
}

static void holds(void *arg)
{
    go_recv(arg, NULL);
}

static void run_few(void *arg)
{
    go_chan *hold = go_chan_make(1, 0);
    int n = 0, r;
    while ((r = go(holds, hold)) == 0)
        n++;
    assert_int_equal(r, -EAGAIN);
    assert_int_equal(n, 127);
    go_close(hold);
    while (sched_live() > 1)
        go_yield();
    go_chan_free(hold);
    (void)arg;
}

static void limits(void **s)
{
    (void)s;
    alarm(30);
    assert_int_equal(go_main(run_limits, NULL, NULL), 0);
    assert_int_equal(go_main(nothing, NULL, &(go_config){.procs = 1000}), -EINVAL);
    assert_int_equal(go_main(nothing, NULL, &(go_config){.stack = 100}), -EINVAL);
    assert_int_equal(go_main(nothing, NULL, &(go_config){.procs = 2, .virtual_time = true}),
                     -EINVAL);
    assert_int_equal(go_main(run_few, NULL, &(go_config){.max_g = 128}), 0);
    alarm(0);
}

/* ---- stacks are used again, and who has ended can still be looked at */
static void stores_self(void *arg)
{
    atomic_store((_Atomic(go_g *) *)arg, go_self());
}

static void run_reuse(void *arg)
{
    _Atomic(go_g *) g;
    (void)arg;
    for (int i = 0; i < 3000; i++) {
        atomic_store(&g, NULL);
        assert_int_equal(go(stores_self, &g), 0);
        while (!atomic_load(&g))
            go_yield();
        uint32_t status = readgstatus(atomic_load(&g));
        assert_true(status == GDEAD || status == GRUNNING);
    }
    assert_true(arena_used() < 1000);
}

static void reuse(void **s)
{
    (void)s;
    on_each(run_reuse);
}

/* ---- and nothing of one life reaches the next */
#define LIVES 12

static _Atomic int ended, traces;

static void leaves_traces(void *arg)
{
    if ((intptr_t)arg % 3 == 1)
        go_local_set(key, arg);
    if ((intptr_t)arg % 3 == 2)
        go_nopreempt_begin();
    g_mark(go_self()); /* as whoever asks it to give way when it is about to end */
    atomic_fetch_add(&ended, 1);
}

static void looks_for_traces(void *arg)
{
    go_g *self = go_self();
    struct hg *hg = hg_of(self);
    (void)arg;
    if (go_local_get(key) || hg->nopreempt || hg->flags || self->name || self->unusual ||
        self->at_end || g_allowed(self) != G_ALLOWED_ANY)
        atomic_fetch_add(&traces, 1);
    atomic_fetch_add(&ended, 1);
}

static void run_lives(void *arg)
{
    static const go_attr attrs[] = {
        {.name = "first"}, {.flags = GO_PINNED}, {.flags = GO_JOINABLE}, {0}};
    go_g *g[LIVES];
    (void)arg;
    traces = 0;
    for (int i = 0; i < 50; i++) {
        ended = 0;
        for (intptr_t k = 0; k < LIVES; k++)
            assert_int_equal(go_spawn(&g[k], &attrs[k / 3], leaves_traces, (void *)k), 0);
        while (ended < LIVES)
            go_yield();
        for (int k = 6; k < 9; k++)
            assert_int_equal(go_join(g[k], GO_FOREVER), 0);
        for (intptr_t k = 0; k < LIVES; k++)
            assert_int_equal(go(looks_for_traces, NULL), 0);
        while (ended < 2 * LIVES)
            go_yield();
    }
    assert_int_equal(traces, 0);
}

static void lives(void **s)
{
    (void)s;
    on_each(run_lives);
}

/* ---- a program with a main thread of its own */
static void add_one(void *arg)
{
    atomic_fetch_add((_Atomic int *)arg, 1);
}

static void embedded(void **s)
{
    (void)s;
    static _Atomic int n;
    alarm(30);
    assert_int_equal(go_init(NULL), 0);
    for (int i = 0; i < 200; i++)
        assert_int_equal(go(add_one, &n), 0);
    assert_int_equal(go_shutdown(GO_FOREVER), 0);
    assert_int_equal(n, 200);
    assert_int_equal(go_shutdown(0), 0);
    alarm(0);
}

/* ---- goroutines that start each other and end don't keep the rest waiting, also without sysmon,
 * which asks nobody to give way while time is virtual */
static _Atomic int links;
static _Atomic bool unchain;

static void link_of_chain(void *arg)
{
    atomic_fetch_add(&links, 1);
    if (!atomic_load(&unchain))
        go(link_of_chain, arg);
}

static void ends_chain(void *arg)
{
    (void)arg;
    atomic_store(&unchain, true);
}

static void chain(void **s)
{
    (void)s;
    alarm(30);
    assert_int_equal(go_init(&(go_config){.virtual_time = true}), 0);
    assert_int_equal(go(link_of_chain, NULL), 0);
    while (atomic_load(&links) < 20000) /* more than ThreadSanitizer has room for at a time */
        usleep(100);
    assert_int_equal(go(ends_chain, NULL), 0); /* from outside: it waits in the common queue */
    assert_int_equal(go_shutdown(GO_FOREVER), 0);
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels), cmocka_unit_test(selects), cmocka_unit_test(locks),
        cmocka_unit_test(life),     cmocka_unit_test(ctx),     cmocka_unit_test(fds),
        cmocka_unit_test(limits),   cmocka_unit_test(reuse),   cmocka_unit_test(lives),
        cmocka_unit_test(embedded), cmocka_unit_test(chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
