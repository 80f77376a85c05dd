/* SPDX-License-Identifier: Apache-2.0 */
/* splice, tee, sendfile and copy_file_range below their arguments. Two pipes are locked in the
 * order of their addresses. */
#include "kernel/fs/splice.h"

#include "abi/errno.h"
#include "kernel/arch/mmu.h"

/* ---- between files ---- */

/* One page's worth. On a short write the source's position goes back over what was not taken. */
static long copy_page(struct file *in, int64_t *inpos, struct file *out, int64_t *outpos,
                      void *page, uint64_t want)
{
    struct uio u;
    int64_t before = inpos ? *inpos : in->pos;
    uio_kernel(&u, page, MIN(want, (uint64_t)PAGE_SIZE));
    long got = file_read(in, &u, inpos);
    if (got <= 0)
        return got;
    uio_kernel(&u, page, (size_t)got);
    long put = file_write(out, &u, outpos);
    if (put < got && (in->mode & FILE_SEEK))
        *(inpos ? inpos : &in->pos) = before + MAX(put, 0L);
    return put;
}

long splice_copy(struct file *in, int64_t *inpos, struct file *out, int64_t *outpos, uint64_t n)
{
    long done = 0;
    paddr_t page = page_alloc(0, 0);
    if (!page)
        return -ENOMEM;
    while ((uint64_t)done < n) {
        uint64_t want = n - (uint64_t)done;
        long moved = copy_page(in, inpos, out, outpos, phys_to_virt(page), want);
        if (moved < 0 && !done)
            done = moved;
        if (moved <= 0)
            break;
        done += moved;
        if ((uint64_t)moved < MIN(want, (uint64_t)PAGE_SIZE))
            break;
    }
    page_put(page);
    return done;
}

/* ---- one pipe ---- */

static void woken_reader(struct pipe *p)
{
    waitq_wake(&p->read_wait, POLLIN | POLLRDNORM, 0);
}

static void woken_writer(struct pipe *p)
{
    waitq_wake(&p->write_wait, POLLOUT | POLLWRNORM, 0);
}

static long write_first_page(struct pipe *p, struct file *out, int64_t *outpos, uint64_t n)
{
    struct pipe_page *b = pipe_slot(p, p->tail);
    struct uio u;
    uio_kernel(&u, (char *)phys_to_virt(b->page) + b->offset, MIN((uint64_t)b->len, n));
    long put = file_write(out, &u, outpos);
    if (put > 0) {
        b->offset += (uint32_t)put;
        b->len -= (uint32_t)put;
        if (!b->len)
            pipe_pop_locked(p);
    }
    return put;
}

long splice_from_pipe(struct pipe *p, struct file *out, int64_t *outpos, uint64_t n, bool nonblock)
{
    long done = mutex_lock(&p->lock);
    if (done)
        return done;
    int got = pipe_wait_data_locked(p, nonblock);
    if (got < 0)
        return got;
    while ((uint64_t)done < n && !pipe_empty(p)) {
        long put = write_first_page(p, out, outpos, n - (uint64_t)done);
        if (put < 0 && !done)
            done = put;
        if (put <= 0)
            break;
        done += put;
    }
    mutex_unlock(&p->lock);
    if (done > 0)
        woken_writer(p);
    return done;
}

static long read_into_pipe(struct file *in, int64_t *inpos, struct pipe *p, uint64_t n)
{
    struct uio u;
    if (in->mode & FILE_NAMELESS)
        return -EINVAL;
    paddr_t page = page_alloc(0, 0);
    if (!page)
        return -ENOMEM;
    uio_kernel(&u, phys_to_virt(page), MIN(n, (uint64_t)PAGE_SIZE));
    long got = file_read(in, &u, inpos);
    if (got > 0)
        pipe_push_locked(p, page, 0, (uint32_t)got, false);
    else
        page_put(page);
    return got;
}

/* Waits for room once; then takes what there is while the ring has room. */
long splice_to_pipe(struct file *in, int64_t *inpos, struct pipe *p, uint64_t n, bool nonblock)
{
    long done = mutex_lock(&p->lock);
    if (done)
        return done;
    int room = pipe_wait_room_locked(p, nonblock);
    if (room < 0)
        return room;
    while (room && (uint64_t)done < n && !pipe_full(p)) {
        uint64_t want = n - (uint64_t)done;
        long got = read_into_pipe(in, inpos, p, want);
        if (got < 0 && !done)
            done = got;
        if (got <= 0)
            break;
        done += got;
        if ((uint64_t)got < MIN(want, (uint64_t)PAGE_SIZE))
            break;
    }
    mutex_unlock(&p->lock);
    if (!room)
        return pipe_broken();
    if (done > 0)
        woken_reader(p);
    return done;
}

/* ---- two pipes ---- */

static int lock_both(struct pipe *a, struct pipe *b)
{
    struct pipe *first = a < b ? a : b, *second = a < b ? b : a;
    int err = mutex_lock(&first->lock);
    if (err)
        return err;
    err = mutex_lock(&second->lock);
    if (err)
        mutex_unlock(&first->lock);
    return err;
}

static void unlock_both(struct pipe *a, struct pipe *b)
{
    mutex_unlock(&a->lock);
    mutex_unlock(&b->lock);
}

/* Put the first n bytes of page b of `in` at out's end; the page is shared by both. */
static void share_page(struct pipe *out, const struct pipe_page *b, uint32_t n)
{
    page_get(b->page);
    pipe_push_locked(out, b->page, b->offset, n, b->packet);
}

static long move_pages(struct pipe *in, struct pipe *out, uint64_t n, bool keep)
{
    uint64_t done = 0;
    for (uint32_t i = in->tail; done < n && i != in->head && !pipe_full(out); i++) {
        struct pipe_page *b = pipe_slot(in, i);
        uint32_t len = (uint32_t)MIN((uint64_t)b->len, n - done);
        share_page(out, b, len);
        done += len;
        if (keep)
            continue;
        b->offset += len;
        b->len -= len;
        if (!b->len)
            pipe_pop_locked(in);
    }
    return (long)done;
}

/* Wait, one pipe at a time, until there is something to move and room for it. 1; 0: nothing will
 * come; or an error. */
static int wait_both(struct pipe *in, struct pipe *out, bool nonblock)
{
    int err = mutex_lock(&in->lock);
    if (err)
        return err;
    int got = pipe_wait_data_locked(in, nonblock);
    if (got < 0)
        return got;
    mutex_unlock(&in->lock);
    err = mutex_lock(&out->lock);
    if (err)
        return err;
    int room = pipe_wait_room_locked(out, nonblock);
    if (room < 0)
        return room;
    mutex_unlock(&out->lock);
    return room ? got : pipe_broken();
}

static long between(struct pipe *in, struct pipe *out, uint64_t n, bool nonblock, bool keep)
{
    long done;
    if (in == out)
        return -EINVAL;
    do {
        int ready = wait_both(in, out, nonblock);
        if (ready <= 0)
            return ready;
        int err = lock_both(in, out);
        if (err)
            return err;
        done = move_pages(in, out, n, keep);
        unlock_both(in, out);
    } while (!done); /* somebody was faster */
    woken_reader(out);
    if (!keep)
        woken_writer(in);
    return done;
}

long splice_between(struct pipe *in, struct pipe *out, uint64_t n, bool nonblock)
{
    return between(in, out, n, nonblock, false);
}

long splice_tee(struct pipe *in, struct pipe *out, uint64_t n, bool nonblock)
{
    return between(in, out, n, nonblock, true);
}
