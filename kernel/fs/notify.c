/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to whom, for inotify's watchers. */
#include "kernel/fs/dentry.h"
#include "kernel/fs/inotify.h"
#include "kernel/fs/inotify_internal.h"
#include "lib/str.h"

static uint32_t with_kind(uint32_t event, const struct inode *inode)
{
    return inode_is(inode, S_IFDIR) ? event | IN_ISDIR : event;
}

/* A copy of d's name, which a rename may change meanwhile, and its directory; NULL without one. */
static struct dentry *name_and_parent(struct dentry *d, char *buf, struct name *n)
{
    struct dentry *parent = NULL;
    spin_lock(&names_lock);
    if (d->parent != d) {
        memcpy(buf, d->name, d->name_len);
        *n = (struct name){.s = buf, .len = d->name_len};
        parent = dentry_get(d->parent);
    }
    spin_unlock(&names_lock);
    return parent;
}

void notify_dentry(struct dentry *d, uint32_t event)
{
    char buf[NAME_MAX];
    struct name n;
    event = with_kind(event, d->inode);
    struct dentry *parent = name_and_parent(d, buf, &n);
    if (parent) {
        inotify_send(parent->inode, event, 0, &n);
        dentry_put(parent);
    }
    inotify_send(d->inode, event, 0, NULL);
}

void notify_file(struct file *f, uint32_t event)
{
    if (!f->dentry || (f->mode & FILE_NAMELESS))
        return;
    notify_dentry(f->dentry, event);
}

void notify_inode(struct inode *inode, uint32_t event)
{
    inotify_send(inode, with_kind(event, inode), 0, NULL);
}

void notify_name(struct dentry *dir, struct dentry *child, uint32_t event)
{
    char buf[NAME_MAX];
    struct name n;
    struct dentry *parent = name_and_parent(child, buf, &n);
    if (!parent)
        return;
    inotify_send(dir->inode, with_kind(event, child->inode), 0, &n);
    dentry_put(parent);
}

void notify_removed(struct dentry *dir, struct dentry *gone, const struct name *n)
{
    if (!inode_is(gone->inode, S_IFDIR))
        inotify_send(gone->inode, IN_ATTRIB, 0, NULL);
    inotify_send(dir->inode, with_kind(IN_DELETE, gone->inode), 0, n);
}

void notify_moved(struct dentry *from, const struct name *n, struct dentry *to, struct dentry *d)
{
    static uint32_t cookies;
    char buf[NAME_MAX];
    struct name now;
    uint32_t cookie = __atomic_add_fetch(&cookies, 1, __ATOMIC_RELAXED);
    struct dentry *parent = name_and_parent(d, buf, &now);
    if (!parent)
        return;
    inotify_send(from->inode, with_kind(IN_MOVED_FROM, d->inode), cookie, n);
    inotify_send(to->inode, with_kind(IN_MOVED_TO, d->inode), cookie, &now);
    inotify_send(d->inode, with_kind(IN_MOVE_SELF, d->inode), 0, NULL);
    dentry_put(parent);
}

void notify_unlinked(struct dentry *d)
{
    inotify_send(d->inode, with_kind(IN_ATTRIB, d->inode), 0, NULL);
}
