/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to a slow 9P server by a program that is about to end: what goes over the channel, in
 * which order, and which tags. The server is this file; what it may do is in intro(9P) and
 * flush(9P): answer the flush alone, or the request before it; an old tag is free only after that.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "kernel/fs/p9.h"
#include "tests/fs/fakes.h"

enum { MESSAGES = 256, FLUSH_TAGS_FROM = 56, PROGRAMS = 80, NO_TAG = 0xffff };

/* ---- the server's side of the channel ---- */

static struct p9_exchange *messages[MESSAGES];
static unsigned received;
static struct p9_exchange *under_way[64]; /* by tag */
static bool reused;                       /* a tag came again before its answer */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;

static unsigned type_of(const struct p9_exchange *x)
{
    return ((const uint8_t *)x->out)[4];
}

static unsigned word_at(const struct p9_exchange *x, unsigned at)
{
    const uint8_t *out = x->out;
    return out[at] | (unsigned)out[at + 1] << 8;
}

static unsigned tag_of(const struct p9_exchange *x)
{
    return word_at(x, 5);
}

static int submit(struct p9_channel *c, struct p9_exchange *x)
{
    (void)c;
    pthread_mutex_lock(&lock);
    unsigned tag = tag_of(x);
    reused |= tag >= 64 || under_way[tag & 63];
    under_way[tag & 63] = x;
    messages[received++] = x;
    pthread_cond_broadcast(&more);
    pthread_mutex_unlock(&lock);
    return 0;
}

/* The nth message from the start; NULL: it doesn't come in that time. */
static struct p9_exchange *message_in(unsigned n, int64_t ns)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    ns += until.tv_nsec;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&lock);
    while (received <= n && !pthread_cond_timedwait(&more, &lock, &until))
        ;
    struct p9_exchange *x = received > n ? messages[n] : NULL;
    pthread_mutex_unlock(&lock);
    return x;
}

static struct p9_exchange *message(unsigned n)
{
    return message_in(n, INT64_C(30000000000));
}

/* There are no more than n, several times the client's patience later. */
static bool no_more_than(unsigned n)
{
    return !message_in(n, 400000000);
}

static void answered(struct p9_exchange *x)
{
    pthread_mutex_lock(&lock);
    under_way[tag_of(x) & 63] = NULL;
    pthread_mutex_unlock(&lock);
    x->done(x);
}

static void answer(struct p9_exchange *x)
{
    uint8_t head[7] = {
        7, 0, 0, 0, (uint8_t)(type_of(x) + 1), (uint8_t)tag_of(x), (uint8_t)(tag_of(x) >> 8)};
    memcpy(x->in, head, sizeof head);
    x->got = sizeof head;
    answered(x);
}

/* The buffer comes back with nothing in it. */
static void cancel(struct p9_exchange *x)
{
    x->got = 0;
    answered(x);
}

/* ---- the program's ---- */

static struct p9_channel channel = {.submit = submit, .tag = "slow"};
static struct p9_session session;

static void *ask(void *arg)
{
    struct p9_call *c = p9_call_new(&session, P9_TFSYNC, 8, P9_ERROR_BYTES);
    (void)arg;
    p9_put(c, 1, 4);
    p9_put(c, 0, 4);
    int err = p9_ask(c);
    p9_call_free(c);
    return (void *)(intptr_t)err;
}

static pthread_t program(void)
{
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, ask, NULL), 0);
    return t;
}

static int result_of(pthread_t t)
{
    void *result;
    pthread_join(t, &result);
    return (int)(intptr_t)result;
}

static int setup(void **state)
{
    (void)state;
    received = 0;
    reused = false;
    memset(under_way, 0, sizeof under_way);
    fake_may_sleep = true;
    fake_is_ending = false;
    waitq_init(&channel.room);
    session = (struct p9_session){.channel = &channel};
    waitq_init(&session.tag_free);
    return 0;
}

/* Nothing is left of what was under way. */
static int teardown(void **state)
{
    (void)state;
    return reused || session.tags || fake_blocks ? -1 : 0;
}

/* The request and the flush that names it. */
static void expect_flush(struct p9_exchange *flush, const struct p9_exchange *request)
{
    assert_non_null(flush);
    assert_int_equal(type_of(flush), P9_TFLUSH);
    assert_int_equal(flush->out_bytes, 9);
    assert_int_equal(word_at(flush, 7), tag_of(request));
    assert_int_not_equal(tag_of(flush), tag_of(request));
    assert_int_not_equal(tag_of(flush), NO_TAG);
}

/* The program is to end: the flush of its request. */
static struct p9_exchange *withdrawn(struct p9_exchange *request)
{
    fake_is_ending = true;
    struct p9_exchange *flush = message(1);
    expect_flush(flush, request);
    return flush;
}

static void patience(void **state)
{
    (void)state;
    pthread_t t = program();
    struct p9_exchange *x = message(0);
    assert_true(no_more_than(1)); /* nobody is ending */
    answer(x);
    assert_int_equal(result_of(t), 0);
}

static void flush_alone(void **state)
{
    (void)state;
    pthread_t t = program();
    struct p9_exchange *request = message(0);
    struct p9_exchange *flush = withdrawn(request);
    assert_true(no_more_than(2)); /* the flush isn't flushed */
    answer(flush);
    assert_true(no_more_than(2)); /* and the request not again */
    cancel(request);
    assert_int_equal(result_of(t), -EINTR);
}

static void request_first(void **state)
{
    (void)state;
    pthread_t t = program();
    struct p9_exchange *request = message(0);
    struct p9_exchange *flush = withdrawn(request);
    answer(request);
    answer(flush);
    assert_int_equal(result_of(t), 0);
}

/* Its tag is nobody's until the request has come back, although the flush has been answered. */
static void old_tag(void **state)
{
    (void)state;
    pthread_t t = program();
    struct p9_exchange *request = message(0);
    unsigned tag = tag_of(request);
    struct p9_exchange *flush = withdrawn(request);
    answer(flush);
    fake_is_ending = false;
    pthread_t others[10];
    for (unsigned i = 0; i < 10; i++)
        others[i] = program();
    for (unsigned i = 0; i < 10; i++) {
        assert_non_null(message(2 + i));
        assert_int_not_equal(tag_of(message(2 + i)), tag);
    }
    cancel(request);
    assert_int_equal(result_of(t), -EINTR);
    pthread_t later = program();
    assert_int_equal(tag_of(message(12)), tag);
    for (unsigned i = 2; i < 13; i++)
        answer(message(i));
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(result_of(others[i]), 0);
    assert_int_equal(result_of(later), 0);
}

/* When every tag is taken, and more wait for one, those who withdraw still have theirs. */
static void all_tags(void **state)
{
    (void)state;
    pthread_t t[PROGRAMS];
    unsigned flushes = 0;
    for (unsigned i = 0; i < PROGRAMS; i++)
        t[i] = program();
    assert_non_null(message(FLUSH_TAGS_FROM - 1));
    fake_is_ending = true;
    /* Each is withdrawn once; those who had no tag follow when there is one again. */
    for (unsigned i = FLUSH_TAGS_FROM; flushes < PROGRAMS; i++) {
        struct p9_exchange *x = message(i);
        assert_non_null(x);
        if (type_of(x) != P9_TFLUSH)
            continue;
        assert_true(flushes || tag_of(x) >= FLUSH_TAGS_FROM);
        struct p9_exchange *request = under_way[word_at(x, 7) & 63];
        assert_non_null(request);
        assert_int_equal(type_of(request), P9_TFSYNC);
        flushes++;
        answer(x);
        cancel(request);
    }
    for (unsigned i = 0; i < PROGRAMS; i++)
        assert_int_equal(result_of(t[i]), -EINTR);
}

/* Without memory for the flush one waits on. */
static void no_memory(void **state)
{
    (void)state;
    pthread_t t = program();
    struct p9_exchange *request = message(0);
    fake_fail_nth = 1;
    fake_is_ending = true;
    assert_true(no_more_than(1));
    answer(request);
    assert_int_equal(result_of(t), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(patience, setup, teardown),
        cmocka_unit_test_setup_teardown(flush_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(request_first, setup, teardown),
        cmocka_unit_test_setup_teardown(old_tag, setup, teardown),
        cmocka_unit_test_setup_teardown(all_tags, setup, teardown),
        cmocka_unit_test_setup_teardown(no_memory, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
