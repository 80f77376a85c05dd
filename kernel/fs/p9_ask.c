/* SPDX-License-Identifier: Apache-2.0 */
/* One function for each thing that a 9P server can be asked. */
#include "kernel/fs/p9.h"

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "lib/str.h"

#define DATA_MAX      (256u << 10)
#define QID_BYTES     13u
#define ATTR_BYTES    160u
#define STATFS_BYTES  67u
#define SETATTR_BYTES 56u
#define ANSWER_BYTES  32u /* enough for answers of a qid or less */

/* A call that begins with this fid; NULL: no memory. */
static struct p9_call *about(struct p9_fid *fid, enum p9_type type, size_t more_bytes,
                             size_t in_bytes)
{
    struct p9_call *c = p9_call_new(fid->session, type, 4 + more_bytes, in_bytes);
    if (c)
        p9_put(c, fid->number, 4);
    return c;
}

/* One that goes on with a name. */
static struct p9_call *about_name(struct p9_fid *dir, const struct name *n, enum p9_type type,
                                  size_t more_bytes, size_t in_bytes)
{
    struct p9_call *c = about(dir, type, 2 + n->len + more_bytes, in_bytes);
    if (c)
        p9_put_name(c, n->s, n->len);
    return c;
}

/* One that goes on with a place in a file or directory and how much there. */
static struct p9_call *about_bytes(struct p9_fid *fid, enum p9_type type, uint64_t offset,
                                   uint32_t bytes, size_t in_bytes)
{
    struct p9_call *c = about(fid, type, 12, in_bytes);
    if (c) {
        p9_put(c, offset, 8);
        p9_put(c, bytes, 4);
    }
    return c;
}

/* Send, wait and free a call whose answer says nothing but whether it worked. */
static int finish(struct p9_call *c)
{
    int err = p9_ask(c);
    p9_call_free(c);
    return err;
}

/* ---- beginning ---- */

static int agree(struct p9_session *s)
{
    struct p9_call *c = p9_call_new(s, P9_TVERSION, 32, 64);
    if (!c)
        return -ENOMEM;
    p9_put(c, DATA_MAX + P9_IO_HEADER, 4);
    p9_put_name(c, P9_VERSION, sizeof(P9_VERSION) - 1);
    int err = p9_ask(c);
    uint64_t size = err ? 0 : p9_get(c, 4), len = err ? 0 : p9_get(c, 2);
    bool same = !c->bad && len == sizeof(P9_VERSION) - 1 && (size_t)(c->in_end - c->get) >= len &&
                !memcmp(c->get, P9_VERSION, len);
    p9_call_free(c);
    if (err || !same || size < PAGE_SIZE + P9_IO_HEADER)
        return err ? err : -EPROTO;
    s->data_max = ALIGN_DOWN((uint32_t)MIN(size - P9_IO_HEADER, DATA_MAX), PAGE_SIZE);
    return 0;
}

static int attach(struct p9_session *s, struct p9_fid *root, struct p9_qid *qid)
{
    static const char user[] = "root";
    struct p9_call *c = p9_call_new(s, P9_TATTACH, 32, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, root->number, 4);
    p9_put(c, P9_NOFID, 4);
    p9_put_name(c, user, sizeof(user) - 1);
    p9_put_name(c, "", 0);
    p9_put(c, 0, 4);
    int err = p9_ask(c);
    if (!err)
        p9_get_qid(c, qid);
    err = err ? err : c->bad ? -EIO : 0;
    p9_call_free(c);
    return err;
}

int p9_attach(struct p9_session *s, struct p9_channel *channel, struct p9_fid **root,
              struct p9_qid *qid)
{
    *s = (struct p9_session){.channel = channel};
    waitq_init(&s->tag_free);
    int err = agree(s);
    struct p9_fid *fid = err ? NULL : p9_fid_new(s);
    if (!fid)
        return err ? err : -ENOMEM;
    err = attach(s, fid, qid);
    if (err)
        p9_fid_drop(fid);
    else
        *root = fid;
    return err;
}

/* ---- names to fids ---- */

static int walk(struct p9_fid *dir, const struct name *n, struct p9_fid *fid, struct p9_qid *qid)
{
    struct p9_call *c = about(dir, P9_TWALK, 8 + (n ? n->len : 0), P9_HEADER_BYTES + 2 + QID_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, fid->number, 4);
    p9_put(c, n ? 1 : 0, 2);
    if (n)
        p9_put_name(c, n->s, n->len);
    int err = p9_ask(c);
    if (!err && p9_get(c, 2) != (n ? 1 : 0))
        err = n ? -ENOENT : -EIO;
    if (!err && n)
        p9_get_qid(c, qid);
    if (!err && c->bad)
        err = -EIO;
    p9_call_free(c);
    return err;
}

int p9_walk(struct p9_fid *dir, const struct name *n, struct p9_fid **fid, struct p9_qid *qid)
{
    struct p9_fid *made = p9_fid_new(dir->session);
    if (!made)
        return -ENOMEM;
    int err = walk(dir, n, made, qid);
    if (err)
        p9_fid_drop(made);
    else
        *fid = made;
    return err;
}

int p9_open(struct p9_fid *fid, uint32_t flags)
{
    struct p9_call *c = about(fid, P9_TLOPEN, 4, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, flags, 4);
    return finish(c);
}

int p9_create(struct p9_fid *fid, const struct name *n, uint32_t flags, uint32_t mode, uint32_t gid)
{
    struct p9_call *c = about_name(fid, n, P9_TLCREATE, 12, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, flags, 4);
    p9_put(c, mode & S_IALLUGO, 4);
    p9_put(c, gid, 4);
    return finish(c);
}

/* ---- attributes ---- */

/* A time as the server tells it, cut to what fits. */
static int64_t get_time(struct p9_call *c)
{
    int64_t seconds = (int64_t)p9_get(c, 8), ns = (int64_t)(p9_get(c, 8) % NS_PER_SEC), sum;
    if (__builtin_mul_overflow(seconds, NS_PER_SEC, &sum) || __builtin_add_overflow(sum, ns, &sum))
        return seconds < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static void get_attr(struct p9_call *c, struct p9_attr *a)
{
    p9_get(c, 8); /* which of them are valid: the basic ones always */
    p9_get_qid(c, &a->qid);
    a->mode = (uint32_t)p9_get(c, 4);
    a->uid = (uint32_t)p9_get(c, 4);
    a->gid = (uint32_t)p9_get(c, 4);
    a->nlink = p9_get(c, 8);
    a->rdev = p9_get(c, 8);
    a->size = p9_get(c, 8);
    p9_get(c, 8); /* block size */
    a->blocks = p9_get(c, 8);
    a->atime_ns = get_time(c);
    a->mtime_ns = get_time(c);
    a->ctime_ns = get_time(c);
}

int p9_getattr(struct p9_fid *fid, struct p9_attr *a)
{
    struct p9_call *c = about(fid, P9_TGETATTR, 8, ATTR_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, P9_GETATTR_BASIC, 8);
    int err = p9_ask(c);
    if (!err)
        get_attr(c, a);
    if (!err && (c->bad || a->size > INT64_MAX))
        err = -EIO;
    p9_call_free(c);
    return err;
}

static void put_time(struct p9_call *c, int64_t ns)
{
    int64_t seconds = ns / NS_PER_SEC, rest = ns % NS_PER_SEC;
    p9_put(c, (uint64_t)(rest < 0 ? seconds - 1 : seconds), 8);
    p9_put(c, (uint64_t)(rest < 0 ? rest + NS_PER_SEC : rest), 8);
}

static int setattr(struct p9_fid *fid, uint32_t valid, const struct attr *a, int64_t size)
{
    struct p9_call *c = about(fid, P9_TSETATTR, SETATTR_BYTES, P9_ERROR_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, valid, 4);
    p9_put(c, a->mode & S_IALLUGO, 4);
    p9_put(c, a->uid, 4);
    p9_put(c, a->gid, 4);
    p9_put(c, (uint64_t)size, 8);
    put_time(c, a->atime_ns);
    put_time(c, a->mtime_ns);
    return finish(c);
}

int p9_setattr(struct p9_fid *fid, const struct attr *a)
{
    uint32_t valid = 0;
    valid |= a->valid & ATTR_MODE ? P9_SET_MODE : 0u;
    valid |= a->valid & ATTR_UID ? P9_SET_UID : 0u;
    valid |= a->valid & ATTR_GID ? P9_SET_GID : 0u;
    valid |= a->valid & ATTR_ATIME ? P9_SET_ATIME | P9_SET_ATIME_TO : 0u;
    valid |= a->valid & ATTR_MTIME ? P9_SET_MTIME | P9_SET_MTIME_TO : 0u;
    return setattr(fid, valid, a, 0);
}

int p9_setsize(struct p9_fid *fid, int64_t size)
{
    return setattr(fid, P9_SET_SIZE, &(struct attr){0}, size);
}

int p9_statfs(struct p9_fid *fid, struct linux_statfs *st)
{
    struct p9_call *c = about(fid, P9_TSTATFS, 0, STATFS_BYTES);
    if (!c)
        return -ENOMEM;
    int err = p9_ask(c);
    if (!err) {
        p9_get(c, 4); /* what kind it is at the host */
        st->f_bsize = st->f_frsize = (int64_t)p9_get(c, 4);
        st->f_blocks = p9_get(c, 8);
        st->f_bfree = p9_get(c, 8);
        st->f_bavail = p9_get(c, 8);
        st->f_files = p9_get(c, 8);
        st->f_ffree = p9_get(c, 8);
    }
    p9_call_free(c);
    return err;
}

int p9_fsync(struct p9_fid *fid, bool data_only)
{
    struct p9_call *c = about(fid, P9_TFSYNC, 4, P9_ERROR_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, data_only, 4);
    return finish(c);
}

/* ---- changing names ---- */

int p9_mkdir(struct p9_fid *dir, const struct name *n, uint32_t mode, uint32_t gid)
{
    struct p9_call *c = about_name(dir, n, P9_TMKDIR, 8, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, mode & S_IALLUGO, 4);
    p9_put(c, gid, 4);
    return finish(c);
}

int p9_mknod(struct p9_fid *dir, const struct name *n, uint32_t mode, uint64_t rdev, uint32_t gid)
{
    struct p9_call *c = about_name(dir, n, P9_TMKNOD, 16, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, mode, 4);
    p9_put(c, DEV_MAJOR(rdev), 4);
    p9_put(c, DEV_MINOR(rdev), 4);
    p9_put(c, gid, 4);
    return finish(c);
}

int p9_symlink(struct p9_fid *dir, const struct name *n, const char *target, uint32_t gid)
{
    size_t len = strlen(target);
    struct p9_call *c = about_name(dir, n, P9_TSYMLINK, 6 + len, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put_name(c, target, len);
    p9_put(c, gid, 4);
    return finish(c);
}

int p9_link(struct p9_fid *dir, const struct name *n, struct p9_fid *fid)
{
    struct p9_call *c = about(dir, P9_TLINK, 6 + n->len, P9_ERROR_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, fid->number, 4);
    p9_put_name(c, n->s, n->len);
    return finish(c);
}

int p9_unlink(struct p9_fid *dir, const struct name *n, bool directory)
{
    struct p9_call *c = about_name(dir, n, P9_TUNLINKAT, 4, P9_ERROR_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, directory ? P9_UNLINK_DIR : 0, 4);
    return finish(c);
}

int p9_rename(struct p9_fid *from, const struct name *n, struct p9_fid *to, const struct name *m)
{
    struct p9_call *c = about_name(from, n, P9_TRENAMEAT, 6 + m->len, P9_ERROR_BYTES);
    if (!c)
        return -ENOMEM;
    p9_put(c, to->number, 4);
    p9_put_name(c, m->s, m->len);
    return finish(c);
}

/* ---- links and directories ---- */

long p9_readlink(struct p9_fid *fid, char *buf, size_t size_bytes)
{
    struct p9_call *c = about(fid, P9_TREADLINK, 0, P9_HEADER_BYTES + 2 + PATH_MAX);
    if (!c)
        return -ENOMEM;
    long n = p9_ask(c);
    if (!n) {
        size_t len = p9_get(c, 2);
        if (c->bad || (size_t)(c->in_end - c->get) < len)
            n = -EIO;
        else
            memcpy(buf, c->get, (size_t)(n = (long)MIN(len, size_bytes)));
    }
    p9_call_free(c);
    return n;
}

/* How much data an answer to a reading says, and has. */
static long data_bytes(struct p9_call *c, uint32_t room)
{
    uint64_t n = p9_get(c, 4);
    return c->bad || n > room || n > c->x.got - P9_READ_HEADER ? -EIO : (long)n;
}

long p9_readdir(struct p9_fid *fid, uint64_t cookie, void *buf, uint32_t size_bytes)
{
    struct p9_call *c =
        about_bytes(fid, P9_TREADDIR, cookie, size_bytes, P9_READ_HEADER + (size_t)size_bytes);
    if (!c)
        return -ENOMEM;
    long n = p9_ask(c);
    if (!n)
        n = data_bytes(c, size_bytes);
    if (n > 0)
        memcpy(buf, c->get, (size_t)n);
    p9_call_free(c);
    return n;
}

/* ---- bytes ---- */

int p9_read_begin(struct p9_fid *fid, int64_t offset, paddr_t pa, uint32_t bytes,
                  struct p9_call **out)
{
    struct p9_call *c = about_bytes(fid, P9_TREAD, (uint64_t)offset, bytes, P9_READ_HEADER);
    if (!c)
        return -ENOMEM;
    c->x.runs[0] = (struct p9_run){pa, bytes};
    c->x.run_count = 1;
    c->x.runs_receive = true;
    int err = p9_send(c);
    if (err)
        p9_call_free(c);
    else
        *out = c;
    return err;
}

long p9_read_end(struct p9_call *c)
{
    long n = p9_wait(c);
    if (!n)
        n = data_bytes(c, c->x.runs[0].bytes);
    p9_call_free(c);
    return n;
}

long p9_write(struct p9_fid *fid, int64_t offset, const struct p9_run *runs, unsigned run_count,
              uint32_t bytes)
{
    struct p9_call *c = about_bytes(fid, P9_TWRITE, (uint64_t)offset, bytes, ANSWER_BYTES);
    if (!c)
        return -ENOMEM;
    memcpy(c->x.runs, runs, run_count * sizeof(*runs));
    c->x.run_count = run_count;
    long n = p9_ask(c);
    if (!n) {
        n = (long)p9_get(c, 4);
        if (c->bad || n <= 0 || n > (long)bytes)
            n = -EIO;
    }
    p9_call_free(c);
    return n;
}
