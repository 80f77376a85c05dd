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

static void constants(void **s)
{
    (void)s;
    assert_int_equal(GIDLE, 0);
    assert_int_equal(GRUNNABLE, 1);
    assert_int_equal(GRUNNING, 2);
    assert_int_equal(GSYSCALL, 3);
    assert_int_equal(GWAITING, 4);
    assert_int_equal(GDEAD, 6);
    assert_int_equal(GCOPYSTACK, 8);
    assert_int_equal(GPREEMPTED, 9);
    assert_int_equal(GSCAN, 0x1000);
    assert_true(STACK_PREEMPT == (uintptr_t)-1);
    assert_int_equal(STACK_GUARD, 800 + 0 + 128);
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

/* Whoever changes the state waits for a scanner. */
static struct g scanned;
static int relaxed;

static void scanner_ends(void)
{
    if (++relaxed == 3)
        casfrom_gscanstatus(&scanned, GWAITING);
}

static void cas_waits_for_the_scanner(void **s)
{
    (void)s;
    relaxed = 0;
    assert_true(castogscanstatus(g_in(&scanned, GWAITING), GWAITING));
    fake_relax = scanner_ends;
    casgstatus(&scanned, GWAITING, GRUNNABLE);
    fake_relax = NULL;
    assert_int_equal(relaxed, 3);
    assert_int_equal(atomic_load(&scanned.atomicstatus), GRUNNABLE);
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
    enum { SLOTS = 27, GOBUF = 272, BASE_END = 344 };
#elif defined(__x86_64__)
    enum { SLOTS = 5, GOBUF = 96, BASE_END = 168 };
#elif defined(__aarch64__)
    enum { SLOTS = 18, GOBUF = 200, BASE_END = 272 };
#elif defined(__riscv)
    enum { SLOTS = 23, GOBUF = 240, BASE_END = 312 };
#endif
    assert_int_equal(GOBUF_SLOTS, SLOTS);
    assert_int_equal(sizeof(struct gobuf), GOBUF);
    assert_int_equal(offsetof(struct g, park_unlockf), BASE_END);
    assert_int_equal(offsetof(struct g, stack_lo), 0);
    assert_int_equal(offsetof(struct g, stack_hi), sizeof(void *));
    assert_int_equal(offsetof(struct g, stackguard0), 16);
    assert_int_equal(offsetof(struct g, m), 24);
    assert_int_equal(offsetof(struct g, sched), 32);
    /* From here on a table for N slots, N = 0 being the specification's first. */
    static const struct {
        size_t at, with_none;
    } fields[] = {
        {offsetof(struct g, atomicstatus), 88},
        {offsetof(struct g, selectdone), 92},
        {offsetof(struct g, goid), 96},
        {offsetof(struct g, schedlink), 104},
        {offsetof(struct g, param), 112},
        {offsetof(struct g, waitreason), 120},
        {offsetof(struct g, preempt), 121},
        {offsetof(struct g, park_unlockf), 128},
        {sizeof(struct gobuf), 56},
    };
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        assert_int_equal(fields[i].at, fields[i].with_none + 8 * SLOTS);
    static const size_t gobuf[] = {offsetof(struct gobuf, sp),  offsetof(struct gobuf, pc),
                                   offsetof(struct gobuf, g),   offsetof(struct gobuf, ctxt),
                                   offsetof(struct gobuf, ret), offsetof(struct gobuf, lr),
                                   offsetof(struct gobuf, bp),  offsetof(struct gobuf, regs)};
    for (size_t i = 0; i < ARRAY_SIZE(gobuf); i++)
        assert_int_equal(gobuf[i], 8 * i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transitions),
        cmocka_unit_test(constants),
        cmocka_unit_test(cas_follows_the_table),
        cmocka_unit_test(cas_waits_for_the_scanner),
        cmocka_unit_test(waking_the_awake_is_fatal),
        cmocka_unit_test(scan),
        cmocka_unit_test(names),
        cmocka_unit_test(layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
