/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/core/timebase.c against exact division. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kernel/core/timebase.h"

#define YEAR_NS (UINT64_C(31556952) * 1000000000)

static const uint64_t frequencies[] = {
    1000000,   1000003,   13000000,  19200000,   24000000,   25000000,   54000000,   62500000,
    100000000, 333333333, 999999999, 1000000000, 1000000001, 2399999999, 3000000000, 4000000000};

static uint64_t exact_ns(uint64_t ticks, uint64_t hz)
{
    return (uint64_t)((unsigned __int128)ticks * 1000000000 / hz);
}

static uint64_t exact_ticks(uint64_t ns, uint64_t hz)
{
    return (uint64_t)(((unsigned __int128)ns * hz + 999999999) / 1000000000);
}

static uint64_t random64(void)
{
    return (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ (uint64_t)random();
}

static void check_ns(const struct timebase *t, uint64_t ticks, uint64_t hz)
{
    uint64_t want = exact_ns(ticks, hz), got = timebase_ns(t, t->base_ticks + ticks);
    if (got > want || want - got > 1)
        fail_msg("%llu Hz, %llu ticks: %llu ns, not %llu", (unsigned long long)hz,
                 (unsigned long long)ticks, (unsigned long long)got, (unsigned long long)want);
}

static void test_ns(void **state)
{
    (void)state;
    srandom(1);
    for (unsigned f = 0; f < ARRAY_SIZE(frequencies); f++) {
        uint64_t hz = frequencies[f], end = exact_ticks(200 * YEAR_NS, hz);
        struct timebase t;
        timebase_init(&t, hz, random64() >> 1);
        for (uint64_t ticks = 0; ticks < 1000; ticks++)
            check_ns(&t, ticks, hz);
        for (unsigned i = 0; i < 20000; i++)
            check_ns(&t, (random64() >> random() % 60) % end, hz);
        check_ns(&t, end, hz);
    }
}

/* The counter may start anywhere, and a timer's tick must not come before its time. */
static void test_ticks(void **state)
{
    (void)state;
    srandom(2);
    for (unsigned f = 0; f < ARRAY_SIZE(frequencies); f++) {
        uint64_t hz = frequencies[f], base = UINT64_MAX - 5;
        struct timebase t;
        timebase_init(&t, hz, base);
        for (unsigned i = 0; i < 20000; i++) {
            uint64_t ns = random64() >> (4 + random() % 58);
            uint64_t ticks = timebase_ticks(&t, ns);
            assert_true(timebase_ns(&t, ticks) >= ns);
            assert_true(ticks - base <= exact_ticks(ns, hz) + 2);
        }
        assert_int_equal(timebase_ticks(&t, INT64_MAX), UINT64_MAX);
    }
}

static void test_monotonic(void **state)
{
    (void)state;
    struct timebase t;
    timebase_init(&t, 24000000, 77);
    uint64_t at = UINT64_C(1) << 55, last = timebase_ns(&t, at);
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t now = timebase_ns(&t, ++at);
        assert_true(now > last && now - last <= 43);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ns),
        cmocka_unit_test(test_ticks),
        cmocka_unit_test(test_monotonic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
