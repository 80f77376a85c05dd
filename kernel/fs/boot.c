/* SPDX-License-Identifier: Apache-2.0 */
/* What there is at boot. Little, since every instruction here is paid by a hello world: the rest is
 * made when somebody looks for it. */
#include "kernel/fs/boot.h"

#include "kernel/fs/device.h"
#include "kernel/fs/names.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs.h"

static void make_dev(void)
{
    (void)!device_make_nodes(); /* without memory for them names are missing: the program sees
                                   ENOENT */
}

static int make_directory(const char *path, uint32_t mode, void (*when_entered)(void))
{
    struct dentry *d;
    int err = names_make(super_top(), path, S_IFDIR | mode, 0, NULL);
    if (err || !when_entered)
        return err;
    err = path_lookup(super_top(), path, WALK_DIRECTORY, &d);
    if (err)
        return err;
    tmpfs_when_entered(d->inode, when_entered);
    dentry_put(d);
    return 0;
}

int fs_boot(struct fs_context *c)
{
    int err = tmpfs_mount(NULL, 0755);
    if (err)
        return err;
    fs_context_init(c);
    err = make_directory("/dev", 0755, make_dev);
    if (!err)
        err = make_directory("/tmp", 01777, NULL);
    return err;
}
