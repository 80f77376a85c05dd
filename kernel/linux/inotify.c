/* SPDX-License-Identifier: Apache-2.0 */
/* The inotify system calls. */
#include "kernel/fs/inotify.h"

#include "abi/errno.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/path.h"
#include "kernel/linux/syscall.h"

long sys_inotify_init1(uint32_t flags)
{
    struct file *f;
    int err = inotify_create(flags, &f);
    return err ? err : fd_install(f, flags & O_CLOEXEC);
}

static int watch(struct file *f, vaddr_t path, uint32_t mask)
{
    struct path_target t;
    uint32_t how = mask & IN_DONT_FOLLOW ? AT_SYMLINK_NOFOLLOW : 0;
    int err = path_target_at(AT_FDCWD, path, how, &t);
    if (err)
        return err;
    err = inode_access(t.inode, R_OK);
    if (!err && (mask & IN_ONLYDIR) && !inode_is(t.inode, S_IFDIR))
        err = -ENOTDIR;
    if (!err)
        err = inotify_add(f, t.inode, mask);
    path_target_put(&t);
    return err;
}

#define MASK_KNOWN                                                                           \
    (IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_ONLYDIR | IN_DONT_FOLLOW | \
     IN_EXCL_UNLINK | IN_MASK_CREATE | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT)

long sys_inotify_add_watch(int fd, vaddr_t path, uint32_t mask)
{
    if (!(mask & MASK_KNOWN))
        return -EINVAL;
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    int wd = -EINVAL;
    if ((mask & (IN_MASK_ADD | IN_MASK_CREATE)) != (IN_MASK_ADD | IN_MASK_CREATE))
        wd = watch(f, path, mask);
    fd_put(f);
    return wd;
}

long sys_inotify_rm_watch(int fd, int wd)
{
    struct file *f = fd_get_io(fd);
    if (!f)
        return -EBADF;
    int err = inotify_remove(f, wd);
    fd_put(f);
    return err;
}
