/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open files: what a descriptor refers to. Shared by dup, counted; the last reference releases it.
 * An open file belongs to an inode (a shared nameless one for eventfd and the like) and, when it
 * was opened by name, to a dentry.
 *
 * Locks: pos_lock guards pos while bytes move; `flags` is changed by F_SETFL with an atomic store;
 * everything else is constant after opening.
 */
#ifndef KERNEL_FS_FILE_H
#define KERNEL_FS_FILE_H

#include "abi/linux_fs.h"
#include "kernel/fs/mutex.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/uio.h"

struct dentry;
struct dir_context;
struct file;
struct inode;
struct vmobj;

/*
 * What a kind of file can do; a NULL entry means what its line says. All run in a task without
 * spinlocks. Results are 0 or more, a negative errno, or -ERESTARTSYS from an interrupted wait in
 * which nothing was done.
 */
struct file_ops {
    /* Bytes at *pos, which they advance; pos is NULL for streams. Bytes moved; short only at end of
     * data, a bad page or a signal. NULL: -EINVAL */
    long (*read)(struct file *f, struct uio *u, int64_t *pos);
    long (*write)(struct file *f, struct uio *u, int64_t *pos);
    /* New position; NULL: -ESPIPE */
    int64_t (*seek)(struct file *f, int64_t offset, int whence);
    /* NULL: -ENOTTY. arg is an address of the program or a number. */
    long (*ioctl)(struct file *f, uint32_t request, uint64_t arg);
    /* What f is ready for (POLL bits); pt may be NULL. NULL: always readable and writable, and
     * epoll refuses the file. */
    unsigned (*poll)(struct file *f, struct poll_table *pt);
    /* The pages behind a shared or private mapping: a reference for the caller in *obj. NULL:
     * -ENODEV */
    int (*mmap)(struct file *f, struct vmobj **obj);
    /* Names of a directory from f->pos on, through dir_emit. NULL: -ENOTDIR */
    int (*iterate)(struct file *f, struct dir_context *ctx);
    /* NULL: nothing to do, 0 */
    int (*fsync)(struct file *f, bool data_only);
    /* NULL: -EOPNOTSUPP */
    int (*fallocate)(struct file *f, int mode, int64_t offset, int64_t len);
    /* Last reference is gone. */
    void (*release)(struct file *f);
};

enum file_mode {
    FILE_READ = 1,
    FILE_WRITE = 2,
    FILE_PATH = 4,      /* opened with O_PATH: only names something */
    FILE_SEEK = 8,      /* has a position; pread and pwrite are allowed */
    FILE_NAMELESS = 16, /* on the shared nameless inode */
    FILE_WRITER = 32,   /* counted among the inode's writers */
};

struct file {
    const struct file_ops *ops;
    uint32_t refs;
    uint32_t flags; /* O_ACCMODE and the status flags */
    uint32_t mode;  /* enum file_mode */
    struct inode *inode;
    struct dentry *dentry; /* NULL: nameless */
    void *priv;            /* the kind's own */
    int64_t pos;
    struct mutex pos_lock;
    struct spinlock watch_lock; /* guards watches */
    struct list watches;        /* of epolls, see epoll.c */
};

/*
 * file_new - an open file with one reference. Takes over the caller's reference of inode; dentry's
 * is taken as well. flags: O_*; read and write permission follow from O_ACCMODE. NULL when there is
 * no memory (references stay the caller's).
 */
struct file *file_new(const struct file_ops *ops, struct inode *inode, uint32_t flags) MUST_CHECK;

/* file_new_nameless - one on the shared nameless inode, for eventfd, epoll and the like. */
struct file *file_new_nameless(const struct file_ops *ops, void *priv, uint32_t flags) MUST_CHECK;

/* file_get returns f. file_put releases at the last reference; it may sleep. */
struct file *file_get(struct file *f);
struct file *file_get_live(struct file *f); /* NULL when it is being released */
void file_put(struct file *f);

/* file_read, file_write - at pos (advanced), or at and with the file's own position when pos is
 * NULL. Checks the open mode (-EBADF). */
long file_read(struct file *f, struct uio *u, int64_t *pos) MUST_CHECK;
long file_write(struct file *f, struct uio *u, int64_t *pos) MUST_CHECK;

/* file_poll - POLL bits that hold now; see struct file_ops. */
unsigned file_poll(struct file *f, struct poll_table *pt);

/* file_seek_within - lseek of a file that has that size: SEEK_SET, SEEK_CUR and SEEK_END. The new
 * position, -EINVAL, -EOVERFLOW. */
int64_t file_seek_within(struct file *f, int64_t size, int64_t offset, int whence);

/* file_pread_kernel - up to size_bytes at offset into kernel memory, for the ELF loader. Bytes
 * read, 0 at the end, or a negative errno. */
long file_pread_kernel(struct file *f, void *buf, size_t size_bytes, int64_t offset) MUST_CHECK;

static inline bool file_nonblock(const struct file *f)
{
    return __atomic_load_n(&f->flags, __ATOMIC_RELAXED) & O_NONBLOCK;
}

#endif
