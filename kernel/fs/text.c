/* SPDX-License-Identifier: Apache-2.0 */
/* Growing text. */
#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/pseudo.h"
#include "lib/fmt.h"
#include "lib/str.h"

static bool room(struct text *t, size_t more)
{
    if (t->err)
        return false;
    if (t->size - t->used > more)
        return true;
    size_t size = MAX(t->size * 2, ALIGN_UP(t->used + more + 1, (size_t)512));
    char *buf = kmalloc(size);
    if (!buf) {
        t->err = -ENOMEM;
        return false;
    }
    if (t->used)
        memcpy(buf, t->buf, t->used);
    kfree(t->buf);
    t->buf = buf;
    t->size = size;
    return true;
}

void text_bytes(struct text *t, const void *bytes, size_t size_bytes)
{
    if (!room(t, size_bytes))
        return;
    memcpy(t->buf + t->used, bytes, size_bytes);
    t->used += size_bytes;
    t->buf[t->used] = 0;
}

void text_add(struct text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = fmt_vprint(NULL, 0, fmt, ap);
    va_end(ap);
    if (!room(t, (size_t)n))
        return;
    va_start(ap, fmt);
    fmt_vprint(t->buf + t->used, (size_t)n + 1, fmt, ap);
    va_end(ap);
    t->used += (size_t)n;
}
