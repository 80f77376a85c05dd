/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes as file systems; what concerns all of them. */
#include "kernel/fs/p9_mount.h"

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/fs/p9_volume.h"
#include "kernel/fs/pages_tree.h"
#include "kernel/fs/sync.h"

static struct list volumes = LIST_INIT(volumes); /* grows at boot only */

static void statfs(struct super *s, struct linux_statfs *st)
{
    struct p9_fid *root = p9_name(p9_of(s->root->inode));
    if (root)
        (void)!p9_statfs(root, st); /* zeros then */
    p9_fid_put(root);
}

/* ---- everything written back ---- */

/* An inode with dirty pages, with a reference; NULL: there is none. */
static struct inode *next_dirty(struct p9_volume *v)
{
    struct inode *found = NULL;
    spin_lock(&v->lock);
    for (unsigned i = 0; i < P9_TABLE && !found; i++) {
        list_for_each (n, &v->table[i]) {
            struct p9_inode *p = list_entry(n, struct p9_inode, node);
            if (!found && p->dirty.count && !p->detached && p9_inode_get_live(p->inode))
                found = p->inode;
        }
    }
    spin_unlock(&v->lock);
    return found;
}

/* An error ends it: the pages are still dirty, and would come up again. */
static int sync_volume(struct p9_volume *v)
{
    struct inode *inode;
    int err = 0;
    while (!err && (inode = next_dirty(v))) {
        err = p9_write_back(p9_of(inode), 0, UINT64_MAX);
        inode_put(inode);
    }
    return err;
}

static void sync_all(void)
{
    list_for_each (n, &volumes)
        sync_volume(list_entry(n, struct p9_volume, node));
}

/* ---- memory ---- */

static bool reclaim_inode(struct p9_inode *p)
{
    if (p->detached || !p->pages.count || !spin_trylock(&p->pages.lock))
        return false;
    bool any = pages_tree_drop_idle(&p->pages);
    spin_unlock(&p->pages.lock);
    return any;
}

static bool reclaim_volume(struct p9_volume *v)
{
    bool any = false;
    if (!spin_trylock(&v->lock))
        return false;
    for (unsigned i = 0; i < P9_TABLE; i++)
        list_for_each (n, &v->table[i])
            any |= reclaim_inode(list_entry(n, struct p9_inode, node));
    spin_unlock(&v->lock);
    return any;
}

/* Called where any lock may be held, so it waits for none. */
static bool reclaim(void)
{
    bool any = false;
    list_for_each (n, &volumes)
        any |= reclaim_volume(list_entry(n, struct p9_volume, node));
    return any;
}

/* ---- mounting ---- */

static int attach(struct p9_volume *v, struct p9_channel *channel)
{
    struct p9_fid *fid = NULL;
    struct p9_qid qid;
    struct inode *root = NULL;
    int err = p9_attach(&v->session, channel, &fid, &qid);
    if (!err)
        err = p9_inode_get(v, &qid, fid, &root);
    if (err)
        return err;
    err = inode_is(root, S_IFDIR) ? 0 : -ENOTDIR;
    if (!err && !(v->super.root = dentry_root(root)))
        err = -ENOMEM;
    if (err)
        inode_put(root);
    return err;
}

int p9_volume_init(struct p9_volume *v, struct p9_channel *channel, bool readonly)
{
    v->super = (struct super){.type = "9p",
                              .source = channel->tag,
                              .options = ",trans=virtio,version=9p2000.L",
                              .magic = V9FS_MAGIC,
                              .flags = SUPER_REMOTE | (readonly ? SUPER_READONLY : 0u),
                              .statfs = statfs};
    super_init(&v->super);
    for (unsigned i = 0; i < P9_TABLE; i++)
        list_init(&v->table[i]);
    return attach(v, channel);
}

/* What fails leaves v, since the server may still answer. */
int p9_mount(struct p9_channel *channel, const char *path, bool readonly)
{
    struct p9_volume *v = kzalloc(sizeof(*v));
    if (!v)
        return -ENOMEM;
    int err = p9_volume_init(v, channel, readonly);
    if (err)
        return err;
    err = super_mount(&v->super, path);
    if (err) {
        dentry_put(v->super.root);
        return err;
    }
    list_push_back(&volumes, &v->node);
    fs_sync_hook = sync_all;
    page_reclaim = reclaim;
    return 0;
}
