/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generator's promises: what it has given can't be found in its state, every source changes
 * what comes, CPUs and requests don't repeat each other, keys are replaced in time. The block
 * function has its own test.
 */
#include "kernel/core/random.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum klog_level klog_level;
static uint64_t now_ticks;
static int64_t now_ns;
static bool cpu_has_random;

uint64_t timer_counter(void)
{
    return now_ticks;
}

int64_t clock_mono_ns(void)
{
    return now_ns;
}

bool cpu_random(uint64_t *value)
{
    static uint64_t next;
    *value = next += UINT64_C(0x123456789abcdef);
    return cpu_has_random;
}

void klog(enum klog_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

/* A generator as at boot, seeded with `byte` repeated. */
static void start(uint8_t byte, unsigned seed_bytes)
{
    struct machine m = {.seed_bytes = seed_bytes};
    memset(m.seed, byte, seed_bytes);
    memset(&pool, 0, sizeof pool);
    memset(generators, 0, sizeof generators);
    now_ticks = 1000;
    now_ns = 1;
    fake_cpu = 0;
    random_init(&m);
    for (unsigned i = 0; i < sizeof m.seed; i++)
        assert_int_equal(m.seed[i], 0);
    assert_int_equal(m.seed_bytes, 0);
}

static bool contains(const void *in, size_t in_bytes, const void *what, size_t size)
{
    for (size_t i = 0; i + size <= in_bytes; i++)
        if (memcmp((const uint8_t *)in + i, what, size) == 0)
            return true;
    return false;
}

/* Eight bytes of what was given, or of an earlier key, anywhere in the state, would let the past be
 * computed from it. */
static void test_past_is_gone(void **state)
{
    (void)state;
    start(7, 32);
    for (unsigned round = 0; round < 200; round++) {
        uint8_t out[100], key[32];
        size_t n = 8 + round % 93;
        memcpy(key, generators[0].key, sizeof key);
        random_fill(out, n);
        for (size_t i = 0; i + 8 <= n; i++) {
            assert_false(contains(generators, sizeof generators, out + i, 8));
            assert_false(contains(&pool, sizeof pool, out + i, 8));
        }
        if (round > 0 && n > SPARE_BYTES)
            assert_false(contains(generators, sizeof generators, key, 8));
    }
}

static void test_seed_matters(void **state)
{
    (void)state;
    uint64_t a[4], b[4], c[4];
    start(1, 32);
    random_fill(a, sizeof a);
    start(2, 32);
    random_fill(b, sizeof b);
    start(1, 32);
    random_fill(c, sizeof c);
    assert_memory_not_equal(a, b, 8);
    assert_memory_equal(a, c, sizeof a); /* all else being the same */
}

/* Every byte of a seed counts, also those beyond the first 32. */
static void test_every_seed_byte(void **state)
{
    (void)state;
    uint64_t first[2], other[2];
    start(1, 64);
    random_fill(first, sizeof first);
    for (unsigned i = 0; i < 64; i++) {
        struct machine m = {.seed_bytes = 64};
        memset(m.seed, 1, 64);
        m.seed[i] ^= 0x80;
        memset(&pool, 0, sizeof pool);
        memset(generators, 0, sizeof generators);
        random_init(&m);
        random_fill(other, sizeof other);
        assert_memory_not_equal(first, other, 8);
    }
}

static void test_added_source(void **state)
{
    (void)state;
    uint64_t a[4], b[4];
    start(1, 32);
    random_fill(a, 8);
    random_fill(a, sizeof a);
    start(1, 32);
    random_fill(b, 8);
    random_add("test", "some entropy", 12);
    random_fill(b, sizeof b); /* at once, not after what was left over */
    assert_memory_not_equal(a, b, 8);
}

static void test_cpus_differ(void **state)
{
    (void)state;
    uint64_t out[CPU_MAX][64];
    start(3, 32);
    for (fake_cpu = 0; fake_cpu < CPU_MAX; fake_cpu++)
        random_fill(out[fake_cpu], sizeof out[0]);
    fake_cpu = 0;
    for (unsigned i = 0; i < CPU_MAX * 64; i++)
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(out[i / 64][i % 64], out[k / 64][k % 64]);
}

static void test_trust(void **state)
{
    (void)state;
    start(1, 32);
    assert_true(random_trusted());
    start(1, 8);
    assert_false(random_trusted());
    start(0, 0);
    assert_false(random_trusted());
    random_add("device", "0123456789abcdef", 16);
    assert_true(random_trusted());
    cpu_has_random = true;
    start(0, 0);
    cpu_has_random = false;
    assert_true(random_trusted());
}

static void test_rekey(void **state)
{
    (void)state;
    static uint8_t big[4096];
    uint64_t key[4];
    start(1, 32);
    random_fill(big, 1);
    memcpy(key, pool.key, sizeof key);
    for (unsigned i = 0; i < 200; i++)
        random_fill(big, sizeof big);
    assert_memory_equal(key, pool.key, sizeof key);
    for (unsigned i = 0; i < 60; i++)
        random_fill(big, sizeof big);
    assert_memory_not_equal(key, pool.key, sizeof key); /* a mebibyte has gone out */
    memcpy(key, pool.key, sizeof key);
    now_ns += 299 * NS_PER_SEC;
    random_fill(big, 1);
    assert_memory_equal(key, pool.key, sizeof key);
    now_ns += 2 * NS_PER_SEC;
    random_fill(big, 1);
    assert_memory_not_equal(key, pool.key, sizeof key);
}

/* Each value of a byte about equally often: chi-squared with 255 degrees of freedom lies below 400
 * but once in a billion. */
static void test_even(void **state)
{
    (void)state;
    static uint8_t out[1 << 18];
    unsigned counts[256] = {0};
    double chi = 0, want = sizeof out / 256.0;
    start(9, 32);
    for (size_t i = 0; i < sizeof out; i += 64)
        random_fill(out + i, 64);
    for (size_t i = 0; i < sizeof out; i++)
        counts[out[i]]++;
    for (unsigned i = 0; i < 256; i++)
        chi += (counts[i] - want) * (counts[i] - want) / want;
    assert_true(chi > 150 && chi < 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_past_is_gone),    cmocka_unit_test(test_seed_matters),
        cmocka_unit_test(test_every_seed_byte), cmocka_unit_test(test_added_source),
        cmocka_unit_test(test_cpus_differ),     cmocka_unit_test(test_trust),
        cmocka_unit_test(test_rekey),           cmocka_unit_test(test_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
