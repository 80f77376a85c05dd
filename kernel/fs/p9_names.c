/* SPDX-License-Identifier: Apache-2.0 */
/* The names of volumes: each is looked up at the server, and changed there. */
#include "kernel/fs/p9_volume.h"

#include "abi/errno.h"
#include "kernel/fs/context.h"
#include "kernel/fs/inotify.h"

static int lookup(struct inode *dir, const struct name *n, struct inode **inode)
{
    struct p9_fid *at = p9_name(p9_of(dir)), *fid = NULL;
    struct p9_qid qid;
    int err = at ? p9_walk(at, n, &fid, &qid) : -ENOENT;
    p9_fid_put(at);
    return err ? err : p9_inode_get(p9_volume_of(dir), &qid, fid, inode);
}

/* Whether n is still what it was here; its fid is then the newest way to it. */
static bool still(struct inode *dir, const struct name *n, struct inode *inode)
{
    struct p9_inode *p = p9_of(inode);
    struct p9_fid *at = p9_name(p9_of(dir)), *fid = NULL;
    struct p9_qid qid;
    bool found = at && !p9_walk(at, n, &fid, &qid);
    p9_fid_put(at);
    if (!found)
        return false;
    if (qid.path != p->qid.path || qid.type != p->qid.type) {
        p9_fid_put(fid);
        return false;
    }
    p9_set_name(p, fid);
    return true;
}

/* ---- making ---- */

/* The new file comes open for reading and writing. */
static int create(struct p9_fid *at, const struct name *n, uint32_t mode, struct p9_fid **opened)
{
    int err = p9_walk(at, NULL, opened, NULL);
    if (err)
        return err;
    err = p9_create(*opened, n, P9_RDWR | P9_CREATE | P9_EXCL | P9_LARGEFILE, mode,
                    fs_context_self()->gid);
    if (err)
        p9_fid_put(*opened);
    return err;
}

/* QEMU makes none, and says so with an error that isn't mknod's. */
static int make_special(struct p9_fid *at, const struct name *n, uint32_t mode, uint64_t rdev)
{
    int err = p9_mknod(at, n, mode, rdev, fs_context_self()->gid);
    return err == -ENXIO ? -EPERM : err;
}

static int make_at(struct p9_fid *at, const struct name *n, uint32_t mode, uint64_t rdev,
                   const char *target, struct p9_fid **opened)
{
    uint32_t gid = fs_context_self()->gid;
    switch (mode & S_IFMT) {
    case S_IFREG:
        return create(at, n, mode, opened);
    case S_IFDIR:
        return p9_mkdir(at, n, mode, gid);
    case S_IFLNK:
        return p9_symlink(at, n, target, gid);
    default:
        return make_special(at, n, mode, rdev);
    }
}

/* The server makes things as user 0; another user's become his, if it lets us. */
static void own(struct inode *inode)
{
    struct attr a = {.valid = ATTR_UID, .uid = fs_context_self()->uid};
    if (a.uid)
        (void)!p9_setattr_op(inode, &a);
}

static int make(struct inode *dir, const struct name *n, uint32_t mode, uint64_t rdev,
                const char *target, struct inode **inode)
{
    struct p9_fid *at = n ? p9_name(p9_of(dir)) : NULL, *opened = NULL;
    if (!at)
        return n ? -ENOENT : -EOPNOTSUPP; /* nothing without a name */
    int err = make_at(at, n, mode, rdev, target, &opened);
    p9_fid_put(at);
    p9_stale(dir);
    if (!err)
        err = lookup(dir, n, inode);
    if (err) {
        p9_fid_put(opened);
        return err;
    }
    if (opened) {
        p9_set_handle(p9_of(*inode), P9_READING, p9_fid_get(opened));
        p9_set_handle(p9_of(*inode), P9_WRITING, opened);
    }
    own(*inode);
    return 0;
}

/* ---- links ---- */

static int link(struct inode *dir, const struct name *n, struct inode *inode)
{
    struct p9_fid *at = p9_name(p9_of(dir)), *name = p9_name(p9_of(inode));
    int err = at && name ? p9_link(at, n, name) : -ENOENT;
    p9_fid_put(at);
    p9_fid_put(name);
    p9_stale(dir);
    p9_stale(inode);
    return err;
}

/* ---- removing and renaming ---- */

/* The name's inode ends with its last name, as far as watchers care. */
static void lost(struct inode *inode)
{
    p9_lost_name(inode);
    if (!inode->nlink)
        inotify_forget(inode);
}

static int unlink(struct inode *dir, const struct name *n, struct inode *inode)
{
    struct p9_fid *at = p9_name(p9_of(dir));
    int err = -ENOENT;
    if (!inode_is(inode, S_IFDIR))
        p9_refresh(inode); /* its count of names, and with it whether this is the last */
    if (at)
        err = p9_unlink(at, n, inode_is(inode, S_IFDIR));
    p9_fid_put(at);
    p9_stale(dir);
    if (!err)
        lost(inode);
    return err;
}

static int rename(struct inode *from, const struct name *n, struct inode *to, const struct name *m,
                  struct inode *inode, struct inode *victim, bool exchange)
{
    if (exchange)
        return -EINVAL; /* not in the protocol */
    struct p9_fid *a = p9_name(p9_of(from)), *b = p9_name(p9_of(to));
    int err = a && b ? p9_rename(a, n, b, m) : -ENOENT;
    p9_fid_put(a);
    p9_fid_put(b);
    p9_stale(from);
    p9_stale(to);
    p9_stale(inode);
    if (!err && victim)
        lost(victim);
    return err;
}

const struct inode_ops p9_dir_ops = {
    .lookup = lookup,
    .still = still,
    .make = make,
    .link = link,
    .unlink = unlink,
    .rename = rename,
    .setattr = p9_setattr_op,
    .refresh = p9_refresh,
    .evict = p9_evict,
};
