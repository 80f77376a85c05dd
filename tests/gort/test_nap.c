/* SPDX-License-Identifier: Apache-2.0 */
/* Naps: how long they are, what they hide from and what ends them. */
#include "gort/idle.h"
#include "tests/gort/cm.h"
#include "tests/gort/fakeport.h"

static struct p ps[2];
static int64_t slept_until;
static int sleeps, wakes, dropped;
static bool waker_comes, global;

struct p *sched_p(unsigned index)
{
    return &ps[index];
}

unsigned sched_nprocs(void)
{
    return 2;
}

bool sched_global_has(uint64_t mask)
{
    return global && mask == 2;
}

void spinning_give_up(struct m *mp)
{
    dropped += mp->spinning;
    mp->spinning = false;
}

void port_m_sleep(struct m *mp, int64_t deadline_ns)
{
    assert_true(mp == &fake_m);
    assert_int_equal(nap_mask(), 2);
    sleeps++;
    slept_until = deadline_ns;
    if (waker_comes) {
        assert_true(nap_wake_one());
        assert_int_equal(nap_mask(), 0);
    }
}

void port_m_wake(struct m *mp)
{
    assert_true(mp == &fake_m);
    wakes++;
}

static void set_up(void)
{
    fake_m = (struct m){.p = &ps[1]};
    for (unsigned i = 0; i < 2; i++) {
        ps[i] = (struct p){.id = i, .m = i ? &fake_m : NULL};
        timer_heap_init(&ps[i].timers);
    }
    nap_reset();
    sleeps = wakes = dropped = 0;
    waker_comes = global = false;
    fake_now = 1000000;
}

static bool nap_after_pair(void)
{
    nap_saw_pair(&fake_m);
    return nap(&fake_m);
}

static void lengths(void **s)
{
    static const int64_t us[] = {50, 100, 200, 400, 400};
    (void)s;
    set_up();
    assert_false(nap(&fake_m));
    for (int i = 0; i < 5; i++) {
        assert_true(nap_after_pair());
        assert_int_equal(slept_until, fake_now + us[i] * 1000);
        assert_false(nap(&fake_m));
    }
    assert_int_equal(sleeps, 5);
    assert_int_equal(ps[1].sleeps, 5);
    nap_saw_pair(&fake_m);
    nap_over(&fake_m);
    assert_false(nap(&fake_m));
    assert_true(nap_after_pair());
    assert_int_equal(slept_until, fake_now + 50000);
    assert_int_equal(nap_mask(), 0);
}

static void own_timer(void **s)
{
    static struct timer t;
    (void)s;
    set_up();
    timer_heap_add(&ps[1].timers, &t, fake_now + 7);
    assert_true(nap_after_pair());
    assert_int_equal(slept_until, fake_now + 7);
}

/* A runnext is what the nap is for; all else would be stolen. */
static void hides_nothing_else(void **s)
{
    static struct g gp;
    (void)s;
    set_up();
    atomic_store(&gp.allowed, G_ALLOWED_ANY);
    atomic_store(&ps[0].runq.next, &gp);
    assert_true(nap_after_pair());
    assert_int_equal(sleeps, 1);
    assert_true(runq_put_tail(&ps[0].runq, &gp));
    assert_true(nap_after_pair());
    assert_int_equal(sleeps, 1);
    atomic_store(&ps[0].runq.head, 1);
    gqueue_put(&ps[0].bound, &gp);
    assert_true(nap_after_pair());
    assert_int_equal(sleeps, 1);
    assert_true(gqueue_get(&ps[0].bound, 2) == &gp);
    global = true;
    assert_true(nap_after_pair());
    assert_int_equal(sleeps, 1);
}

static void woken(void **s)
{
    (void)s;
    set_up();
    fake_m.spinning = true;
    waker_comes = true;
    assert_false(nap_wake_one());
    assert_true(nap_after_pair());
    assert_int_equal(wakes, 1);
    assert_int_equal(dropped, 1);
    assert_int_equal(nap_mask(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),
        cmocka_unit_test(own_timer),
        cmocka_unit_test(hides_nothing_else),
        cmocka_unit_test(woken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
