/* SPDX-License-Identifier: Apache-2.0 */
/* What there is at boot. Little, since every instruction here is paid by a hello world: the rest is
 * made when somebody looks for it. */
#include "kernel/fs/boot.h"

#include "abi/errno.h"
#include "kernel/core/optional.h"
#include "kernel/core/options.h"
#include "kernel/core/payload.h"
#include "kernel/fs/device.h"
#include "kernel/fs/etc.h"
#include "kernel/fs/names.h"
#include "kernel/fs/open.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs.h"
#include "lib/str.h"

static void make_dev(void)
{
    (void)!device_make_nodes(); /* without memory for them names are missing: the program sees
                                   ENOENT */
}

static int make_directory(const char *path, uint32_t mode, void (*when_entered)(void))
{
    struct dentry *d;
    int err = names_make(super_top(), path, S_IFDIR | mode, 0, NULL);
    if ((err && err != -EEXIST) || !when_entered)
        return err == -EEXIST ? 0 : err;
    err = path_lookup(super_top(), path, WALK_DIRECTORY, &d);
    if (err)
        return err;
    if (d->inode->super == super_top()->inode->super) /* no volume */
        tmpfs_when_entered(d->inode, when_entered);
    dentry_put(d);
    return 0;
}

/* The program itself, under the name that it was started by, unless the archive has a file there.
 */
static void make_program(void)
{
    char path[256];
    struct file *f;
    size_t size;
    const void *bytes = payload_item(PAYLOAD_PROGRAM, &size);
    if (!option_copy("execfn", path, sizeof(path)))
        memcpy(path, "/program", sizeof("/program"));
    char *base = strrchr(path, '/');
    if (base && base > path) {
        *base = 0;
        (void)!names_make_dirs(path); /* what couldn't be made fs_open finds missing */
        *base = '/';
    }
    if (!bytes || fs_open(super_top(), path, O_WRONLY | O_CREAT | O_EXCL, 0755, &f))
        return;
    tmpfs_set_below(f->inode, bytes, size);
    file_put(f);
}

int fs_boot(struct fs_context *c)
{
    int err = tmpfs_mount(NULL, 0755);
    if (err)
        return err;
    fs_context_init(c);
    err = boot_steps_run();
    if (!err)
        err = make_directory("/dev", 0755, make_dev);
    if (!err)
        err = make_directory("/tmp", 01777, NULL);
    if (!err)
        err = make_directory("/etc", 0755, etc_fill);
    tmpfs_when_entered(super_top()->inode, make_program);
    return err;
}
