/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting into a buffer: a parser of conversions over a writer that counts what no longer fits.
 */
#include "lib/fmt.h"
#include "lib/str.h"

struct writer {
    char *buf;
    size_t size, length;
};

struct spec {
    bool left, zero, plus, space, alternate, upper;
    int width, precision; /* precision < 0: none given */
    int size;             /* bytes of an integer argument */
    char conversion;
};

static void put(struct writer *w, char c)
{
    if (w->length + 1 < w->size)
        w->buf[w->length] = c;
    w->length++;
}

static void put_repeated(struct writer *w, char c, int n)
{
    for (; n > 0; n--)
        put(w, c);
}

static void put_bytes(struct writer *w, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(w, s[i]);
}

static void put_string(struct writer *w, const struct spec *f, const char *s)
{
    if (!s)
        s = "(null)";
    int n = (int)strnlen(s, f->precision < 0 ? (size_t)INT32_MAX : (size_t)f->precision);

    put_repeated(w, ' ', f->left ? 0 : f->width - n);
    put_bytes(w, s, (size_t)n);
    put_repeated(w, ' ', f->left ? f->width - n : 0);
}

/* Digits of v from the end of buf backwards; returns the first. */
static char *digits(char *end, uint64_t v, unsigned base, bool upper)
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (; v; v /= base)
        *--end = alphabet[v % base];
    return end;
}

/* Prefix (sign or 0x), zeros up to the precision or width, digits. */
static void put_number(struct writer *w, const struct spec *f, uint64_t v, unsigned base,
                       const char *prefix)
{
    char buf[24];
    char *end = buf + sizeof(buf), *d = digits(end, v, base, f->upper);
    int n = (int)(end - d), sign = (int)strlen(prefix);
    int zeros = f->precision < 0 ? (n == 0) : f->precision - n;

    if (base == 8 && f->alternate && zeros <= 0)
        zeros = n || f->precision == 0;
    if (f->zero && !f->left && f->precision < 0 && zeros < f->width - sign - n)
        zeros = f->width - sign - n;
    zeros = MAX(zeros, 0);
    put_repeated(w, ' ', f->left ? 0 : f->width - sign - zeros - n);
    put_bytes(w, prefix, (size_t)sign);
    put_repeated(w, '0', zeros);
    put_bytes(w, d, (size_t)n);
    put_repeated(w, ' ', f->left ? f->width - sign - zeros - n : 0);
}

static uint64_t truncate_to(uint64_t v, int size)
{
    return size >= 8 ? v : v & ((UINT64_C(1) << 8 * size) - 1);
}

static void put_signed(struct writer *w, const struct spec *f, int64_t v)
{
    v = (int64_t)(truncate_to((uint64_t)v, f->size) << (64 - 8 * f->size)) >> (64 - 8 * f->size);
    uint64_t magnitude = v < 0 ? -(uint64_t)v : (uint64_t)v;

    put_number(w, f, magnitude, 10, v < 0 ? "-" : f->plus ? "+" : f->space ? " " : "");
}

static void put_unsigned(struct writer *w, const struct spec *f, uint64_t v)
{
    unsigned base = f->conversion == 'u' ? 10 : f->conversion == 'o' ? 8 : 16;
    bool prefixed = f->alternate && base == 16 && v;

    put_number(w, f, v, base, !prefixed ? "" : f->upper ? "0X" : "0x");
}

static const char *parse_flags(struct spec *f, const char *p)
{
    for (;; p++) {
        switch (*p) {
        case '-':
            f->left = true;
            break;
        case '0':
            f->zero = true;
            break;
        case '+':
            f->plus = true;
            break;
        case ' ':
            f->space = true;
            break;
        case '#':
            f->alternate = true;
            break;
        default:
            return p;
        }
    }
}

static const char *parse_count(int *n, const char *p, va_list *ap)
{
    if (*p == '*') {
        *n = va_arg(*ap, int);
        return p + 1;
    }
    for (*n = 0; *p >= '0' && *p <= '9'; p++)
        *n = *n < 100000 ? *n * 10 + (*p - '0') : *n;
    return p;
}

static const char *parse_size(struct spec *f, const char *p)
{
    f->size = sizeof(int);
    for (;; p++) {
        switch (*p) {
        case 'h':
            f->size = f->size == 2 ? 1 : 2;
            break;
        case 'l':
        case 'z':
        case 't':
        case 'j':
            f->size = 8;
            break;
        default:
            return p;
        }
    }
}

static const char *parse_spec(struct spec *f, const char *p, va_list *ap)
{
    *f = (struct spec){.precision = -1};
    p = parse_flags(f, p);
    p = parse_count(&f->width, p, ap);
    if (f->width < 0) {
        f->left = true;
        f->width = -f->width;
    }
    if (*p == '.')
        p = parse_count(&f->precision, p + 1, ap);
    p = parse_size(f, p);
    f->conversion = *p;
    f->upper = *p == 'X';
    return *p ? p + 1 : p;
}

static uint64_t integer_arg(const struct spec *f, va_list *ap)
{
    return f->size == 8 ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned);
}

/* One conversion; false when there is no such. */
static bool convert(struct writer *w, struct spec *f, va_list *ap)
{
    switch (f->conversion) {
    case 'd':
    case 'i':
        put_signed(w, f, (int64_t)integer_arg(f, ap));
        return true;
    case 'u':
    case 'o':
    case 'x':
    case 'X':
        put_unsigned(w, f, truncate_to(integer_arg(f, ap), f->size));
        return true;
    case 'p':
        put_number(w, f, (uintptr_t)va_arg(*ap, void *), 16, "0x");
        return true;
    case 'c':
        put_repeated(w, ' ', f->left ? 0 : f->width - 1);
        put(w, (char)va_arg(*ap, int));
        put_repeated(w, ' ', f->left ? f->width - 1 : 0);
        return true;
    case 's':
        put_string(w, f, va_arg(*ap, const char *));
        return true;
    case '%':
        put(w, '%');
        return true;
    default:
        return false;
    }
}

int fmt_vprint(char *buf, size_t size_bytes, const char *fmt, va_list args)
{
    struct writer w = {buf, size_bytes, 0};
    struct spec f;
    va_list ap;

    va_copy(ap, args);
    while (*fmt) {
        const char *start = fmt++;
        if (*start == '%') {
            fmt = parse_spec(&f, fmt, &ap);
            if (convert(&w, &f, &ap))
                continue;
        }
        put_bytes(&w, start, (size_t)(fmt - start));
    }
    va_end(ap);
    if (size_bytes)
        buf[MIN(w.length, size_bytes - 1)] = 0;
    return (int)w.length;
}

int fmt_print(char *buf, size_t size_bytes, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int n = fmt_vprint(buf, size_bytes, fmt, ap);
    va_end(ap);
    return n;
}
