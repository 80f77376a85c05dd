/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/quantity.h"

#include <string.h>

#define NS_MAX (366ull * 24 * 3600 * 1000000000ull)

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit *unit_find(const struct unit *units, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(units[i].name, name) == 0)
            return &units[i];
    return NULL;
}

/* Digits at *text, moved over; false if there are none or they do not fit. */
static bool take_digits(const char **text, uint64_t *value)
{
    const char *at = *text;

    *value = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*at - '0'), value))
            return false;
    bool found = at != *text;
    *text = at;
    return found;
}

bool quantity_count(const char *text, uint64_t max, uint64_t *count)
{
    uint64_t value;

    if (!take_digits(&text, &value) || *text != '\0' || value > max)
        return false;
    *count = value;
    return true;
}

bool quantity_size(const char *text, uint64_t *bytes)
{
    static const struct unit units[] = {
        {"", 1 << 20},    {"K", 1 << 10},   {"M", 1 << 20},    {"G", 1 << 30},
        {"k", 1 << 10},   {"m", 1 << 20},   {"g", 1 << 30},    {"KiB", 1 << 10},
        {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"T", 1ull << 40},
    };
    uint64_t value;

    if (!take_digits(&text, &value))
        return false;
    const struct unit *unit = unit_find(units, ARRAY_SIZE(units), text);
    if (!unit || value == 0 || __builtin_mul_overflow(value, unit->factor, &value))
        return false;
    *bytes = value;
    return true;
}

/* The digits behind a decimal point, as parts of factor; what is finer than the ninth digit is
 * dropped. */
static uint64_t take_fraction(const char **text, uint64_t factor)
{
    uint64_t parts = 0, scale = 1;

    for (; **text >= '0' && **text <= '9'; (*text)++) {
        if (scale < 1000000000) {
            scale *= 10;
            parts = parts * 10 + (uint64_t)(**text - '0');
        }
    }
    return (uint64_t)((unsigned __int128)parts * factor / scale);
}

bool quantity_duration(const char *text, uint64_t *ns)
{
    static const struct unit units[] = {
        {"", 1000000000}, {"s", 1000000000},         {"ms", 1000000},
        {"us", 1000},     {"m", 60 * 1000000000ull}, {"h", 3600 * 1000000000ull},
    };
    uint64_t whole;

    if (!take_digits(&text, &whole))
        return false;
    const char *fraction = *text == '.' ? text + 1 : NULL;
    if (fraction)
        text = fraction + strspn(fraction, "0123456789");
    if (fraction && text == fraction)
        return false;
    const struct unit *unit = unit_find(units, ARRAY_SIZE(units), text);
    if (!unit || whole > NS_MAX / unit->factor)
        return false;
    uint64_t value = whole * unit->factor + (fraction ? take_fraction(&fraction, unit->factor) : 0);
    if (value == 0 || value > NS_MAX)
        return false;
    *ns = value;
    return true;
}

bool quantity_cpus(const char *text, uint64_t *millionths)
{
    uint64_t value;

    if (!take_digits(&text, &value) || __builtin_mul_overflow(value, 1000000, &value))
        return false;
    if (*text == '.') {
        const char *fraction = ++text;
        if (__builtin_add_overflow(value, take_fraction(&text, 1000000), &value) ||
            text == fraction)
            return false;
    }
    if (*text || !value)
        return false;
    *millionths = value;
    return true;
}
