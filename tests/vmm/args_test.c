/* SPDX-License-Identifier: Apache-2.0 */
/* vmm/qemu/args.c: what is quoted, a shell reads back. The shell is the oracle. */
#include "vmm/qemu/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void shell_reads_back(const char *const *words, unsigned count)
{
    struct args args = {0};
    char command[4096], expected[4096] = "", got[4096] = "";

    for (unsigned i = 0; i < count; i++) {
        args_add(&args, "%s", words[i]);
        strcat(strcat(expected, words[i]), "|");
    }
    char *quoted = args_quoted(&args);
    snprintf(command, sizeof(command), "printf '%%s|' %s", quoted);
    FILE *shell = popen(command, "r");
    got[fread(got, 1, sizeof(got) - 1, shell)] = '\0';
    assert_int_equal(pclose(shell), 0);
    assert_string_equal(got, expected);
    free(quoted);
    args_free(&args);
    assert_int_equal(args.count, 0);
}

static void quoting(void **state)
{
    static const char *const words[] = {"plain", "",     "two words", "it's", "$HOME",
                                        "`id`",  "a\"b", "*",         "a\\b", "~",
                                        "x;y",   "-m",   "new\nline"};

    (void)state;
    shell_reads_back(words, sizeof(words) / sizeof(words[0]));
}

static void overflow(void **state)
{
    struct args args = {0};

    (void)state;
    for (unsigned i = 0; i < ARGS_MAX; i++)
        args_add(&args, "%u", i);
    assert_false(args.failed);
    assert_null(args.list[ARGS_MAX]);
    args_add(&args, "one more");
    assert_true(args.failed);
    assert_null(args.list[ARGS_MAX]);
    args_free(&args);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting),
        cmocka_unit_test(overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
