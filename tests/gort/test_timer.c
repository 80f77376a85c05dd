/* SPDX-License-Identifier: Apache-2.0 */
/* The timer heap against a sorted list. */
#include <stdlib.h>

#include "tests/gort/cm.h"
#include "tests/gort/fakeport.h"

#define N 200

struct entry {
    int64_t when;
    int id;
};

static struct timer timers[N];
static struct entry sorted[N];
static int nsorted;
static int fired[N], nfired;

static void fire(void *arg)
{
    fired[nfired++] = (int)(intptr_t)arg;
}

static void list_drop(int at)
{
    for (nsorted--; at < nsorted; at++)
        sorted[at] = sorted[at + 1];
}

static int list_find(int id)
{
    for (int i = 0; i < nsorted; i++)
        if (sorted[i].id == id)
            return i;
    return -1;
}

static void list_set(int id, int64_t when)
{
    int at = list_find(id);
    if (at >= 0)
        list_drop(at);
    for (at = nsorted++; at > 0 && sorted[at - 1].when > when; at--)
        sorted[at] = sorted[at - 1];
    sorted[at] = (struct entry){when, id};
}

/* Timers with the same time may fire in any order: compare the times, and that each id was due. */
static void expire(int64_t now)
{
    nfired = 0;
    unsigned n = timer_heap_run(&fake_heap, &fake_m, now);
    assert_int_equal(n, nfired);
    for (int i = 0; i < nfired; i++) {
        int at = list_find(fired[i]);
        assert_true(at >= 0 && sorted[at].when == sorted[0].when && sorted[at].when <= now);
        list_drop(at);
    }
    assert_true(nsorted == 0 || sorted[0].when > now);
}

static void random_ops(void **s)
{
    (void)s;
    int64_t now = 0;
    srand(2);
    timer_heap_init(&fake_heap);
    for (int i = 0; i < N; i++)
        timer_init(&timers[i], fire, (void *)(intptr_t)i);
    for (int step = 0; step < 100000; step++) {
        int id = rand() % N, op = rand() % 8, at = list_find(id);
        if (op < 5) {
            int64_t when = now + rand() % 50;
            timer_set(&timers[id], when);
            list_set(id, when);
        } else if (op < 7) {
            assert_int_equal(timer_stop(&timers[id]), at >= 0 ? TIMER_PENDING : TIMER_IDLE);
            if (at >= 0)
                list_drop(at);
        } else {
            expire(now += rand() % 8);
        }
        assert_true(timer_heap_min(&fake_heap) == (nsorted ? sorted[0].when : TIMER_NEVER));
    }
}

static int again_left;
static struct timer again;

static void fire_again(void *arg)
{
    (void)arg;
    assert_int_equal(timer_stop(&again), TIMER_RUNNING);
    assert_int_equal(timer_stop_sync(&again), TIMER_RUNNING);
    if (again_left-- > 0)
        timer_set(&again, 5);
}

static void sets_itself(void **s)
{
    (void)s;
    timer_heap_init(&fake_heap);
    timer_init(&again, fire_again, NULL);
    again_left = 3;
    timer_set(&again, 1);
    assert_int_equal(timer_heap_run(&fake_heap, &fake_m, 9), 4);
    assert_int_equal(timer_stop(&again), TIMER_IDLE);
    timer_set(&again, TIMER_NEVER);
    assert_int_equal(timer_heap_run(&fake_heap, &fake_m, INT64_MAX), 0);
    assert_int_equal(timer_stop(&again), TIMER_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_ops),
        cmocka_unit_test(sets_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
