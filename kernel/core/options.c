/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/options.h"
#include "kernel/core/payload.h"
#include "lib/str.h"

static const char *bootargs = "";
static uint64_t in_payload; /* the bits of all keys that are: most of those asked for aren't */

static uint64_t key_bit(const char *key)
{
    return UINT64_C(1) << ((key[0] * 5 + key[1]) & 63);
}

static void note_payload(void)
{
    size_t size;
    const char *p = payload_item(PAYLOAD_OPTIONS, &size);
    if (!p)
        return;
    for (const char *end = p + size; p < end; p++) {
        const char *nul = memchr(p, 0, (size_t)(end - p));
        if (!nul)
            break;
        in_payload |= *p ? key_bit(p) : 0;
        p = nul;
    }
}

void options_init(const char *args)
{
    bootargs = args;
    note_payload();
}

/* The value if `word` (len bytes) is key=..., else NULL. */
static const char *match(const char *word, size_t len, const char *key)
{
    size_t n = strlen(key);
    return len > n && word[n] == '=' && !memcmp(word, key, n) ? word + n + 1 : NULL;
}

static const char *find_bootarg(const char *key, size_t *len)
{
    for (const char *p = bootargs; *p;) {
        size_t n = 0;
        while (p[n] && p[n] != ' ')
            n++;
        const char *v = match(p, n, key);
        if (v) {
            *len = (size_t)(p + n - v);
            return v;
        }
        p += n + (p[n] == ' ');
    }
    return NULL;
}

static const char *find_payload(const char *key, unsigned nth, size_t *len)
{
    size_t size;
    const char *p = payload_item(PAYLOAD_OPTIONS, &size);
    if (!p)
        return NULL;
    for (const char *end = p + size; p < end && in_payload & key_bit(key);) {
        const char *nul = memchr(p, 0, (size_t)(end - p));
        if (!nul)
            break;
        const char *v = match(p, (size_t)(nul - p), key);
        if (v && !nth--) {
            *len = (size_t)(nul - v);
            return v;
        }
        p = nul + 1;
    }
    return NULL;
}

static bool copy_value(const char *v, size_t len, char *value, size_t size_bytes)
{
    len = v ? MIN(len, size_bytes - 1) : 0;
    if (v)
        memcpy(value, v, len);
    value[len] = 0;
    return v != NULL;
}

bool option_copy(const char *key, char *value, size_t size_bytes)
{
    size_t len = 0;
    const char *v = find_bootarg(key, &len);
    if (!v)
        v = find_payload(key, 0, &len);
    return copy_value(v, len, value, size_bytes);
}

bool option_copy_nth(const char *key, unsigned n, char *value, size_t size_bytes)
{
    size_t len = 0;
    const char *v = find_payload(key, n, &len);
    return copy_value(v, len, value, size_bytes);
}

uint64_t option_number(const char *key, uint64_t otherwise)
{
    char value[24];
    uint64_t n = 0;
    if (!option_copy(key, value, sizeof value) || !value[0])
        return otherwise;
    for (const char *p = value; *p; p++) {
        if (*p < '0' || *p > '9')
            return otherwise;
        n = n * 10 + (uint64_t)(*p - '0');
    }
    return n;
}

bool option_is(const char *key, const char *value)
{
    char have[64];
    return option_copy(key, have, sizeof have) && !strcmp(have, value);
}
