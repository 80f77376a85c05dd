/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX.1-2017 pax interchange format, read defensively: every length is checked against what is
 * left. */
#include "kernel/fs/archive.h"

#include "abi/errno.h"
#include "kernel/core/log.h"
#include "kernel/core/optional.h"
#include "kernel/core/payload.h"
#include "kernel/core/slab.h"
#include "kernel/fs/names.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs.h"
#include "lib/str.h"

#define BLOCK 512u

struct header { /* ustar */
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
    char type;
    char linkname[100], magic[6], version[2], uname[32], gname[32], major[8], minor[8];
    char prefix[155], pad[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "ustar header layout");

/* What the next member is; pax records override the header. Paths are NUL-ended and owned. */
struct member {
    char *path, *target;
    uint64_t size;
    int64_t mtime_ns;
    uint32_t mode, uid, gid;
    uint64_t rdev;
    char type;
    bool has_size, has_mtime, has_uid, has_gid;
};

struct archive {
    const char *at;
    size_t left;
};

static void member_free(struct member *m)
{
    kfree(m->path);
    kfree(m->target);
    *m = (struct member){0};
}

static int set_string(char **to, const char *s, size_t len)
{
    kfree(*to);
    *to = len < PATH_MAX ? kmalloc(len + 1) : NULL;
    if (!*to)
        return len < PATH_MAX ? -ENOMEM : -EINVAL;
    memcpy(*to, s, len);
    (*to)[len] = 0;
    return 0;
}

/* An octal field, or base 256 when its first bit is set. */
static uint64_t number(const char *field, size_t len)
{
    uint64_t n = 0;
    if (field[0] & 0x80) {
        for (size_t i = 1; i < len; i++)
            n = n << 8 | (uint8_t)field[i];
        return n;
    }
    for (size_t i = 0; i < len && (field[i] == ' ' || (field[i] >= '0' && field[i] <= '7')); i++)
        if (field[i] != ' ')
            n = n * 8 + (uint64_t)(field[i] - '0');
    return n;
}

static bool checksum_holds(const struct header *h)
{
    const uint8_t *p = (const uint8_t *)h;
    uint64_t sum = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        bool own = i >= offsetof(struct header, checksum) && i < offsetof(struct header, type);
        sum += own ? ' ' : p[i];
    }
    return sum == number(h->checksum, sizeof(h->checksum));
}

/* ---- pax records: "LENGTH KEY=VALUE\n" ---- */

static uint64_t decimal(const char *s, const char *end, const char **after)
{
    uint64_t n = 0;
    while (s < end && *s >= '0' && *s <= '9' && n < UINT64_MAX / 100)
        n = n * 10 + (uint64_t)(*s++ - '0');
    *after = s;
    return n;
}

/* Seconds with a fraction. */
static int64_t time_of(const char *s, const char *end)
{
    const char *p;
    int64_t ns = (int64_t)(decimal(s, end, &p) % (1u << 30) * 1000000000u);
    int64_t digit = 100000000;
    if (p < end && *p == '.')
        for (p++; p < end && *p >= '0' && *p <= '9' && digit; p++, digit /= 10)
            ns += (*p - '0') * digit;
    return ns;
}

static bool is_key(const char *key, size_t len, const char *name)
{
    return strlen(name) == len && !memcmp(key, name, len);
}

static int take_record(struct member *m, const char *key, size_t len, const char *v,
                       const char *end)
{
    const char *after;
    if (is_key(key, len, "path"))
        return set_string(&m->path, v, (size_t)(end - v));
    if (is_key(key, len, "linkpath"))
        return set_string(&m->target, v, (size_t)(end - v));
    if (is_key(key, len, "size")) {
        m->size = decimal(v, end, &after);
        m->has_size = true;
    } else if (is_key(key, len, "mtime")) {
        m->mtime_ns = time_of(v, end);
        m->has_mtime = true;
    } else if (is_key(key, len, "uid")) {
        m->uid = (uint32_t)decimal(v, end, &after);
        m->has_uid = true;
    } else if (is_key(key, len, "gid")) {
        m->gid = (uint32_t)decimal(v, end, &after);
        m->has_gid = true;
    }
    return 0;
}

static int take_records(struct member *m, const char *s, size_t size)
{
    const char *end = s + size;
    while (s < end && *s) {
        const char *key, *v;
        uint64_t len = decimal(s, end, &key);
        if (key == end || *key != ' ' || len < (size_t)(key - s) + 3 || len > (size_t)(end - s))
            return -EINVAL;
        const char *last = s + len - 1;
        key++;
        v = memchr(key, '=', (size_t)(last - key));
        if (!v)
            return -EINVAL;
        int err = take_record(m, key, (size_t)(v - key), v + 1, last);
        if (err)
            return err;
        s += len;
    }
    return 0;
}

/* ---- headers ---- */

static int take_names(struct member *m, const struct header *h)
{
    char path[sizeof(h->prefix) + 1 + sizeof(h->name)];
    size_t n = 0;
    int err = 0;
    if (!m->path) {
        if (!memcmp(h->magic, "ustar", 6) && h->prefix[0]) {
            n = strnlen(h->prefix, sizeof(h->prefix));
            memcpy(path, h->prefix, n);
            path[n++] = '/';
        }
        size_t name = strnlen(h->name, sizeof(h->name));
        memcpy(path + n, h->name, name);
        err = set_string(&m->path, path, n + name);
    }
    if (!err && !m->target)
        err = set_string(&m->target, h->linkname, strnlen(h->linkname, sizeof(h->linkname)));
    return err;
}

static int take_header(struct member *m, const struct header *h)
{
    m->type = h->type;
    m->mode = (uint32_t)number(h->mode, sizeof(h->mode)) & 07777;
    m->rdev = MKDEV((uint32_t)number(h->major, 8), (uint32_t)number(h->minor, 8));
    if (!m->has_size)
        m->size = number(h->size, sizeof(h->size));
    if (!m->has_mtime)
        m->mtime_ns = (int64_t)(number(h->mtime, sizeof(h->mtime)) % (1ull << 33) * 1000000000u);
    if (!m->has_uid)
        m->uid = (uint32_t)number(h->uid, sizeof(h->uid));
    if (!m->has_gid)
        m->gid = (uint32_t)number(h->gid, sizeof(h->gid));
    return take_names(m, h);
}

/* ---- making ---- */

static uint32_t type_of(char type)
{
    switch (type) {
    case '2':
        return S_IFLNK;
    case '3':
        return S_IFCHR;
    case '4':
        return S_IFBLK;
    case '5':
        return S_IFDIR;
    case '6':
        return S_IFIFO;
    default:
        return S_IFREG;
    }
}

static int make_hard_link(const struct member *m)
{
    struct dentry *d;
    int err = path_lookup(super_top(), m->target, 0, &d);
    if (err)
        return err;
    err = names_link(d, super_top(), m->path);
    dentry_put(d);
    return err;
}

static int finish(const struct member *m, const char *data)
{
    struct dentry *d;
    struct attr a = {.valid = ATTR_UID | ATTR_GID | ATTR_MTIME | ATTR_ATIME,
                     .uid = m->uid,
                     .gid = m->gid,
                     .mtime_ns = m->mtime_ns,
                     .atime_ns = m->mtime_ns};
    int err = path_lookup(super_top(), m->path, 0, &d);
    if (err)
        return err;
    if (inode_is(d->inode, S_IFREG) && m->size && type_of(m->type) == S_IFREG)
        tmpfs_set_below(d->inode, data, m->size);
    err = inode_setattr(d->inode, &a);
    if (!err && !inode_is(d->inode, S_IFLNK)) {
        a = (struct attr){.valid = ATTR_MODE, .mode = m->mode};
        err = inode_setattr(d->inode, &a);
    }
    dentry_put(d);
    return err;
}

static int make_parents(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    char *dir = kmalloc((size_t)(slash - path) + 1);
    if (!dir)
        return -ENOMEM;
    memcpy(dir, path, (size_t)(slash - path));
    dir[slash - path] = 0;
    int err = names_make_dirs(dir);
    kfree(dir);
    return err;
}

static int make(struct member *m, const char *data)
{
    size_t len = strlen(m->path);
    while (len > 1 && m->path[len - 1] == '/')
        m->path[--len] = 0;
    int err = make_parents(m->path);
    if (err)
        return err;
    if (m->type == '1')
        return make_hard_link(m);
    uint32_t type = type_of(m->type);
    err = names_make(super_top(), m->path, type | m->mode, m->rdev,
                     type == S_IFLNK ? m->target : NULL);
    if (err == -EEXIST)
        err = 0; /* a directory that is there already; of two files the later one wins */
    return err ? err : finish(m, data);
}

/* ---- the walk through the archive ---- */

/* What m's data mean: a record for the next member, or a member. */
static int take_member(struct member *next, struct member *m, const char *data)
{
    switch (m->type) {
    case 'x':
        return take_records(next, data, m->size);
    case 'L': /* GNU: the next member's name, target */
        return set_string(&next->path, data, strnlen(data, m->size));
    case 'K':
        return set_string(&next->target, data, strnlen(data, m->size));
    case 'g':
        return 0;
    default:
        return make(m, data);
    }
}

static bool is_extension(char type)
{
    return type == 'x' || type == 'g' || type == 'L' || type == 'K';
}

/* One header with its data. next: what extensions have said about the member to come. */
static int step(struct archive *a, struct member *next)
{
    const struct header *h = (const struct header *)a->at;
    struct member own = {0};
    bool extension = is_extension(h->type);
    struct member *m = extension ? &own : next;
    if (!checksum_holds(h))
        return -EINVAL;
    int err = take_header(m, h);
    a->at += BLOCK;
    a->left -= BLOCK;
    bool has_data = m->type == 0 || m->type == '0' || m->type == '7' || extension;
    uint64_t size = has_data ? m->size : 0;
    if (!err && size > a->left)
        err = -EINVAL;
    if (!err)
        err = take_member(next, m, a->at);
    if (!err) {
        size_t skip = MIN(ALIGN_UP(size, (uint64_t)BLOCK), (uint64_t)a->left);
        a->at += skip;
        a->left -= skip;
    }
    member_free(&own);
    if (!extension)
        member_free(next);
    return err;
}

int archive_unpack(const void *bytes, size_t size_bytes)
{
    struct archive a = {bytes, size_bytes};
    struct member next = {0};
    int err = 0;
    while (!err && a.left >= BLOCK && *a.at)
        err = step(&a, &next);
    member_free(&next);
    return err;
}

/* The archive comes with the image. A damaged one is told of and used as far as it goes. */
static int archive_unpack_root(void)
{
    size_t size;
    const void *bytes = payload_item(PAYLOAD_ROOT, &size);
    int err = bytes ? archive_unpack(bytes, size) : 0;
    if (err == -EINVAL)
        log_err("the root archive is damaged: what follows the damage is missing");
    return err == -ENOMEM ? err : 0;
}
BOOT_STEP(archive_unpack_root);
