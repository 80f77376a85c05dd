/* SPDX-License-Identifier: Apache-2.0 */
/* sendfile, splice, tee, copy_file_range: their arguments and rules. */
#include "kernel/fs/splice.h"

#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"

/* Two descriptors and the offsets in the program's memory that stand in for positions. */
struct route {
    struct file *in, *out;
    vaddr_t in_at, out_at;
    int64_t in_pos, out_pos;
};

static int offset_read(vaddr_t at, struct file *f, int64_t *pos)
{
    if (!at)
        return 0;
    if (!(f->mode & FILE_SEEK))
        return -ESPIPE;
    if (copy_from_user(pos, at, sizeof(*pos)))
        return -EFAULT;
    return *pos < 0 ? -EINVAL : 0;
}

static void route_end(struct route *r)
{
    if (r->in)
        fd_put(r->in);
    if (r->out)
        fd_put(r->out);
}

static int route_begin(struct route *r, int in, int out)
{
    r->in = fd_get_io(in);
    r->out = fd_get_io(out);
    if (r->in && r->out)
        return 0;
    route_end(r);
    return -EBADF;
}

static int route_modes(const struct route *r)
{
    return (r->in->mode & FILE_READ) && (r->out->mode & FILE_WRITE) ? 0 : -EBADF;
}

static int route_offsets(struct route *r, vaddr_t in_at, vaddr_t out_at)
{
    r->in_at = in_at;
    r->out_at = out_at;
    int err = offset_read(in_at, r->in, &r->in_pos);
    return err ? err : offset_read(out_at, r->out, &r->out_pos);
}

static int64_t *in_pos(struct route *r)
{
    return r->in_at ? &r->in_pos : NULL;
}

static int64_t *out_pos(struct route *r)
{
    return r->out_at ? &r->out_pos : NULL;
}

/* Positions back to the program, references dropped. */
static long route_finish(struct route *r, long n)
{
    if (n >= 0 && r->in_at && copy_to_user(r->in_at, &r->in_pos, sizeof(r->in_pos)))
        n = -EFAULT;
    if (n >= 0 && r->out_at && copy_to_user(r->out_at, &r->out_pos, sizeof(r->out_pos)))
        n = -EFAULT;
    route_end(r);
    return n;
}

/* ---- sendfile ---- */

static long send(struct route *r, uint64_t count)
{
    struct pipe *p = pipe_of(r->out);
    if (!(r->in->mode & FILE_SEEK) || (count && inode_is(r->in->inode, S_IFDIR)))
        return -EINVAL;
    if (!p && (r->out->flags & O_APPEND))
        return -EINVAL;
    count = MIN(count, (uint64_t)RW_COUNT_MAX);
    if (!p || !count)
        return count ? splice_copy(r->in, in_pos(r), r->out, NULL, count) : 0;
    return splice_to_pipe(r->in, in_pos(r), p, count, file_nonblock(r->out));
}

/* The source is looked at before the destination is. */
static long send_checked(struct route *r, int outfd, vaddr_t offset, uint64_t count)
{
    if (!r->in || !(r->in->mode & FILE_READ))
        return -EBADF;
    int err = offset_read(offset, r->in, &r->in_pos);
    if (err)
        return err;
    r->in_at = offset;
    r->out = fd_get_io(outfd);
    if (!r->out || !(r->out->mode & FILE_WRITE))
        return -EBADF;
    return send(r, count);
}

long sys_sendfile(int outfd, int infd, vaddr_t offset, uint64_t count)
{
    struct route r = {.in = fd_get_io(infd)};
    long n = send_checked(&r, outfd, offset, count);
    return route_finish(&r, n);
}

/* ---- splice, tee ---- */

static long splice(struct route *r, uint64_t len, uint32_t flags)
{
    struct pipe *in = pipe_of(r->in), *out = pipe_of(r->out);
    bool nonblock = flags & SPLICE_F_NONBLOCK;
    len = MIN(len, (uint64_t)RW_COUNT_MAX);
    if (in && out)
        return splice_between(in, out, len,
                              nonblock || file_nonblock(r->in) || file_nonblock(r->out));
    if (in && ((r->out->flags & O_APPEND) || (r->out->mode & FILE_NAMELESS)))
        return -EINVAL;
    if (in)
        return splice_from_pipe(in, r->out, out_pos(r), len, nonblock || file_nonblock(r->in));
    if (out)
        return splice_to_pipe(r->in, in_pos(r), out, len, nonblock || file_nonblock(r->out));
    return -EINVAL;
}

#define SPLICE_KNOWN (SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT)

long sys_splice(int infd, vaddr_t inoff, int outfd, vaddr_t outoff, uint64_t len, uint32_t flags)
{
    struct route r = {0};
    if (!len)
        return 0;
    if (flags & ~SPLICE_KNOWN)
        return -EINVAL;
    int err = route_begin(&r, infd, outfd);
    if (err)
        return err;
    long n = route_modes(&r);
    if (n)
        return route_finish(&r, n);
    if ((inoff && pipe_of(r.in)) || (outoff && pipe_of(r.out)))
        n = -ESPIPE;
    if (!n)
        n = route_offsets(&r, inoff, outoff);
    if (n == -ESPIPE && !pipe_of(r.in) && !pipe_of(r.out))
        n = -EINVAL;
    if (!n)
        n = splice(&r, len, flags);
    return route_finish(&r, n);
}

long sys_tee(int infd, int outfd, uint64_t len, uint32_t flags)
{
    struct route r = {0};
    if (flags & ~SPLICE_KNOWN)
        return -EINVAL;
    if (!len)
        return 0;
    int err = route_begin(&r, infd, outfd);
    if (err)
        return err;
    struct pipe *in = pipe_of(r.in), *out = pipe_of(r.out);
    bool nonblock = flags & SPLICE_F_NONBLOCK;
    long n = route_modes(&r);
    if (!n)
        n = in && out ? splice_tee(in, out, MIN(len, (uint64_t)RW_COUNT_MAX), nonblock) : -EINVAL;
    return route_finish(&r, n);
}

/* ---- copy_file_range ---- */

static bool overlap(const struct route *r, int64_t in, int64_t out, uint64_t len)
{
    return r->in->inode == r->out->inode && (uint64_t)out + len > (uint64_t)in &&
           (uint64_t)out < (uint64_t)in + len;
}

static int copy_kinds(const struct route *r)
{
    if (inode_is(r->in->inode, S_IFDIR) || inode_is(r->out->inode, S_IFDIR))
        return -EISDIR;
    if (!inode_is(r->in->inode, S_IFREG) || !inode_is(r->out->inode, S_IFREG))
        return -EINVAL;
    return route_modes(r) || (r->out->flags & O_APPEND) ? -EBADF : 0;
}

/* As on Linux the length is cut at the source's end before ranges are compared. */
static long copy_range(struct route *r, uint64_t len)
{
    struct linux_stat st;
    int64_t in = r->in_at ? r->in_pos : r->in->pos, out = r->out_at ? r->out_pos : r->out->pos;
    inode_stat(r->in->inode, &st);
    len = in >= st.st_size ? 0 : MIN(len, (uint64_t)(st.st_size - in));
    len = MIN(len, (uint64_t)RW_COUNT_MAX);
    if (overlap(r, in, out, len))
        return -EINVAL;
    return len ? splice_copy(r->in, in_pos(r), r->out, out_pos(r), len) : 0;
}

long sys_copy_file_range(int infd, vaddr_t inoff, int outfd, vaddr_t outoff, uint64_t len,
                         uint32_t flags)
{
    struct route r = {0};
    if (flags)
        return -EINVAL;
    int err = route_begin(&r, infd, outfd);
    if (err)
        return err;
    long n = copy_kinds(&r);
    if (!n) {
        n = route_offsets(&r, inoff, outoff);
        if (n == -EINVAL && len)
            n = -EOVERFLOW; /* a negative offset: with the length it wraps */
    }
    if (!n)
        n = copy_range(&r, len);
    return route_finish(&r, n);
}
