/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that make descriptors and end them. */
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/epoll.h"
#include "kernel/fs/eventfd.h"
#include "kernel/fs/open.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/path.h"
#include "kernel/linux/syscall.h"

static long open_path(int dirfd, const char *path, uint32_t flags, uint32_t mode)
{
    struct dentry *base;
    struct file *f;
    int err = path_base(dirfd, path, &base);
    if (err)
        return err;
    err = fs_open(base, path, flags, mode, &f);
    dentry_put(base);
    return err ? err : fd_install(f, flags & O_CLOEXEC);
}

long sys_openat(int dirfd, vaddr_t path, uint32_t flags, uint32_t mode)
{
    struct path_arg p;
    long fd = open_flags_check(flags);
    if (fd)
        return fd;
    fd = path_read(&p, path);
    if (fd)
        return fd;
    fd = open_path(dirfd, p.text, flags | O_LARGEFILE, mode);
    path_done(&p);
    return fd;
}

long sys_close(int fd)
{
    return fd_close(fd);
}

COLD long sys_close_range(uint32_t first, uint32_t last, uint32_t flags)
{
    if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) || first > last)
        return -EINVAL;
    fd_close_range(first, last, flags & CLOSE_RANGE_CLOEXEC);
    return 0;
}

COLD long sys_pipe2(vaddr_t fds, uint32_t flags)
{
    struct file *ends[2];
    if (flags & ~(O_NONBLOCK | O_CLOEXEC | O_DIRECT))
        return -EINVAL;
    int err = pipe_create(ends, flags);
    return err ? err : fd_install_pair(ends, flags & O_CLOEXEC, fds);
}

COLD long sys_eventfd2(uint32_t initval, uint32_t flags)
{
    struct file *f;
    int err = eventfd_create(initval, flags, &f);
    return err ? err : fd_install(f, flags & O_CLOEXEC);
}

COLD long sys_memfd_create(vaddr_t name, uint32_t flags)
{
    char text[250];
    struct file *f;
    if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING))
        return -EINVAL;
    long n = copy_string_from_user(text, name, sizeof(text));
    if (n < 0)
        return n == -ENAMETOOLONG ? -EINVAL : n;
    int err = memfd_create_file(text, flags, &f);
    return err ? err : fd_install(f, flags & MFD_CLOEXEC);
}

/* ---- duplicates ---- */

COLD long sys_dup(int fd)
{
    struct file *f = fd_get(fd);
    return f ? fd_install(f, false) : -EBADF;
}

COLD long sys_dup3(int oldfd, int newfd, uint32_t flags)
{
    if ((flags & ~O_CLOEXEC) || oldfd == newfd)
        return -EINVAL;
    struct file *f = fd_get(oldfd);
    return f ? fd_install_at(f, newfd, flags & O_CLOEXEC) : -EBADF;
}
