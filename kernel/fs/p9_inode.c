/* SPDX-License-Identifier: Apache-2.0 */
/* The inodes of volumes: one for each thing at the server that somebody here refers to. */
#include "kernel/fs/p9_volume.h"

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/refs.h"
#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/device.h"

#define FRESH_NS (NS_PER_SEC / 500) /* attributes this young aren't asked for again */

/* ---- fids ---- */

static struct p9_fid *get_locked(struct p9_inode *p, struct p9_fid **at)
{
    spin_lock(&p->lock);
    struct p9_fid *fid = *at ? p9_fid_get(*at) : NULL;
    spin_unlock(&p->lock);
    return fid;
}

static void set(struct p9_inode *p, struct p9_fid **at, struct p9_fid *fid)
{
    spin_lock(&p->lock);
    struct p9_fid *old = *at;
    *at = fid;
    spin_unlock(&p->lock);
    p9_fid_put(old);
}

struct p9_fid *p9_name(struct p9_inode *p)
{
    return get_locked(p, &p->name);
}

void p9_set_name(struct p9_inode *p, struct p9_fid *fid)
{
    set(p, &p->name, fid);
}

void p9_set_handle(struct p9_inode *p, enum p9_handle kind, struct p9_fid *fid)
{
    set(p, &p->open[kind], fid);
}

static uint32_t open_flags(const struct p9_inode *p, enum p9_handle kind)
{
    static const uint32_t flags[] = {
        [P9_READING] = P9_RDONLY, [P9_WRITING] = P9_WRONLY, [P9_APPENDING] = P9_WRONLY | P9_APPEND};
    bool dir = p->qid.type & P9_QID_DIR;
    return flags[kind] | P9_NOFOLLOW | (dir ? P9_DIRECTORY : P9_LARGEFILE);
}

int p9_handle(struct p9_inode *p, enum p9_handle kind, struct p9_fid **fid)
{
    *fid = get_locked(p, &p->open[kind]);
    if (*fid)
        return 0;
    struct p9_fid *name = p9_name(p);
    int err = name ? p9_walk(name, NULL, fid, NULL) : -ESTALE;
    p9_fid_put(name);
    if (err)
        return err;
    err = p9_open(*fid, open_flags(p, kind));
    if (err)
        p9_fid_put(*fid);
    else
        p9_set_handle(p, kind, p9_fid_get(*fid));
    return err;
}

/* ---- attributes ---- */

static uint32_t snapshot(struct p9_inode *p, bool *quiet)
{
    spin_lock(&p->pages.lock);
    uint32_t changes = p->changes;
    *quiet = !p->writers;
    spin_unlock(&p->pages.lock);
    return changes;
}

/* Whether nothing has changed here since the attributes were asked for: then their size counts. */
static bool size_counts(struct p9_inode *p, uint32_t changes, int64_t size)
{
    spin_lock(&p->pages.lock);
    bool counts = p->changes == changes && !p->writers;
    bool same = p->pages.size == size;
    spin_unlock(&p->pages.lock);
    if (counts && !same)
        p9_cache_resize(p, size);
    return counts;
}

static bool take_attr(struct inode *inode, const struct p9_attr *a)
{
    spin_lock(&inode->lock);
    bool changed = inode->mtime_ns != a->mtime_ns;
    inode->mode = a->mode;
    inode->uid = a->uid;
    inode->gid = a->gid;
    inode->nlink = (uint32_t)a->nlink;
    inode->rdev = a->rdev;
    inode->blocks = a->blocks;
    inode->atime_ns = a->atime_ns;
    inode->mtime_ns = a->mtime_ns;
    inode->ctime_ns = a->ctime_ns;
    inode->btime_ns = 0;
    spin_unlock(&inode->lock);
    return changed;
}

static void apply(struct p9_inode *p, const struct p9_attr *a, uint32_t changes)
{
    struct inode *inode = p->inode;
    bool file = (a->mode & S_IFMT) == S_IFREG;
    if (file && !size_counts(p, changes, (int64_t)a->size))
        return;
    inode->size = (int64_t)a->size;
    if (take_attr(inode, a) && file)
        p9_cache_forget(p);
    __atomic_store_n(&p->attr_ns, clock_mono_ns(), __ATOMIC_RELEASE);
}

/* 0, or why the attributes stay what they were: -ESTALE when the name leads elsewhere by now. */
static int ask_attr(struct p9_inode *p)
{
    bool quiet;
    struct p9_attr a;
    uint32_t changes = snapshot(p, &quiet);
    struct p9_fid *name = p9_name(p);
    int err = name ? p9_getattr(name, &a) : -ESTALE;
    p9_fid_put(name);
    if (err)
        return err;
    if (a.qid.path != p->qid.path || ((a.mode ^ p->inode->mode) & S_IFMT))
        return -ESTALE;
    if (quiet)
        apply(p, &a, changes);
    return 0;
}

void p9_refresh(struct inode *inode)
{
    struct p9_inode *p = p9_of(inode);
    int64_t asked = __atomic_load_n(&p->attr_ns, __ATOMIC_ACQUIRE);
    if (!asked || clock_mono_ns() - asked > FRESH_NS)
        (void)!ask_attr(p); /* what is known then has to do */
    if (inode_is(inode, S_IFREG))
        inode->size = __atomic_load_n(&p->pages.size, __ATOMIC_ACQUIRE);
}

void p9_stale(struct inode *inode)
{
    __atomic_store_n(&p9_of(inode)->attr_ns, 0, __ATOMIC_RELEASE);
}

/* Nobody finds it by its number any more. */
static void unlist(struct p9_inode *p)
{
    spin_lock(&p->volume->lock);
    list_remove(&p->node);
    spin_unlock(&p->volume->lock);
}

void p9_lost_name(struct inode *inode)
{
    p9_set_name(p9_of(inode), NULL);
    spin_lock(&inode->lock);
    if (inode_is(inode, S_IFDIR))
        inode->nlink = 0;
    else if (inode->nlink)
        inode->nlink--;
    inode->ctime_ns = clock_real_ns();
    bool last = !inode->nlink;
    spin_unlock(&inode->lock);
    if (last)
        unlist(p9_of(inode)); /* its number may soon be another's */
}

int p9_setattr_op(struct inode *inode, const struct attr *a)
{
    struct p9_inode *p = p9_of(inode);
    struct p9_fid *name = p9_name(p);
    if (!name)
        return 0; /* nobody else can see it */
    int err = p9_setattr(name, a);
    p9_fid_put(name);
    p9_stale(inode);
    return err;
}

int p9_fsync_op(struct file *f, bool data_only)
{
    struct p9_inode *p = p9_of(f->inode);
    struct p9_fid *fid;
    bool file = inode_is(f->inode, S_IFREG);
    int err = file ? p9_write_back(p, 0, UINT64_MAX) : 0;
    if (err || p->detached)
        return err;
    err = p9_handle(p, f->mode & FILE_WRITE ? P9_WRITING : P9_READING, &fid);
    if (err)
        return err;
    err = p9_fsync(fid, data_only);
    p9_fid_put(fid);
    return err;
}

/* ---- the table ---- */

static struct list *bucket(struct p9_volume *v, const struct p9_qid *qid)
{
    return &v->table[(qid->path ^ qid->path >> 6) % P9_TABLE];
}

bool p9_inode_get_live(struct inode *inode)
{
    return refs_get_live(&inode->refs);
}

static struct inode *find_locked(struct p9_volume *v, const struct p9_qid *qid)
{
    list_for_each (n, bucket(v, qid)) {
        struct p9_inode *p = list_entry(n, struct p9_inode, node);
        if (p->qid.path == qid->path && p->qid.type == qid->type && !p->detached &&
            p9_inode_get_live(p->inode))
            return p->inode;
    }
    return NULL;
}

void p9_evict(struct inode *inode)
{
    struct p9_inode *p = p9_of(inode);
    unlist(p);
    p9_cache_end(p);
    for (unsigned i = 0; i < P9_HANDLES; i++)
        p9_fid_put(p->open[i]);
    p9_fid_put(p->name);
    kfree(p);
}

static void choose_ops(struct inode *inode)
{
    switch (inode->mode & S_IFMT) {
    case S_IFREG:
        inode->ops = &p9_file_ops;
        inode->fops = &p9_file_fops;
        break;
    case S_IFDIR:
        inode->ops = &p9_dir_ops;
        inode->fops = &p9_dir_fops;
        break;
    case S_IFLNK:
        inode->ops = &p9_link_ops;
        break;
    default:
        inode->ops = &p9_special_ops;
    }
}

/* An inode for fid; its attributes are asked for, but a directory's only when somebody wants to see
 * them: they decide nothing for user 0, and walks go through many. */
static int make(struct p9_volume *v, const struct p9_qid *qid, struct p9_fid *fid,
                struct inode **out)
{
    struct p9_attr a = {.mode = S_IFDIR | 0755, .nlink = 2};
    int err = qid->type & P9_QID_DIR ? 0 : p9_getattr(fid, &a);
    if (err)
        return err;
    struct p9_inode *p = kzalloc(sizeof(*p));
    struct inode *inode = p ? inode_new(&v->super, a.mode, NULL, NULL) : NULL;
    if (!inode) {
        kfree(p);
        return -ENOMEM;
    }
    choose_ops(inode);
    inode->priv = p;
    inode->ino = qid->path;
    *p = (struct p9_inode){.inode = inode, .volume = v, .qid = *qid, .name = fid};
    list_init(&p->node);
    p9_cache_init(p);
    if (!(qid->type & P9_QID_DIR))
        apply(p, &a, 0);
    *out = inode;
    return 0;
}

static struct inode *insert(struct p9_volume *v, struct inode *made)
{
    struct p9_inode *p = p9_of(made);
    spin_lock(&v->lock);
    struct inode *there = find_locked(v, &p->qid);
    if (!there)
        list_push_back(bucket(v, &p->qid), &p->node);
    spin_unlock(&v->lock);
    return there;
}

int p9_inode_get(struct p9_volume *v, const struct p9_qid *qid, struct p9_fid *fid,
                 struct inode **inode)
{
    spin_lock(&v->lock);
    struct inode *there = find_locked(v, qid);
    spin_unlock(&v->lock);
    if (!there) {
        int err = make(v, qid, fid, inode);
        if (err) {
            p9_fid_put(fid);
            return err;
        }
        there = insert(v, *inode);
        if (!there)
            return 0;
        fid = p9_name(p9_of(*inode));
        inode_put(*inode);
    }
    p9_set_name(p9_of(there), fid);
    *inode = there;
    return 0;
}

/* A device is this machine's of that number. What FIFOs and sockets need isn't on the wire. */
static int open_special(struct inode *inode, struct file *f)
{
    bool device = inode_is(inode, S_IFCHR) || inode_is(inode, S_IFBLK);
    return device ? device_open(inode, f) : -ENXIO;
}

const struct inode_ops p9_special_ops = {
    .open = open_special, .setattr = p9_setattr_op, .refresh = p9_refresh, .evict = p9_evict};

static long readlink_op(struct inode *inode, char *buf, size_t size_bytes)
{
    struct p9_fid *name = p9_name(p9_of(inode));
    long n = name ? p9_readlink(name, buf, size_bytes) : -ESTALE;
    p9_fid_put(name);
    return n;
}

const struct inode_ops p9_link_ops = {
    .readlink = readlink_op, .setattr = p9_setattr_op, .refresh = p9_refresh, .evict = p9_evict};
