/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cmd/svg_text.h"

static void fits(const char *path, size_t room, const char *shown)
{
    struct span s = svg_fit(svg_span(path), room);
    assert_int_equal(s.size, strlen(shown));
    assert_memory_equal(s.size ? (const char *)s.data : "", shown, s.size);
}

static void whole_elements(void **state)
{
    (void)state;
    fits("net/http", 8, "net/http");
    fits("net/http", 7, "http");
    fits("github.com/a/b/parser", 12, "a/b/parser");
    fits("github.com/a/b/parser", 6, "parser");
    fits("github.com/a/b/parser", 5, "parse");
    fits("github.com/a/b/parser", 3, "");
    fits("runtime", 4, "runt");
    fits("a/", 1, "");
    fits("", 0, "");
}

static void text(void **state)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);

    (void)state;
    svg_text(f, svg_span("a<b>&\"\n\xc3\xa9z"));
    fclose(f);
    assert_string_equal(out, "a&#60;b&#62;&#38;&#34;???z");
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_elements), cmocka_unit_test(text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
