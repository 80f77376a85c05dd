/* SPDX-License-Identifier: Apache-2.0 */
/* A table of names; the oracle is what a shell's `cd /; realpath -m NAME` says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/guest_path.h"

static void finds_programs_by_name(void **state)
{
    static const struct {
        const char *name, *path;
    } cases[] = {
        {"hello", "/hello"},
        {"./hello", "/hello"},
        {"build//x/hello", "/build/x/hello"},
        {"../../x/hello", "/x/hello"},
        {"/tmp/go-build1/b001/exe/hello", "/tmp/go-build1/b001/exe/hello"},
        {"/proc/self/fd/5", "/5"},
        {"dev/x/hello", "/hello"},
        {"/developers/hello", "/developers/hello"},
    };
    char path[GUEST_PATH_BYTES];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        guest_path(path, cases[i].name);
        assert_string_equal(path, cases[i].path);
    }
}

static void falls_back_when_too_long(void **state)
{
    char name[400], path[GUEST_PATH_BYTES];

    (void)state;
    memset(name, 'a', sizeof(name));
    memcpy(name + sizeof(name) - 7, "/hello", 7);
    guest_path(path, name);
    assert_string_equal(path, "/hello");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_programs_by_name),
        cmocka_unit_test(falls_back_when_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
