/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/checksum.h against the definition (RFC 1071, section 1), two bytes at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/net/checksum.h"

enum { BYTES = 65536 + 16 };
static uint8_t bytes[BYTES];

/* The sum as two bytes in memory order. */
static void defined(const uint8_t *at, int size, uint8_t sum[2])
{
    unsigned big = 0;
    for (int i = 0; i < size; i++) {
        big += i % 2 ? at[i] : at[i] * 256u;
        big = (big & 0xffff) + (big >> 16);
    }
    sum[0] = (uint8_t)(big >> 8);
    sum[1] = (uint8_t)big;
}

static void check(int from, int size)
{
    uint8_t want[2];
    defined(bytes + from, size, want);
    uint16_t got = checksum_sum(bytes + from, size);
    if (memcmp(&got, want, sizeof(got)))
        fail_msg("%d bytes at offset %d: %04x", size, from, got);
}

static void every_size_and_place(void **state)
{
    (void)state;
    for (int from = 0; from < 9; from++)
        for (int size = 0; size < 150; size++)
            check(from, size);
}

static void all_carries(void **state)
{
    (void)state;
    memset(bytes, 0xff, BYTES);
    every_size_and_place(state);
    check(0, 65535);
    check(3, 65536);
    memset(bytes, 0, BYTES);
    check(0, 1500);
}

static void long_ones(void **state)
{
    (void)state;
    for (int size = 150; size < 65536; size = size * 5 / 4 + 1)
        check(size % 11, size);
}

/* RFC 1071, section 3. */
static void example(void **state)
{
    static const uint8_t words[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    uint16_t sum = checksum_sum(words, sizeof(words));
    (void)state;
    assert_memory_equal(&sum, "\xdd\xf2", 2);
}

static int randomise(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < BYTES; i++)
        bytes[i] = (uint8_t)rand();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_size_and_place, randomise),
        cmocka_unit_test_setup(long_ones, randomise),
        cmocka_unit_test(all_carries),
        cmocka_unit_test(example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
