/* SPDX-License-Identifier: Apache-2.0 */
/* The life and the attributes of inodes. */
#include "kernel/fs/inode.h"

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/flock.h"
#include "kernel/fs/inotify.h"
#include "kernel/fs/super.h"

struct inode *inode_new(struct super *s, uint32_t mode, const struct inode_ops *ops,
                        const struct file_ops *fops)
{
    struct inode *inode = kzalloc(sizeof(*inode));
    if (!inode)
        return NULL;
    struct fs_context *c = fs_context_self();
    inode->ops = ops;
    inode->fops = fops;
    inode->super = s;
    inode->ino = __atomic_add_fetch(&s->next_ino, 1, __ATOMIC_RELAXED);
    inode->refs = 1;
    inode->mode = mode;
    inode->uid = c->uid;
    inode->gid = c->gid;
    inode->nlink = (mode & S_IFMT) == S_IFDIR ? 2 : 1;
    inode->seals = F_SEAL_SEAL;
    inode->atime_ns = inode->mtime_ns = inode->ctime_ns = inode->btime_ns = clock_real_ns();
    mutex_init(&inode->write_lock);
    list_init(&inode->watches);
    return inode;
}

uint32_t inode_watch_count;

struct inode *inode_get(struct inode *inode)
{
    __atomic_add_fetch(&inode->refs, 1, __ATOMIC_RELAXED);
    return inode;
}

void inode_put(struct inode *inode)
{
    if (__atomic_sub_fetch(&inode->refs, 1, __ATOMIC_ACQ_REL))
        return;
    if (!list_empty(&inode->watches))
        inotify_forget(inode);
    if (inode->ops->evict)
        inode->ops->evict(inode);
    flock_free(inode);
    kfree(inode);
}

/* One step away from 0 on the side that `step` is on. */
static int count_user(int32_t *users, int32_t step)
{
    int32_t now = __atomic_load_n(users, __ATOMIC_RELAXED);
    do
        if (now && (now < 0) != (step < 0))
            return -ETXTBSY;
    while (!__atomic_compare_exchange_n(users, &now, now + step, true, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED));
    return 0;
}

int inode_begin_write(struct inode *inode)
{
    return count_user(&inode->writers, 1);
}

void inode_end_write(struct inode *inode)
{
    __atomic_sub_fetch(&inode->writers, 1, __ATOMIC_RELEASE);
}

COLD int inode_begin_run(struct inode *inode)
{
    return count_user(&inode->writers, -1);
}

COLD void inode_end_run(struct inode *inode)
{
    __atomic_add_fetch(&inode->writers, 1, __ATOMIC_RELEASE);
}

static const struct inode_ops nameless_ops;

struct inode *inode_nameless(void)
{
    static struct inode nameless = {.ops = &nameless_ops,
                                    .super = &super_nameless,
                                    .ino = 1,
                                    .refs = 1,
                                    .mode = 0600,
                                    .nlink = 1,
                                    .watches = LIST_INIT(nameless.watches)};
    return inode_get(&nameless);
}

void inode_touch(struct inode *inode, unsigned times)
{
    int64_t now = clock_real_ns();
    spin_lock(&inode->lock);
    if (times & ATTR_ATIME)
        inode->atime_ns = now;
    if (times & ATTR_MTIME)
        inode->mtime_ns = now;
    if (times != ATTR_ATIME)
        inode->ctime_ns = now;
    spin_unlock(&inode->lock);
}

static int access_root(struct inode *inode, int want)
{
    if ((want & X_OK) && !inode_is(inode, S_IFDIR) && !(inode->mode & 0111))
        return -EACCES;
    return 0;
}

int inode_access(struct inode *inode, int want)
{
    struct fs_context *c = fs_context_self();
    if ((want & W_OK) && (inode->super->flags & SUPER_READONLY) &&
        (inode_is(inode, S_IFREG) || inode_is(inode, S_IFDIR) || inode_is(inode, S_IFLNK)))
        return -EROFS;
    if (!c->uid)
        return access_root(inode, want);
    if (inode->ops->refresh)
        inode->ops->refresh(inode);
    uint32_t bits = inode->mode;
    if (inode->uid == c->uid)
        bits >>= 6;
    else if (inode->gid == c->gid)
        bits >>= 3;
    return ((uint32_t)want & ~bits & 7) ? -EACCES : 0;
}

int inode_owner(struct inode *inode)
{
    struct fs_context *c = fs_context_self();
    return !c->uid || c->uid == inode->uid ? 0 : -EPERM;
}

static void apply(struct inode *inode, const struct attr *a)
{
    int64_t now = clock_real_ns();
    spin_lock(&inode->lock);
    if (a->valid & ATTR_MODE)
        inode->mode = (inode->mode & S_IFMT) | (a->mode & S_IALLUGO);
    if (a->valid & ATTR_UID)
        inode->uid = a->uid;
    if (a->valid & ATTR_GID)
        inode->gid = a->gid;
    if ((a->valid & (ATTR_UID | ATTR_GID)) && !inode_is(inode, S_IFDIR)) {
        inode->mode &= ~S_ISUID;
        if (inode->mode & 0010)
            inode->mode &= ~S_ISGID;
    }
    if (a->valid & ATTR_ATIME)
        inode->atime_ns = a->atime_ns;
    if (a->valid & ATTR_MTIME)
        inode->mtime_ns = a->mtime_ns;
    inode->ctime_ns = now;
    spin_unlock(&inode->lock);
}

int inode_setattr(struct inode *inode, const struct attr *a)
{
    if (inode->super->flags & SUPER_READONLY)
        return -EROFS;
    if (inode->ops->setattr) {
        int err = inode->ops->setattr(inode, a);
        if (err)
            return err;
    }
    apply(inode, a);
    return 0;
}

int inode_truncate(struct inode *inode, int64_t size)
{
    if (size < 0 || !inode->ops->truncate)
        return -EINVAL;
    if (inode->writers < 0)
        return -ETXTBSY;
    int err = mutex_lock(&inode->write_lock);
    if (err)
        return err;
    if (!err && inode->ops->refresh)
        inode->ops->refresh(inode);
    if ((size < inode->size && (inode->seals & F_SEAL_SHRINK)) ||
        (size > inode->size && (inode->seals & F_SEAL_GROW)))
        err = -EPERM;
    else
        err = inode->ops->truncate(inode, size);
    mutex_unlock(&inode->write_lock);
    if (!err)
        inode_touch(inode, ATTR_MTIME);
    return err;
}

/* Times before 1970 have a negative second and a nanosecond that counts up. */
static void ns_to_stat(int64_t ns, int64_t *sec, uint64_t *nsec)
{
    *sec = ns / NS_PER_SEC;
    if (ns % NS_PER_SEC < 0)
        --*sec;
    *nsec = (uint64_t)ns - (uint64_t)*sec * NS_PER_SEC;
}

void inode_stat(struct inode *inode, struct linux_stat *st)
{
    if (inode->ops->refresh)
        inode->ops->refresh(inode);
    spin_lock(&inode->lock);
    *st = (struct linux_stat){
        .st_dev = inode->super->dev,
        .st_ino = inode->ino,
        .st_mode = inode->mode,
        .st_nlink = inode->nlink,
        .st_uid = inode->uid,
        .st_gid = inode->gid,
        .st_rdev = inode->rdev,
        .st_size = inode->size,
        .st_blksize = 4096,
        .st_blocks = (int64_t)inode->blocks,
    };
    ns_to_stat(inode->atime_ns, &st->st_atime, &st->st_atime_nsec);
    ns_to_stat(inode->mtime_ns, &st->st_mtime, &st->st_mtime_nsec);
    ns_to_stat(inode->ctime_ns, &st->st_ctime, &st->st_ctime_nsec);
    spin_unlock(&inode->lock);
}
