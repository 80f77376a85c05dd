/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one compilation: taken in chunks, never freed singly, all gone at the end. No
 * allocation fails at its caller: when memory ends, arena_alloc jumps to the compilation's exit
 * (arena.fail), which frees everything. */
#ifndef RTGC_ARENA_H
#define RTGC_ARENA_H

#include <setjmp.h>
#include <stdarg.h>

#include "lib/types.h"

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks;
    char *next, *end;
    size_t total_bytes;
    jmp_buf fail;
};

/* Zeroed memory, 16-aligned. Does not return when there is none, or when the compilation exceeds
 * ARENA_LIMIT. */
void *arena_alloc(struct arena *a, size_t size_bytes);

/* Room for one more of *n elements: the array that now holds them, moved when it had to grow. */
void *arena_more(struct arena *a, void *array, size_t n, size_t *cap, size_t elem_bytes);

char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
void arena_free(struct arena *a);

/* A growing array in an arena: VEC(struct ins) v; vec_push(a, &v, x); v.at[i]; v.n */
#define VEC(T)         \
    struct {           \
        T *at;         \
        size_t n, cap; \
    }
#define vec_push(a, v, x) \
    ((v)->at = arena_more(a, (v)->at, (v)->n, &(v)->cap, sizeof *(v)->at), (v)->at[(v)->n++] = (x))

/* Growing text or bytes. */
struct buf {
    struct arena *arena;
    char *at;
    size_t n, cap;
};
void buf_bytes(struct buf *b, const void *bytes, size_t n);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list ap);

#endif
