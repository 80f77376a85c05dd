/* SPDX-License-Identifier: Apache-2.0 */
/* The list of mounts. */
#include "kernel/fs/super.h"

#include "abi/errno.h"
#include "kernel/fs/names.h"
#include "kernel/fs/sync.h"
#include "kernel/fs/walk.h"

struct super super_nameless = {.type = "anon_inodefs",
                               .source = "anon_inodefs",
                               .options = "",
                               .magic = ANON_INODE_FS_MAGIC,
                               .dev = 1,
                               .node = LIST_INIT(super_nameless.node),
                               .next_ino = 1};
struct list super_mounts = LIST_INIT(super_mounts);

void (*fs_sync_hook)(void);

void super_init(struct super *s)
{
    static uint32_t count = 1;
    s->dev = ++count;
    s->id = count + 20;
    list_init(&s->node);
}

struct dentry *super_top(void)
{
    return list_entry(super_mounts.next, struct super, node)->root;
}

static int cover(struct super *s, const char *path)
{
    struct dentry *d;
    int err = path_lookup(super_top(), path, WALK_FOLLOW | WALK_DIRECTORY, &d);
    if (err)
        return err;
    s->covered = d;
    d->mounted = s;
    return 0;
}

int super_mount(struct super *s, const char *path)
{
    if (!list_empty(&super_mounts)) {
        int err = names_make_dirs(path);
        if (!err)
            err = cover(s, path);
        if (err)
            return err;
    }
    list_push_back(&super_mounts, &s->node);
    return 0;
}
