/* SPDX-License-Identifier: Apache-2.0 */
/* States and layout, against the tables of the specification written out again as plain numbers. */
#include <string.h>

#include "tests/gort/cm.h"
#include "tests/gort/fakeport.h"

static const uint32_t states[] = {0, 1, 2, 3, 4, 6, 8, 9};

/* The thirteen transitions, as pairs of digits. */
static const char legal[] = "01 12 21 24 23 28 29 26 41 32 31 82 91";

static bool oracle(uint32_t from, uint32_t to)
{
    char pair[3] = {(char)('0' + from), (char)('0' + to), 0};
    return strstr(legal, pair) != NULL;
}

static struct g *g_in(struct g *gp, uint32_t state)
{
    memset(gp, 0, sizeof(*gp));
    atomic_store(&gp->atomicstatus, state);
    gp->goid = 7;
    return gp;
}

static void transitions(void **s)
{
    (void)s;
    for (uint32_t from = 0; from < 12; from++)
        for (uint32_t to = 0; to < 12; to++) {
            bool want = oracle(from, to) && from < 10 && to < 10;
            assert_int_equal(gstatus_legal(from, to), want);
            assert_int_equal(gstatus_legal(from | 0x1000, to | 0x1000), want);
        }
    assert_false(gstatus_legal(0x7fffffff, 1));
    assert_false(gstatus_legal(1, 0x7fffffff));
}

struct change {
    struct g *gp;
    uint32_t from, to;
};

static void change(void *arg)
{
    struct change *c = arg;
    casgstatus(c->gp, c->from, c->to);
}

static void cas_follows_the_table(void **s)
{
    (void)s;
    for (size_t i = 0; i < ARRAY_SIZE(states); i++)
        for (size_t j = 0; j < ARRAY_SIZE(states); j++) {
            struct g g;
            struct change c = {g_in(&g, states[i]), states[i], states[j]};
            bool fatal = fake_fatal(change, &c);
            assert_int_equal(fatal, !oracle(states[i], states[j]));
            if (!fatal)
                assert_int_equal(readgstatus(&g), states[j]);
        }
}

static void waking_the_awake_is_fatal(void **s)
{
    (void)s;
    struct g g;
    struct change c = {g_in(&g, GRUNNABLE), GWAITING, GRUNNABLE};
    assert_true(fake_fatal(change, &c));
    assert_string_equal(fake_fatal_text, "gort: goroutine 7 was woken, but it is runnable");
    c.gp = g_in(&g, GDEAD);
    assert_true(fake_fatal(change, &c));
}

static void seen_by_scanner(struct g *gp, void *arg)
{
    *(uint32_t *)arg = atomic_load(&gp->atomicstatus);
    assert_int_equal(readgstatus(gp), GWAITING);
}

static void scan(void **s)
{
    (void)s;
    struct g g;
    uint32_t seen = 0;
    assert_true(scan_stack(g_in(&g, GWAITING), seen_by_scanner, &seen));
    assert_int_equal(seen, 0x1004);
    assert_int_equal(atomic_load(&g.atomicstatus), 4);
    assert_false(scan_stack(g_in(&g, GRUNNING), seen_by_scanner, &seen));
    assert_false(scan_stack(g_in(&g, GDEAD), seen_by_scanner, &seen));
    assert_true(castogscanstatus(g_in(&g, GRUNNABLE), GRUNNABLE));
    assert_false(castogscanstatus(&g, GRUNNABLE));
    casfrom_gscanstatus(&g, GRUNNABLE);
    assert_int_equal(atomic_load(&g.atomicstatus), GRUNNABLE);
}

static void names(void **s)
{
    (void)s;
    static const struct {
        int n;
        const char *name;
    } want[] = {{0, ""},
                {9, "select"},
                {14, "chan receive"},
                {15, "chan send"},
                {18, "semacquire"},
                {19, "sleep"},
                {20, "condvar wait"},
                {23, "IO wait"},
                {200, ""}};
    for (size_t i = 0; i < ARRAY_SIZE(want); i++)
        assert_string_equal(waitreason_name((uint8_t)want[i].n), want[i].name);
    assert_string_equal(gstatus_name(GSCAN | GWAITING), "waiting");
    assert_string_equal(gstatus_name(5), "unknown");
    assert_string_equal(gstatus_name(77), "unknown");
}

static void layout(void **s)
{
    (void)s;
#if defined(__x86_64__) && defined(_WIN32)
    assert_int_equal(sizeof(struct gobuf), 272);
    assert_int_equal(offsetof(struct g, atomicstatus), 304);
    assert_int_equal(offsetof(struct g, park_unlockf), 344);
#elif defined(__x86_64__)
    assert_int_equal(sizeof(struct gobuf), 96);
    assert_int_equal(offsetof(struct g, atomicstatus), 128);
    assert_int_equal(offsetof(struct g, preempt), 161);
    assert_int_equal(offsetof(struct g, park_unlockf), 168);
#elif defined(__aarch64__)
    assert_int_equal(sizeof(struct gobuf), 200);
    assert_int_equal(offsetof(struct g, atomicstatus), 232);
    assert_int_equal(offsetof(struct g, park_unlockf), 272);
#elif defined(__riscv)
    assert_int_equal(sizeof(struct gobuf), 240);
    assert_int_equal(offsetof(struct g, park_unlockf), 312);
#endif
    assert_true(STACK_PREEMPT == (uintptr_t)-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transitions),
        cmocka_unit_test(cas_follows_the_table),
        cmocka_unit_test(waking_the_awake_is_fatal),
        cmocka_unit_test(scan),
        cmocka_unit_test(names),
        cmocka_unit_test(layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
