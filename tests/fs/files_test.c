/* SPDX-License-Identifier: Apache-2.0 */
/* Files against Linux: the same scripts, the same answers. FS_SEEDS=n tries n random sequences,
 * FS_SEED=n one of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/fs/scripts.h"

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void many(const char *name, script_fn *script)
{
    uint64_t one = number("FS_SEED", 0);
    uint64_t first = one ? one : 1, last = one ? one : number("FS_SEEDS", 40);
    for (uint64_t seed = first; seed <= last; seed++)
        assert_int_equal(compare_run(name, script, seed), 0);
}

static void test_random_files(void **state)
{
    (void)state;
    many("random files", script_random_files);
}

static void test_random_streams(void **state)
{
    (void)state;
    many("random streams", script_random_streams);
}

static void test_random_sockets(void **state)
{
    (void)state;
    many("random sockets", script_random_sockets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_files),
                                       cmocka_unit_test(test_random_streams),
                                       cmocka_unit_test(test_random_sockets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
