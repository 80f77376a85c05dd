/* SPDX-License-Identifier: Apache-2.0 */
/* cmd/options.c: what each spelling on a command line means. */
#include "cmd/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

/* What the options left behind: "name=value " for each, in order. */
static char seen[256];

static int note(const char *name, const char *value)
{
    strcat(strcat(strcat(strcat(seen, name), "="), value ? value : "none"), " ");
    return 0;
}

static int set_memory(void *target, const char *value, struct error *err)
{
    (void)target;
    return strcmp(value, "bad") == 0 ? error_set(err, -EINVAL, "a bad value")
                                     : note("memory", value);
}

static int set_cpus(void *target, const char *value, struct error *err)
{
    (void)target, (void)err;
    return note("cpus", value);
}

static int set_trace(void *target, const char *value, struct error *err)
{
    (void)target, (void)err;
    return note("trace", value);
}

static int set_verbose(void *target, const char *value, struct error *err)
{
    (void)target, (void)err;
    return note("verbose", value);
}

static const struct option_spec specs[] = {
    {"-m, --memory", "SIZE", "", set_memory},
    {"-smp, --cpus", "N", "", set_cpus},
    {"--strace", "[FILE]", "", set_trace},
    {"-v, --verbose", NULL, "", set_verbose},
    {NULL, NULL, NULL, NULL},
};

static int operand;
static bool help;
static struct error err;

/* Parses the words of the line (blanks between them) behind a command name. */
static int parse(const char *line)
{
    static char text[256];
    char *argv[32] = {text};
    int argc = 0;

    strcpy(text, "command ");
    strcat(text, line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    seen[0] = '\0';
    return options_parse(specs, NULL, argc, argv, &operand, &help, &err);
}

static void good(const char *line, const char *result, int first_operand)
{
    assert_int_equal(parse(line), 0);
    assert_string_equal(seen, result);
    assert_int_equal(operand, first_operand);
}

static void bad(const char *line, const char *sentence)
{
    assert_int_equal(parse(line), -EINVAL);
    assert_string_equal(err.text, sentence);
}

static void spellings(void **state)
{
    (void)state;
    good("", "", 1);
    good("x", "", 1);
    good("-m 8M x", "memory=8M ", 3);
    good("-m8M x", "memory=8M ", 2);
    good("--memory 8M x", "memory=8M ", 3);
    good("--memory=8M x", "memory=8M ", 2);
    good("--memory= x", "memory= ", 2);
    good("-smp 4 x", "cpus=4 ", 3);
    good("--cpus=4 x", "cpus=4 ", 2);
    good("-v -m 1 --verbose x", "verbose=none memory=1 verbose=none ", 5);
}

static void optional_values(void **state)
{
    (void)state;
    good("--strace x", "trace=none ", 2);
    good("--strace=f x", "trace=f ", 2);
}

static void ends_of_options(void **state)
{
    (void)state;
    good("x -v", "", 1);
    good("-v -- -m", "verbose=none ", 3);
    good("-v -", "verbose=none ", 2);
    good("--", "", 2);
}

static void mistakes(void **state)
{
    (void)state;
    bad("--memroy=8M x", "unknown option --memroy=8M");
    bad("-x", "unknown option -x");
    bad("-m", "-m needs a value: -m SIZE");
    bad("--memory", "--memory needs a value: --memory SIZE");
    bad("--verbose=1", "--verbose takes no value");
    bad("-m bad", "a bad value");
    bad("--mem 8M", "unknown option --mem");
    bad("-smpx", "unknown option -smpx");
    bad("-, x", "unknown option -,");
}

static void help_option(void **state)
{
    (void)state;
    good("x", "", 1);
    assert_false(help);
    good("-v --help", "verbose=none ", 3);
    assert_true(help);
    good("-h", "", 2);
    assert_true(help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings),       cmocka_unit_test(optional_values),
        cmocka_unit_test(ends_of_options), cmocka_unit_test(mistakes),
        cmocka_unit_test(help_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
