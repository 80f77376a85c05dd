/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and bytes for freestanding code. memcpy and memset are each machine's own, in assembly.
 */
#include "lib/str.h"

/* Names in parentheses are the functions, not the macros of str.h. */

void *memmove(void *dst, const void *src, size_t size)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    if ((uintptr_t)d - (uintptr_t)s >= size && (uintptr_t)s - (uintptr_t)d >= size)
        return memcpy(dst, src, size);
    if (d < s)
        for (size_t i = 0; i < size; i++)
            d[i] = s[i];
    else
        while (size--)
            d[size] = s[size];
    return dst;
}

int(memcmp)(const void *a, const void *b, size_t size)
{
    const uint8_t *x = a, *y = b;

    /* Most comparisons are of equal bytes: skip those by the word. */
    for (uint64_t v, w; size >= sizeof(v); size -= sizeof(v), x += sizeof(v), y += sizeof(v)) {
        memcpy(&v, x, sizeof(v));
        memcpy(&w, y, sizeof(w));
        if (v != w)
            break;
    }
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}

void *memchr(const void *p, int byte, size_t size)
{
    for (const uint8_t *s = p; size; size--, s++)
        if (*s == (uint8_t)byte)
            return (void *)s;
    return NULL;
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

size_t(strlen)(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max; max--, a++, b++)
        if (*a != *b || !*a)
            return (uint8_t)*a - (uint8_t)*b;
    return 0;
}

int strcmp(const char *a, const char *b)
{
    for (; *a && *a == *b; a++)
        b++;
    return (uint8_t)*a - (uint8_t)*b;
}

char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)s;
        if (!*s)
            return NULL;
    }
}

char *strrchr(const char *s, int c)
{
    for (const char *p = s + strlen(s);; p--) {
        if (*p == (char)c)
            return (char *)p;
        if (p == s)
            return NULL;
    }
}
