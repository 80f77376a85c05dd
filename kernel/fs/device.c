/* SPDX-License-Identifier: Apache-2.0 */
/* /dev/null, zero, full, random, urandom, and the table of devices. */
#include "kernel/fs/device.h"

#include "abi/errno.h"
#include "kernel/core/random.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/names.h"
#include "kernel/fs/stdio.h"
#include "kernel/fs/super.h"

static long null_read(struct file *f, struct uio *u, int64_t *pos)
{
    (void)f, (void)u, (void)pos;
    return 0;
}

static long null_write(struct file *f, struct uio *u, int64_t *pos)
{
    (void)f, (void)pos;
    return (long)u->left;
}

static long zero_read(struct file *f, struct uio *u, int64_t *pos)
{
    (void)f, (void)pos;
    uint64_t want = u->left;
    size_t n = uio_zero(u, want);
    return n || !want ? (long)n : -EFAULT;
}

static long full_write(struct file *f, struct uio *u, int64_t *pos)
{
    (void)f, (void)u, (void)pos;
    return -ENOSPC;
}

static long random_read(struct file *f, struct uio *u, int64_t *pos)
{
    uint8_t bytes[256];
    long done = 0;
    (void)f, (void)pos;
    while (u->left) {
        size_t n = MIN(u->left, sizeof(bytes));
        random_fill(bytes, n);
        size_t moved = uio_write(u, bytes, n);
        done += (long)moved;
        if (moved < n)
            return done ? done : -EFAULT;
    }
    return done;
}

static long random_write(struct file *f, struct uio *u, int64_t *pos)
{
    uint8_t bytes[256];
    long done = 0;
    (void)f, (void)pos;
    while (u->left) {
        size_t n = uio_read(u, bytes, sizeof(bytes));
        if (!n)
            return done ? done : -EFAULT;
        random_add("the program", bytes, n);
        done += (long)n;
    }
    return done;
}

static int64_t null_seek(struct file *f, int64_t offset, int whence)
{
    (void)f, (void)offset, (void)whence;
    return 0;
}

/* Always ready, and in epoll too. */
static unsigned random_poll(struct file *f, struct poll_table *pt)
{
    (void)f, (void)pt;
    return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
}

static const struct file_ops null_fops = {
    .read = null_read, .write = null_write, .seek = null_seek};
static const struct file_ops zero_fops = {
    .read = zero_read, .write = null_write, .seek = null_seek};
static const struct file_ops full_fops = {
    .read = zero_read, .write = full_write, .seek = null_seek};
static const struct file_ops random_fops = {
    .read = random_read, .write = random_write, .seek = null_seek, .poll = random_poll};

static const struct device {
    uint64_t rdev;
    const char *path;
    uint32_t mode;
    const struct file_ops *fops;
} devices[] = {
    {MKDEV(1, 3), "/dev/null", 0666, &null_fops},
    {MKDEV(1, 5), "/dev/zero", 0666, &zero_fops},
    {MKDEV(1, 7), "/dev/full", 0666, &full_fops},
    {MKDEV(1, 8), "/dev/random", 0666, &random_fops},
    {MKDEV(1, 9), "/dev/urandom", 0666, &random_fops},
    {MKDEV(5, 0), "/dev/tty", 0666, &tty_fops},
    {MKDEV(5, 1), "/dev/console", 0600, &tty_fops},
};

int device_open(struct inode *inode, struct file *f)
{
    if (!inode_is(inode, S_IFCHR))
        return -ENXIO;
    for (unsigned i = 0; i < ARRAY_SIZE(devices); i++) {
        if (devices[i].rdev == inode->rdev) {
            if (devices[i].fops == &tty_fops && !stdio_has_tty())
                return -ENXIO;
            f->ops = devices[i].fops;
            if (f->ops->seek)
                f->mode |= FILE_SEEK;
            return 0;
        }
    }
    return -ENXIO;
}

static const struct {
    const char *path, *target;
} links[] = {
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
};

int device_make_nodes(void)
{
    int err = 0;
    for (unsigned i = 0; i < ARRAY_SIZE(devices) && !err; i++)
        err = names_make(super_top(), devices[i].path, S_IFCHR | devices[i].mode, devices[i].rdev,
                         NULL);
    for (unsigned i = 0; i < ARRAY_SIZE(links) && !err; i++)
        err = names_make(super_top(), links[i].path, S_IFLNK | 0777, 0, links[i].target);
    if (!err)
        err = names_make_dirs("/dev/shm");
    return err;
}
