/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a volume's directories. Positions are the server's cookies, so a directory may be of any
 * size and may change while it is read. An open directory keeps the last answer, for the next
 * getdents to go on in.
 */
#include "kernel/fs/p9_volume.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "lib/str.h"

#define CHUNK_BYTES (32u << 10)
#define ENTRY_BYTES 24u /* without the name: qid, cookie, type, the name's length */

struct chunk {
    uint64_t from; /* the position of its first entry */
    uint32_t used;
    uint8_t bytes[CHUNK_BYTES - 64];
};

struct entry {
    uint64_t ino, next;
    uint32_t type; /* as in a mode */
    struct name name;
};

static uint64_t number(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    memcpy(&value, at, bytes); /* little-endian, as we are */
    return value;
}

/* The entry at *at, which it advances. 0 at the end, 1, or -EIO. */
static int entry_at(const struct chunk *c, uint32_t *at, struct entry *e)
{
    const uint8_t *p = c->bytes + *at;
    uint32_t left = c->used - *at;
    if (!left)
        return 0;
    uint32_t len = left < ENTRY_BYTES ? 0 : (uint32_t)number(p + 22, 2);
    if (!len || len > NAME_MAX || left - ENTRY_BYTES < len)
        return -EIO;
    *e = (struct entry){.ino = number(p + 5, 8),
                        .next = number(p + 13, 8),
                        .type = (uint32_t)p[21] << 12,
                        .name = {.s = (const char *)p + ENTRY_BYTES, .len = len}};
    *at += ENTRY_BYTES + len;
    return 1;
}

/* Where in c the position is; false: not in it. */
static bool find(const struct chunk *c, uint64_t pos, uint32_t *at)
{
    struct entry e;
    uint64_t here = c->from;
    *at = 0;
    while (here != pos) {
        if (entry_at(c, at, &e) <= 0)
            return false;
        here = e.next;
    }
    return *at < c->used;
}

static int fill(struct p9_inode *p, struct chunk *c, uint64_t pos)
{
    struct p9_fid *fid;
    int err = p9_handle(p, P9_READING, &fid);
    if (err)
        return err;
    long n = p9_readdir(fid, pos, c->bytes, sizeof(c->bytes));
    p9_fid_put(fid);
    if (n < 0)
        return (int)n;
    c->from = pos;
    c->used = (uint32_t)n;
    return 0;
}

/* Emit from at on. 1: all of it went out, 0: the program has enough. */
static int emit(const struct chunk *c, uint32_t at, struct dir_context *ctx)
{
    struct entry e;
    int more;
    while ((more = entry_at(c, &at, &e)) > 0) {
        if (!ctx->emit(ctx, e.name.s, e.name.len, e.ino, e.type, (int64_t)e.next))
            return 0;
        ctx->pos = (int64_t)e.next;
    }
    return more < 0 ? more : 1;
}

static int iterate(struct file *f, struct dir_context *ctx)
{
    struct chunk *c = f->priv;
    uint32_t at;
    int more = 1;
    if (!c)
        f->priv = c = kzalloc(sizeof(*c));
    if (!c)
        return -ENOMEM;
    while (more > 0) {
        int err = 0;
        if (!ctx->pos || !find(c, (uint64_t)ctx->pos, &at)) {
            err = fill(p9_of(f->inode), c, (uint64_t)ctx->pos);
            at = 0;
        }
        if (err || !c->used)
            return err;
        more = emit(c, at, ctx);
    }
    return more;
}

static void release(struct file *f)
{
    kfree(f->priv);
}

const struct file_ops p9_dir_fops = {
    .iterate = iterate, .seek = dentry_dir_seek, .fsync = p9_fsync_op, .release = release};
