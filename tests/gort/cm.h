/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmocka with what it wants included before it. With GORT_PLAIN, for machines that cmocka isn't
 * installed for, the few words that these tests use.
 */
#ifndef TESTS_GORT_CM_H
#define TESTS_GORT_CM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifndef GORT_PLAIN
#include <cmocka.h>
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*fn)(void **);
};

#define cmocka_unit_test(f) \
    {                       \
#f, f               \
    }
#define assert_true(x)                                                        \
    do {                                                                      \
        if (!(x)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #x); \
            abort();                                                          \
        }                                                                     \
    } while (0)
#define assert_false(x)                     assert_true(!(x))
#define assert_null(x)                      assert_true((x) == NULL)
#define assert_non_null(x)                  assert_true((x) != NULL)
#define assert_int_equal(a, b)              assert_true((long long)(a) == (long long)(b))
#define assert_ptr_equal(a, b)              assert_true((a) == (b))
#define assert_string_equal(a, b)           assert_true(strcmp(a, b) == 0)
#define cmocka_run_group_tests(tests, a, b) plain_run(tests, sizeof(tests) / sizeof((tests)[0]))

static inline int plain_run(const struct CMUnitTest *tests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        void *state = NULL;
        tests[i].fn(&state);
        printf("ok %s\n", tests[i].name);
        fflush(stdout);
    }
    return 0;
}
#endif

#endif
