/* SPDX-License-Identifier: Apache-2.0 */
/* Moving bytes between kernel buffers and the pieces of a struct uio. */
#include "kernel/fs/uio.h"

#include "kernel/core/uaccess.h"
#include "lib/str.h"

void uio_user(struct uio *u, vaddr_t base, size_t size_bytes)
{
    u->one = (struct linux_iovec){base, size_bytes};
    u->vec = &u->one;
    u->count = 1;
    u->kernel = false;
    u->skip = 0;
    u->left = size_bytes;
}

void uio_kernel(struct uio *u, void *base, size_t size_bytes)
{
    uio_user(u, (vaddr_t)(uintptr_t)base, size_bytes);
    u->kernel = true;
}

enum direction { INTO_UIO, FROM_UIO, ZERO_UIO };

static size_t move_kernel(vaddr_t at, void *buf, size_t n, enum direction way)
{
    void *p = (void *)(uintptr_t)at;
    if (way == INTO_UIO)
        memcpy(p, buf, n);
    else if (way == FROM_UIO)
        memcpy(buf, p, n);
    else
        memset(p, 0, n);
    return n;
}

static size_t move_user(vaddr_t at, void *buf, size_t n, enum direction way)
{
    if (way == INTO_UIO)
        return copy_to_user_part(at, buf, n);
    if (way == FROM_UIO)
        return copy_from_user_part(buf, at, n);
    return clear_user(at, n) ? 0 : n;
}

static void consume(struct uio *u, size_t n)
{
    u->skip += n;
    u->left -= n;
    while (u->count > 1 && u->skip >= u->vec->len) {
        u->skip -= u->vec->len;
        u->vec++;
        u->count--;
    }
}

static size_t move(struct uio *u, void *buf, size_t size_bytes, enum direction way)
{
    size_t done = 0;
    while (done < size_bytes && u->left) {
        size_t n = MIN(MIN(size_bytes - done, u->vec->len - u->skip), u->left);
        vaddr_t at = u->vec->base + u->skip;
        char *p = way == ZERO_UIO ? NULL : (char *)buf + done;
        size_t moved = u->kernel ? move_kernel(at, p, n, way) : move_user(at, p, n, way);
        consume(u, moved);
        done += moved;
        if (moved < n)
            break;
    }
    return done;
}

size_t uio_write(struct uio *u, const void *from, size_t size_bytes)
{
    return move(u, (void *)(uintptr_t)from, size_bytes, INTO_UIO);
}

size_t uio_read(struct uio *u, void *to, size_t size_bytes)
{
    return move(u, to, size_bytes, FROM_UIO);
}

size_t uio_zero(struct uio *u, size_t size_bytes)
{
    return move(u, NULL, size_bytes, ZERO_UIO);
}
