/* SPDX-License-Identifier: Apache-2.0 */
/* tmpfs: inodes and names. What its files do with bytes is in tmpfs_file.c. */
#include "kernel/fs/tmpfs.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs_internal.h"
#include "lib/str.h"

static int tmpfs_make(struct inode *dir, const struct name *n, uint32_t mode, uint64_t rdev,
                      const char *target, struct inode **out);

/* ---- names ---- */

static void add_links(struct inode *inode, int n)
{
    spin_lock(&inode->lock);
    inode->nlink += (uint32_t)n;
    spin_unlock(&inode->lock);
}

#define NAME_BYTES 20 /* what Linux counts for a name in a directory's size */

static void dir_changed(struct inode *dir, int names)
{
    spin_lock(&dir->lock);
    dir->size += names * NAME_BYTES;
    spin_unlock(&dir->lock);
    inode_touch(dir, ATTR_MTIME);
}

static int tmpfs_link(struct inode *dir, const struct name *n, struct inode *inode)
{
    (void)n;
    add_links(inode, 1);
    inode_touch(inode, 0);
    dir_changed(dir, 1);
    return 0;
}

static int tmpfs_unlink(struct inode *dir, const struct name *n, struct inode *inode)
{
    (void)n;
    if (inode_is(inode, S_IFDIR)) {
        add_links(inode, -2);
        add_links(dir, -1);
    } else {
        add_links(inode, -1);
    }
    inode_touch(inode, 0);
    dir_changed(dir, -1);
    return 0;
}

static int tmpfs_rename(struct inode *from, const struct name *n, struct inode *to,
                        const struct name *m, struct inode *inode, struct inode *victim,
                        bool exchange)
{
    int dirs_out = inode_is(inode, S_IFDIR);
    if (exchange)
        dirs_out -= inode_is(victim, S_IFDIR);
    else if (victim)
        tmpfs_unlink(to, m, victim);
    (void)n;
    add_links(from, -dirs_out);
    add_links(to, dirs_out);
    if (!exchange) {
        dir_changed(from, -1);
        dir_changed(to, 1);
    }
    inode_touch(from, ATTR_MTIME);
    inode_touch(to, ATTR_MTIME);
    inode_touch(inode, 0);
    if (exchange)
        inode_touch(victim, 0);
    return 0;
}

static long tmpfs_readlink(struct inode *inode, char *buf, size_t size_bytes)
{
    size_t n = MIN((size_t)inode->size, size_bytes);
    memcpy(buf, inode->target, n);
    return (long)n;
}

static void evict_link(struct inode *inode)
{
    kfree(inode->target);
}

static void populate(struct inode *dir)
{
    if (!dir->priv)
        return;
    void (*fn)(void) = (void (*)(void))__atomic_exchange_n(&dir->priv, NULL, __ATOMIC_ACQ_REL);
    if (fn)
        fn();
}

static int open_dir(struct inode *dir, struct file *f)
{
    (void)f;
    populate(dir);
    return 0;
}

static const struct inode_ops dir_ops = {
    .make = tmpfs_make,
    .link = tmpfs_link,
    .unlink = tmpfs_unlink,
    .rename = tmpfs_rename,
    .open = open_dir,
    .populate = populate,
};
static const struct inode_ops link_ops = {.readlink = tmpfs_readlink, .evict = evict_link};
static const struct inode_ops special_ops;

void tmpfs_when_entered(struct inode *dir, void (*fn)(void))
{
    dir->priv = (void *)fn;
}

/* ---- inodes ---- */

static struct inode *new_link(struct super *s, const char *target)
{
    size_t len = strlen(target);
    char *text = kmalloc(len + 1);
    struct inode *inode = text ? inode_new(s, S_IFLNK | 0777, &link_ops, NULL) : NULL;
    if (!inode) {
        kfree(text);
        return NULL;
    }
    memcpy(text, target, len + 1);
    inode->target = text;
    inode->size = (int64_t)len;
    return inode;
}

static struct inode *new_inode(struct super *s, uint32_t mode, uint64_t rdev, const char *target)
{
    struct inode *inode;
    switch (mode & S_IFMT) {
    case S_IFDIR:
        inode = inode_new(s, mode, &dir_ops, &dentry_dir_fops);
        if (inode)
            inode->size = 2 * NAME_BYTES; /* "." and ".." */
        return inode;
    case S_IFLNK:
        return new_link(s, target);
    case S_IFREG:
        return tmpfs_new_file(s, mode);
    default:
        inode = inode_new(s, mode, &special_ops, NULL);
        if (inode)
            inode->rdev = rdev;
        return inode;
    }
}

/* In a directory with the set-group-id bit new things belong to its group. */
static void inherit_group(struct inode *dir, struct inode *inode)
{
    if (!(dir->mode & S_ISGID))
        return;
    inode->gid = dir->gid;
    if (inode_is(inode, S_IFDIR))
        inode->mode |= S_ISGID;
}

static int tmpfs_make(struct inode *dir, const struct name *n, uint32_t mode, uint64_t rdev,
                      const char *target, struct inode **out)
{
    struct inode *inode = new_inode(dir->super, mode, rdev, target);
    if (!inode)
        return -ENOSPC;
    inherit_group(dir, inode);
    if (n) { /* not for O_TMPFILE */
        if (inode_is(inode, S_IFDIR))
            add_links(dir, 1);
        dir_changed(dir, 1);
    }
    *out = inode;
    return 0;
}

/* ---- the file system ---- */

static void tmpfs_statfs(struct super *s, struct linux_statfs *st)
{
    struct page_stats stats;
    (void)s;
    page_stats(&stats);
    st->f_blocks = stats.total_bytes / PAGE_SIZE;
    st->f_bfree = st->f_bavail = stats.free_bytes / PAGE_SIZE;
    st->f_files = st->f_blocks;
    st->f_ffree = st->f_bfree;
}

static const struct super tmpfs_super = {.type = "tmpfs",
                                         .source = "tmpfs",
                                         .options = "",
                                         .magic = TMPFS_MAGIC,
                                         .statfs = tmpfs_statfs};

static struct super *new_super(uint32_t mode)
{
    struct super *s = kmalloc(sizeof(*s));
    if (!s)
        return NULL;
    *s = tmpfs_super;
    super_init(s);
    struct inode *root = new_inode(s, S_IFDIR | mode, 0, NULL);
    s->root = root ? dentry_root(root) : NULL;
    return s->root ? s : NULL;
}

int tmpfs_mount(const char *path, uint32_t mode)
{
    struct super *s = new_super(mode);
    return s ? super_mount(s, path) : -ENOMEM;
}
