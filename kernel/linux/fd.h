/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor table of a process, shared by its threads. A slot holds one reference of its open
 * file. fd_get takes another for the time of a system call, so a close by another thread never
 * frees a file in use: the blocked call goes on with the file that it has, as on Linux.
 *
 * Locks: `lock` guards the slots; references are dropped only after it is released.
 */
#ifndef KERNEL_LINUX_FD_H
#define KERNEL_LINUX_FD_H

#include "kernel/core/lock.h"
#include "kernel/fs/file.h"

#define FD_TABLE_FIRST 64u /* slots to begin with */
#define FD_LIMIT_SOFT  1024u
#define FD_LIMIT_HARD  1048576u

struct fd_table {
    struct spinlock lock;
    uint32_t size;  /* slots there are */
    uint32_t limit; /* RLIMIT_NOFILE, soft: descriptors stay below it */
    uint32_t hint;  /* no slot below it is free */
    struct file **slots;
    uint64_t *cloexec; /* one bit a slot */
};

/* fd_table_init - an empty table. 0 or -ENOMEM. fd_table_exit - close everything; from then on
 * the table is empty. */
int fd_table_init(struct fd_table *t) MUST_CHECK;
void fd_table_exit(struct fd_table *t);

/* fd_table_copy - t, which is new, gets the descriptors of `from`. 0 or -ENOMEM. */
int fd_table_copy(struct fd_table *t, struct fd_table *from) MUST_CHECK;

/* fd_table_exec - close what is marked close-on-exec. */
void fd_table_exec(struct fd_table *t);

/* fd_table_self - of the running process. The lead's process.c defines it, and in host tests a
 * fake. */
struct fd_table *fd_table_self(void);

/* fd_get - the open file behind fd with a reference (file_put or fd_put), or NULL: -EBADF.
 * fd_get_io: NULL for O_PATH files as well. */
struct file *fd_get(int fd) MUST_CHECK;
struct file *fd_get_of(struct fd_table *t, int fd) MUST_CHECK; /* of any process */
struct file *fd_get_io(int fd) MUST_CHECK;
#define fd_put file_put

/* fd_install - put f into the lowest free slot at or above `from`, taking over the caller's
 * reference (dropped on failure too). The descriptor; -EMFILE at the limit; -ENOMEM. f may be
 * ERR-free NULL: -ENOMEM, so that creation and installation read as one. */
int fd_install(struct file *f, bool cloexec) MUST_CHECK;
int fd_install_from(struct file *f, uint32_t from, bool cloexec) MUST_CHECK;

/* fd_install_at - into exactly fd, closing what was there (dup3, standard streams). fd or -EBADF,
 * -ENOMEM. */
int fd_install_at(struct file *f, int fd, bool cloexec) MUST_CHECK;

/* fd_close - 0, -EBADF, or the error of the file's last flush. */
int fd_close(int fd);

/* fd_install_pair - both files, whose references it takes over, and their numbers to the int[2] of
 * the program at `fds`. 0, or an error and neither is there. */
int fd_install_pair(struct file *ends[2], bool cloexec, vaddr_t fds) MUST_CHECK;

/* fd_cloexec - the descriptor's close-on-exec flag, 0 or 1, before it is set to `set` (negative:
 * only asked); -EBADF. */
int fd_cloexec(int fd, int set);

/* fd_close_range - close, or mark close-on-exec, all of [first, last]. */
void fd_close_range(uint32_t first, uint32_t last, bool only_mark);

/* fd_next - the lowest descriptor in use at or above `from`, -1 when there is none; *f (may be
 * NULL) gets a reference. */
int fd_next(struct fd_table *t, uint32_t from, struct file **f);

#endif
