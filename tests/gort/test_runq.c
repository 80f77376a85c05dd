/* SPDX-License-Identifier: Apache-2.0 */
/* The run queue alone: random operations against an array that is shifted by hand, then thieves
 * against an owner. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gort/cm.h"
#include "tests/gort/fakeport.h"

/* ---- oracle: plain arrays */
#define MANY 4096
struct model {
    struct g *next, *ring[MANY], *over[MANY];
    unsigned n, nover;
};

static void model_tail(struct model *m, struct g *gp)
{
    if (m->n == 256) {
        memcpy(m->over + m->nover, m->ring, 128 * sizeof(gp));
        m->nover += 128;
        m->over[m->nover++] = gp;
        memmove(m->ring, m->ring + 128, 128 * sizeof(gp));
        m->n = 128;
        return;
    }
    m->ring[m->n++] = gp;
}

static void model_put(struct model *m, struct g *gp, bool next)
{
    if (next) {
        struct g *old = m->next;
        m->next = gp;
        gp = old;
    }
    if (gp)
        model_tail(m, gp);
}

static struct g *model_get(struct model *m)
{
    struct g *gp = m->next;
    if (gp) {
        m->next = NULL;
        return gp;
    }
    if (m->n == 0)
        return NULL;
    gp = m->ring[0];
    memmove(m->ring, m->ring + 1, --m->n * sizeof(gp));
    return gp;
}

static struct g *model_steal(struct model *to, struct model *from)
{
    unsigned take = from->n - from->n / 2;
    if (take == 0)
        return NULL;
    memcpy(to->ring + to->n, from->ring, (take - 1) * sizeof(struct g *));
    to->n += take - 1;
    struct g *gp = from->ring[take - 1];
    from->n -= take;
    memmove(from->ring, from->ring + take, from->n * sizeof(gp));
    return gp;
}

static void check_overflow(struct model *m, struct gqueue *q)
{
    assert_int_equal(gqueue_len(q), m->nover);
    for (unsigned i = 0; i < m->nover; i++)
        assert_ptr_equal(gqueue_get(q, 1), m->over[i]);
    m->nover = 0;
    assert_null(gqueue_get(q, 1));
}

static void against_model(void **s)
{
    (void)s;
    static struct g pool[MANY];
    static struct model ma, mb;
    static struct runq a, b;
    static struct gqueue over;
    unsigned used = 0;
    srand(1);
    for (int step = 0; step < 300000; step++) {
        struct g *gp = &pool[used++ % MANY];
        atomic_store(&gp->allowed, G_ALLOWED_ANY);
        int op = rand() % 8, bias = step / 3000 % 2;
        bool had_next = ma.next != NULL;
        if (op < 3 + 2 * bias) {
            runq_put(&a, gp, op == 0, &over);
            model_put(&ma, gp, op == 0);
        } else if (op < 6) {
            struct g *want = model_get(&ma);
            struct picked got = runq_get(&a);
            assert_ptr_equal(got.g, want);
            assert_int_equal(got.inherit, had_next);
        } else if (mb.n == 0) {
            assert_ptr_equal(runq_steal(&b, &a), model_steal(&mb, &ma));
        } else {
            while (mb.n)
                assert_ptr_equal(runq_get(&b).g, model_get(&mb));
            runq_rotate_next(&a, &over);
            gp = ma.next;
            ma.next = NULL;
            if (gp)
                model_tail(&ma, gp);
        }
        assert_int_equal(runq_empty(&a), ma.n == 0 && !ma.next);
        check_overflow(&ma, &over);
    }
}

/* A yield's way through the ring: refused when runnext comes first, when nobody waits, when there
 * is no room. */
static void behind(void **s)
{
    (void)s;
    static struct g pool[300];
    static struct runq q;
    static struct gqueue over;
    uint32_t head;
    q.alone = true;
    assert_false(runq_put_behind(&q, &pool[0], &head));
    for (int i = 0; i < 255; i++)
        runq_put(&q, &pool[i], false, &over);
    assert_true(runq_put_behind(&q, &pool[255], &head));
    assert_false(runq_put_behind(&q, &pool[256], &head));
    assert_ptr_equal(runq_take_own(&q, head), &pool[0]);
    assert_int_equal(runq_len(&q), 255);
    runq_put(&q, &pool[257], true, &over);
    assert_false(runq_put_behind(&q, &pool[256], &head));
    assert_ptr_equal(runq_get(&q).g, &pool[257]);
    for (int i = 1; i < 256; i++)
        assert_ptr_equal(runq_get(&q).g, &pool[i]);
    assert_true(runq_empty(&q));
    assert_int_equal(gqueue_len(&over), 0);
}

/* The counts wrap: start close to it. */
static void wraps(void **s)
{
    (void)s;
    static struct g pool[600];
    static struct runq q, thief;
    static struct gqueue over;
    atomic_store(&q.head, UINT32_MAX - 100);
    atomic_store(&q.tail, UINT32_MAX - 100);
    for (int i = 0; i < 256; i++)
        runq_put(&q, &pool[i], false, &over);
    assert_int_equal(gqueue_len(&over), 0);
    assert_ptr_equal(runq_steal(&thief, &q), &pool[127]);
    for (int i = 128; i < 256; i++)
        assert_ptr_equal(runq_get(&q).g, &pool[i]);
    assert_true(runq_empty(&q));
    for (int i = 0; i < 127; i++)
        assert_ptr_equal(runq_get(&thief).g, &pool[i]);
}

static void masks(void **s)
{
    (void)s;
    static struct g pool[4];
    struct gqueue q = {.n = 0};
    for (int i = 0; i < 4; i++) {
        atomic_store(&pool[i].allowed, 1ull << i);
        gqueue_put(&q, &pool[i]);
    }
    assert_true(gqueue_has(&q, 8));
    assert_ptr_equal(gqueue_get(&q, 8), &pool[3]);
    assert_false(gqueue_has(&q, 8));
    gqueue_put(&q, &pool[3]);
    assert_ptr_equal(gqueue_get(&q, 2), &pool[1]);
    assert_ptr_equal(gqueue_get(&q, UINT64_MAX), &pool[0]);
    assert_ptr_equal(gqueue_get(&q, UINT64_MAX), &pool[2]);
    assert_ptr_equal(gqueue_get(&q, UINT64_MAX), &pool[3]);
    assert_null(gqueue_get(&q, UINT64_MAX));
    gqueue_put(&q, &pool[0]);
    assert_ptr_equal(gqueue_get(&q, 1), &pool[0]);
}

/* ---- one owner, three thieves; each G must come out exactly once per time it went in */
#define THIEVES 3
#define ROUNDS  1000000
static struct runq shared;
static struct gqueue shared_over;
static struct g tokens[512];
static _Atomic int taken[512];
static _Atomic bool done;

static void token_out(struct g *gp)
{
    atomic_fetch_add(&taken[gp - tokens], 1);
}

static void *thief_thread(void *arg)
{
    static struct runq own[THIEVES];
    struct runq *mine = &own[(intptr_t)arg];
    while (!atomic_load(&done)) {
        struct g *gp = runq_steal(mine, &shared);
        if (!gp && (gp = runq_peek_next(&shared)) && !runq_steal_next(&shared, gp))
            gp = NULL;
        for (; gp; gp = runq_get(mine).g)
            token_out(gp);
    }
    return NULL;
}

static void owner_round(int *in, int i)
{
    int t = i % 512;
    /* A token goes in again only when it has come out. */
    if (atomic_load(&taken[t]) == in[t]) {
        in[t]++;
        runq_put(&shared, &tokens[t], i % 3 == 0, &shared_over);
    }
    struct g *gp = i % 5 == 0 ? runq_get(&shared).g : NULL;
    if (gp)
        token_out(gp);
    while ((gp = gqueue_get(&shared_over, 1)))
        token_out(gp);
}

static void exactly_once(void **s)
{
    (void)s;
    static int in[512];
    pthread_t th[THIEVES];
    for (int i = 0; i < 512; i++)
        atomic_store(&tokens[i].allowed, G_ALLOWED_ANY);
    for (intptr_t i = 0; i < THIEVES; i++)
        pthread_create(&th[i], NULL, thief_thread, (void *)i);
    for (int i = 0; i < ROUNDS; i++)
        owner_round(in, i);
    atomic_store(&done, true);
    for (int i = 0; i < THIEVES; i++)
        pthread_join(th[i], NULL);
    struct g *gp;
    while ((gp = runq_get(&shared).g))
        token_out(gp);
    for (int i = 0; i < 512; i++)
        assert_int_equal(atomic_load(&taken[i]), in[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_model), cmocka_unit_test(wraps),        cmocka_unit_test(behind),
        cmocka_unit_test(masks),         cmocka_unit_test(exactly_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
