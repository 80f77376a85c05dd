/* SPDX-License-Identifier: Apache-2.0 */
/* cmd/strings.c: the bytes that come out. */
#include "cmd/strings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define ASSERT_BYTES(strings, literal)                                                  \
    do {                                                                                \
        assert_int_equal(strings_blob(strings).size_bytes, sizeof(literal) - 1);        \
        assert_memory_equal(strings_blob(strings).bytes, literal, sizeof(literal) - 1); \
    } while (0)

static void arguments(void **state)
{
    struct strings s = {0};

    (void)state;
    assert_int_equal(strings_blob(&s).size_bytes, 0);
    strings_add(&s, "./hello");
    strings_add(&s, "");
    strings_addf(&s, "%d of %d", 1, 2);
    ASSERT_BYTES(&s, "./hello\0\0001 of 2\0");
    strings_free(&s);
}

static void environment(void **state)
{
    struct strings s = {0};

    (void)state;
    strings_set(&s, "A=1");
    strings_set(&s, "AB=2");
    strings_set(&s, "C=");
    ASSERT_BYTES(&s, "A=1\0AB=2\0C=\0");
    strings_set(&s, "A=x=y");
    ASSERT_BYTES(&s, "AB=2\0C=\0A=x=y\0");
    strings_set(&s, "C=3");
    strings_set(&s, "AB=");
    ASSERT_BYTES(&s, "A=x=y\0C=3\0AB=\0");
    strings_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),
        cmocka_unit_test(environment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
