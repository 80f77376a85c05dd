/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define ARENA_LIMIT \
    ((size_t)512 * 1024 * 1024) /* a hostile source ends here, not in the OOM killer */

struct arena_chunk {
    struct arena_chunk *next;
    size_t pad;
};

static void chunk_add(struct arena *a, size_t size_bytes)
{
    size_t n = MAX(size_bytes + sizeof(struct arena_chunk), CHUNK_BYTES);
    struct arena_chunk *c = n > ARENA_LIMIT - a->total_bytes ? NULL : malloc(n);
    if (!c)
        longjmp(a->fail, 1);
    c->next = a->chunks;
    a->chunks = c;
    a->total_bytes += n;
    a->next = (char *)(c + 1);
    a->end = (char *)c + n;
}

void *arena_alloc(struct arena *a, size_t size_bytes)
{
    size_t n = ALIGN_UP(size_bytes, (size_t)16);
    if (n < size_bytes || n > ARENA_LIMIT)
        longjmp(a->fail, 1);
    if ((size_t)(a->end - a->next) < n)
        chunk_add(a, n);
    void *p = a->next;
    a->next += n;
    return memset(p, 0, n);
}

void *arena_more(struct arena *a, void *array, size_t n, size_t *cap, size_t elem_bytes)
{
    if (n < *cap)
        return array;
    size_t want = *cap ? *cap * 2 : 8;
    void *p = arena_alloc(a, want * elem_bytes);
    if (n)
        memcpy(p, array, n * elem_bytes);
    *cap = want;
    return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    if (n)
        memcpy(p, s, n);
    return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    struct buf b = {.arena = a};
    va_list ap;
    va_start(ap, format);
    buf_vprintf(&b, format, ap);
    va_end(ap);
    return b.at;
}

void arena_free(struct arena *a)
{
    for (struct arena_chunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        free(c);
    }
    a->chunks = NULL;
    a->next = a->end = NULL;
}

static void buf_room(struct buf *b, size_t n)
{
    if (b->cap - b->n > n)
        return;
    size_t want = MAX(b->cap * 2, b->n + n + 64);
    char *p = arena_alloc(b->arena, want);
    if (b->n)
        memcpy(p, b->at, b->n);
    b->at = p;
    b->cap = want;
}

void buf_bytes(struct buf *b, const void *bytes, size_t n)
{
    buf_room(b, n);
    if (n)
        memcpy(b->at + b->n, bytes, n);
    b->n += n;
    b->at[b->n] = 0;
}

void buf_vprintf(struct buf *b, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    if (n >= 0) {
        buf_room(b, (size_t)n + 1);
        vsnprintf(b->at + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    buf_vprintf(b, format, ap);
    va_end(ap);
}
