/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/literal.h"

#include <string.h>

#define MAX_WIDE_DIGITS_GUARD \
    ((wide_t)1 << 120) /* a literal above this is too large for anything */

static void complain(struct scanner *s, const char *at, const char *what)
{
    unit_error(s->unit, s->file->start + (srcpos_t)(at - s->file->text), "%s", what);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool number_char(char c)
{
    return digit(c) < 16 || c == '_' || c == 'x' || c == 'X' || c == 'o' || c == 'O' || c == '.' ||
           c == 'p' || c == 'P' || c == 'i';
}

/* The base a prefix asks for; *at is moved behind the prefix. */
static int base_prefix(const char **at, const char *end)
{
    if (end - *at < 2 || **at != '0')
        return 10;
    switch ((*at)[1] | 0x20) {
    case 'x':
        *at += 2;
        return 16;
    case 'o':
        *at += 2;
        return 8;
    case 'b':
        *at += 2;
        return 2;
    default:
        *at += 1;
        return 8;
    }
}

/* The value of the digits from `at` to `end`; NULL, or what is wrong. */
static const char *digits_value(const char *at, const char *end, int base, bool prefixed,
                                wide_t *out)
{
    wide_t v = 0;
    bool after_digit = prefixed; /* "0x_1" is allowed, "1__0" and "1_" are not */
    int n = 0;
    for (; at < end; at++) {
        if (*at == '_') {
            if (!after_digit)
                return "'_' must separate successive digits";
            after_digit = false;
            continue;
        }
        int d = digit(*at);
        if (d >= base)
            return base == 8 ? "invalid digit in octal literal"
                             : "invalid digit in integer literal";
        if (v > MAX_WIDE_DIGITS_GUARD)
            return "integer literal is too large";
        v = v * base + d;
        after_digit = true;
        n++;
    }
    if (n == 0)
        return "integer literal has no digits";
    *out = v;
    return after_digit ? NULL : "'_' must separate successive digits";
}

void scan_number(struct scanner *s, struct token *t)
{
    const char *start = s->at, *digits = start;
    bool hex = s->end - start > 1 && start[0] == '0' && (start[1] | 0x20) == 'x';
    bool is_float = false;
    t->kind = TOK_INT;
    for (; s->at < s->end && number_char(*s->at); s->at++) {
        char c = *s->at | 0x20;
        is_float |= *s->at == '.' || c == 'p' || c == 'i' || (c == 'e' && !hex);
        if (is_float && (c == 'e' || c == 'p') && s->end - s->at > 1 &&
            (s->at[1] == '+' || s->at[1] == '-'))
            s->at++;
    }
    if (is_float) {
        complain(s, start, "there are no floating-point or imaginary numbers in RTG");
        return;
    }
    int base = base_prefix(&digits, s->at);
    bool legacy_zero = base == 8 && digits == start + 1;
    const char *wrong = digits == s->at && legacy_zero
                            ? NULL
                            : digits_value(digits, s->at, base, digits != start, &t->value);
    if (wrong)
        complain(s, start, wrong);
}

/* UTF-8 of a code point; returns its length. */
static size_t utf8_encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
    return n;
}

/* A code point from UTF-8 at s->at; bytes that are not UTF-8 count singly, as U+FFFD. */
static uint32_t utf8_decode(struct scanner *s)
{
    uint8_t c = (uint8_t)*s->at++;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    if (c < 0x80)
        return c;
    if (!more || s->end - s->at < more)
        return 0xfffd;
    uint32_t v = c & (0x3f >> more);
    for (int i = 0; i < more; i++)
        v = v << 6 | ((uint8_t)s->at[i] & 0x3f);
    s->at += more;
    return v;
}

struct escape {
    uint32_t value;
    bool is_byte; /* \x and octal escapes give one byte, \u and \U give UTF-8 */
};

static bool escape_digits(struct scanner *s, int base, int count, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (s->at >= s->end || digit(*s->at) >= base)
            return false;
        *value = *value * (uint32_t)base + (uint32_t)digit(*s->at++);
    }
    return true;
}

static bool code_point_ok(uint32_t c)
{
    return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

/* An escape; s->at stands behind the backslash. */
static bool scan_escape(struct scanner *s, char quote, struct escape *e)
{
    static const char letters[] = "abfnrtv\\", values[] = "\a\b\f\n\r\t\v\\";
    *e = (struct escape){0};
    char c = s->at < s->end ? *s->at : 0;
    const char *simple = c ? strchr(letters, c) : NULL;
    if (simple || c == quote) {
        s->at++;
        e->value = (uint8_t)(simple ? values[simple - letters] : quote);
        return true;
    }
    if (c >= '0' && c <= '7') {
        e->is_byte = true;
        return escape_digits(s, 8, 3, &e->value) && e->value < 256;
    }
    if (c != 'x' && c != 'u' && c != 'U')
        return false;
    s->at++;
    e->is_byte = c == 'x';
    return escape_digits(s, 16,
                         c == 'x'   ? 2
                         : c == 'u' ? 4
                                    : 8,
                         &e->value) &&
           (e->is_byte || code_point_ok(e->value));
}

static void string_escape(struct scanner *s, struct buf *b)
{
    struct escape e;
    char utf8[4];
    const char *start = s->at++;
    if (!scan_escape(s, '"', &e)) {
        complain(s, start, "unknown escape");
        return;
    }
    utf8[0] = (char)e.value;
    buf_bytes(b, utf8, e.is_byte ? 1 : utf8_encode(e.value, utf8));
}

static void raw_string(struct scanner *s, struct buf *b)
{
    const char *start = s->at++;
    while (s->at < s->end && *s->at != '`') {
        if (*s->at != '\r')
            buf_bytes(b, s->at, 1);
        s->at++;
    }
    if (s->at >= s->end)
        complain(s, start, "string not terminated");
    else
        s->at++;
}

static void quoted_string(struct scanner *s, struct buf *b)
{
    const char *start = s->at++;
    while (s->at < s->end && *s->at != '"' && *s->at != '\n') {
        if (*s->at == '\\') {
            string_escape(s, b);
            continue;
        }
        const char *run = s->at;
        while (s->at < s->end && *s->at != '"' && *s->at != '\n' && *s->at != '\\')
            s->at++;
        buf_bytes(b, run, (size_t)(s->at - run));
    }
    if (s->at < s->end && *s->at == '"')
        s->at++;
    else
        complain(s, start, "newline in string");
}

void scan_string(struct scanner *s, struct token *t)
{
    struct buf b = {.arena = &s->unit->arena};
    t->kind = TOK_STRING;
    if (*s->at == '`')
        raw_string(s, &b);
    else
        quoted_string(s, &b);
    t->str = b.at ? b.at : "";
    t->str_bytes = b.n;
}

void scan_char(struct scanner *s, struct token *t)
{
    const char *start = s->at++;
    struct escape e = {0};
    bool ok = s->at < s->end && *s->at != '\'' && *s->at != '\n';
    t->kind = TOK_CHAR;
    if (ok && *s->at == '\\') {
        s->at++;
        ok = scan_escape(s, '\'', &e);
    } else if (ok) {
        e.value = utf8_decode(s);
    }
    t->value = e.value;
    if (ok && s->at < s->end && *s->at == '\'') {
        s->at++;
        return;
    }
    complain(s, start, "character literal must be one character between single quotes");
    while (s->at < s->end && *s->at != '\n' && *s->at != '\'')
        s->at++;
    if (s->at < s->end && *s->at == '\'')
        s->at++;
}
