/* SPDX-License-Identifier: Apache-2.0 */
/* lib/str.c (its names prefixed by mod.mk, so that libc's stay) and lib/fmt.c against libc. */
#include "lib/fmt.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/fake/machine.h"

void *ours_memmove(void *dst, const void *src, size_t size);
int ours_memcmp(const void *a, const void *b, size_t size);
void *ours_memchr(const void *p, int byte, size_t size);
size_t ours_strlen(const char *s);
size_t ours_strnlen(const char *s, size_t max);
int ours_strcmp(const char *a, const char *b);
int ours_strncmp(const char *a, const char *b, size_t max);
char *ours_strchr(const char *s, int c);
char *ours_strrchr(const char *s, int c);

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

/* Short strings of few different bytes, so that many are equal or prefixes of each other. */
static void random_string(char *s, size_t size)
{
    size_t n = random_below(size);

    for (size_t i = 0; i < n; i++)
        s[i] = "aab\xff"[random_below(4)];
    s[n] = 0;
}

static void strings(void **state)
{
    char a[12], b[12];

    (void)state;
    random_seed(1);
    for (unsigned i = 0; i < 20000; i++) {
        size_t n = random_below(13);
        int c = "abc\xff"[random_below(4)];
        random_string(a, sizeof(a));
        random_string(b, sizeof(b));
        assert_int_equal(ours_strlen(a), strlen(a));
        assert_int_equal(ours_strnlen(a, n), strnlen(a, n));
        assert_int_equal(sign(ours_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(ours_strncmp(a, b, n)), sign(strncmp(a, b, n)));
        assert_ptr_equal(ours_strchr(a, c), strchr(a, c));
        assert_ptr_equal(ours_strrchr(a, c), strrchr(a, c));
        assert_ptr_equal(ours_strchr(a, 0), strchr(a, 0));
        assert_ptr_equal(ours_strrchr(a, 0), strrchr(a, 0));
    }
}

static void bytes(void **state)
{
    unsigned char a[64], b[64], c[64];

    (void)state;
    random_seed(2);
    for (unsigned i = 0; i < 20000; i++) {
        size_t n = random_below(33), from = random_below(32), to = random_below(32);
        for (unsigned k = 0; k < 64; k++)
            a[k] = b[k] = c[k] = (unsigned char)(random_below(3) + 254);
        b[random_below(64)] = 7;
        assert_int_equal(sign(ours_memcmp(a, b, n)), sign(memcmp(a, b, n)));
        assert_ptr_equal(ours_memchr(b, 7 + 256, n), memchr(b, 7, n));
        memmove(a + to, a + from, n);
        ours_memmove(c + to, c + from, n);
        assert_memory_equal(a, c, 64);
    }
}

/* A random conversion specification, and the same arguments for both printers. */
static void one_format(void)
{
    static const char *const sizes[] = {"", "hh", "h", "l", "ll", "z"};
    static const long long values[] = {
        0, 1, -1, 9, 10, 255, 256, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN, 0x123456789abcdef};
    char fmt[64] = "[%", expected[256], got[256];
    unsigned conversion = (unsigned)random_below(8), size = (unsigned)random_below(6);
    long long value = values[random_below(12)];
    size_t room = random_below(40), at = 2;

    for (unsigned i = 0; i < 5; i++)
        if (random_below(4) == 0)
            fmt[at++] = "-0+ #"[i];
    if (random_below(2))
        at += (size_t)sprintf(fmt + at, "%u", (unsigned)random_below(30) + 1);
    if (random_below(3) == 0)
        at += (size_t)sprintf(fmt + at, ".%u", (unsigned)random_below(25));
    if (conversion < 6)
        at += (size_t)sprintf(fmt + at, "%s", sizes[size]);
    sprintf(fmt + at, "%c]%%%%", "diuxXocs"[conversion]);

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
    int n, m;
    if (conversion == 7) {
        n = snprintf(expected, room, fmt, "some text");
        m = fmt_print(got, room, fmt, "some text");
    } else if (conversion < 6 && size >= 3) {
        n = snprintf(expected, room, fmt, value);
        m = fmt_print(got, room, fmt, value);
    } else {
        n = snprintf(expected, room, fmt, (int)value);
        m = fmt_print(got, room, fmt, (int)value);
    }
#pragma clang diagnostic pop
    if (n != m || (room && strcmp(expected, got)))
        fail_msg("%s of %lld, room %zu: libc \"%s\" %d, ours \"%s\" %d", fmt, value, room,
                 room ? expected : "", n, room ? got : "", m);
}

static void formats(void **state)
{
    (void)state;
    random_seed(3);
    for (unsigned i = 0; i < 100000; i++)
        one_format();
}

static void format_corners(void **state)
{
    char buf[64];
    const char *volatile unknown = "%y %";

    (void)state;
    assert_int_equal(fmt_print(NULL, 0, "%d", 12345), 5);
    assert_int_equal(fmt_print(buf, sizeof(buf), "%*d|%-*d|%.*s", 5, 42, -5, 43, 2, "abc"), 14);
    assert_string_equal(buf, "   42|43   |ab");
    fmt_print(buf, sizeof(buf), "%p %s", (void *)0xffff800000001234, (char *)NULL);
    assert_string_equal(buf, "0xffff800000001234 (null)");
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wformat-nonliteral"
    fmt_print(buf, sizeof(buf), unknown, 0);
#pragma clang diagnostic pop
    assert_string_equal(buf, "%y %");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(bytes),
        cmocka_unit_test(formats),
        cmocka_unit_test(format_corners),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
