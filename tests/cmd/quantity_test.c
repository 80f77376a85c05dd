/* SPDX-License-Identifier: Apache-2.0 */
/* cmd/quantity.c against tables worked out by hand. */
#include "cmd/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct line {
    const char *text;
    uint64_t value; /* 0: must be refused */
};

static void compare(const struct line *lines, size_t count, bool (*parse)(const char *, uint64_t *))
{
    for (size_t i = 0; i < count; i++) {
        uint64_t value = 0;
        bool good = parse(lines[i].text, &value);
        if (good != (lines[i].value != 0) || value != lines[i].value)
            fail_msg("\"%s\" gives %llu", lines[i].text, (unsigned long long)value);
    }
}

static void sizes(void **state)
{
    static const struct line lines[] = {
        {"1", 1048576},
        {"512", 536870912},
        {"8M", 8388608},
        {"8m", 8388608},
        {"1G", 1073741824},
        {"4096K", 4194304},
        {"8MiB", 8388608},
        {"2T", 2199023255552},
        {"0", 0},
        {"", 0},
        {"M", 0},
        {"-1", 0},
        {"+1", 0},
        {" 1", 0},
        {"1 M", 0},
        {"1.5G", 0},
        {"0x10", 0},
        {"18446744073709551616", 0},
        {"17592186044416", 0},
        {"17592186044415", 18446744073708503040u},
        {"1MM", 0},
        {"1B", 0},
        {"99999999999999999999999", 0},
    };

    (void)state;
    compare(lines, sizeof(lines) / sizeof(lines[0]), quantity_size);
}

static void processors(void **state)
{
    static const struct line lines[] = {
        {"1", 1000000},
        {"1.5", 1500000},
        {"0.25", 250000},
        {"512", 512000000},
        {"1.0", 1000000},
        {"0", 0},
        {"0.0", 0},
        {".5", 0},
        {"1.", 0},
        {"1.5x", 0},
        {"-1", 0},
        {"", 0},
        {"1e3", 0},
        {"1.5.2", 0},
        {"2,5", 0},
        {"18446744073709551615", 0},
        {"3.1234567", 3123456},
    };

    (void)state;
    compare(lines, sizeof(lines) / sizeof(lines[0]), quantity_cpus);
}

static void durations(void **state)
{
    static const struct line lines[] = {
        {"1", 1000000000},
        {"10s", 10000000000},
        {"500ms", 500000000},
        {"1.5s", 1500000000},
        {"0.001s", 1000000},
        {"2m", 120000000000},
        {"1h", 3600000000000},
        {"20us", 20000},
        {"0.5", 500000000},
        {"1.0000000019s", 1000000001},
        {"0.333333333m", 19999999980},
        {"8784h", 31622400000000000},
        {"8785h", 0},
        {"8784.5h", 0},
        {"0", 0},
        {"0.0s", 0},
        {".5s", 0},
        {"1.", 0},
        {"1.s", 0},
        {"", 0},
        {"s", 0},
        {"-1s", 0},
        {"1d", 0},
        {"1 s", 0},
        {"1e3s", 0},
        {"18446744073709551617s", 0},
    };

    (void)state;
    compare(lines, sizeof(lines) / sizeof(lines[0]), quantity_duration);
}

static bool count_to_100(const char *text, uint64_t *value)
{
    return quantity_count(text, 100, value);
}

static void counts(void **state)
{
    static const struct line lines[] = {{"1", 1}, {"100", 100}, {"007", 7}, {"101", 0},
                                        {"", 0},  {"1x", 0},    {"-1", 0},  {"two", 0}};

    (void)state;
    compare(lines, sizeof(lines) / sizeof(lines[0]), count_to_100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(processors),
        cmocka_unit_test(durations),
        cmocka_unit_test(counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
