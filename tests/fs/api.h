/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One face for two kernels: the host's Linux and ours. Open flags, modes and so on are the host's
 * numbers; the side that differs translates. Every function answers as a system call: 0 or more, or
 * a negative errno. Nothing here includes a kernel's or libc's file headers, so that neither side
 * can lend the other a definition.
 */
#ifndef TESTS_FS_API_H
#define TESTS_FS_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct api_stat {
    uint32_t mode, nlink, uid, gid;
    uint64_t rdev, ino, dev;
    int64_t size, blocks, atime_ns, mtime_ns;
};

struct api_event {
    uint32_t events;
    uint64_t data;
};

struct api_pollfd {
    int fd;
    unsigned events, revents;
};

struct api_lock {
    int type, whence;
    int64_t start, len;
    int pid;
};

struct api_dirents {
    char names[4096]; /* sorted, each followed by '/' for directories, '@' links, '|' FIFOs and a
                         blank */
    int count;
};

struct api {
    const char *name;
    long (*open)(int dirfd, const char *path, int flags, unsigned mode);
    long (*close)(int fd);
    long (*read)(int fd, void *buf, size_t n);
    long (*write)(int fd, const void *buf, size_t n);
    long (*pread)(int fd, void *buf, size_t n, int64_t off);
    long (*pwrite)(int fd, const void *buf, size_t n, int64_t off);
    long (*readv2)(int fd, void *a, size_t na, void *b, size_t nb); /* two pieces */
    long (*writev2)(int fd, const void *a, size_t na, const void *b, size_t nb);
    long (*lseek)(int fd, int64_t off, int whence);
    long (*dup)(int fd);
    long (*dup3)(int from, int to, int flags);
    long (*fcntl)(int fd, int cmd, long arg);
    long (*lock)(int fd, int cmd, struct api_lock *l);
    long (*flock)(int fd, int op);
    long (*ioctl_int)(int fd, unsigned request, int *value);
    long (*fstat)(int fd, struct api_stat *st);
    long (*stat)(int dirfd, const char *path, int flags, struct api_stat *st);
    long (*access)(int dirfd, const char *path, int mode, int flags);
    long (*readlink)(int dirfd, const char *path, char *buf, size_t n);
    long (*getdents)(int fd, struct api_dirents *d);
    long (*getcwd)(char *buf, size_t n);
    long (*chdir)(const char *path);
    long (*fchdir)(int fd);
    long (*mkdir)(int dirfd, const char *path, unsigned mode);
    long (*mknod)(int dirfd, const char *path, unsigned mode, unsigned dev);
    long (*unlink)(int dirfd, const char *path, int flags);
    long (*rename)(int from, const char *a, int to, const char *b, unsigned flags);
    long (*link)(int from, const char *a, int to, const char *b, int flags);
    long (*symlink)(const char *target, int dirfd, const char *path);
    long (*fchmod)(int fd, unsigned mode);
    long (*chmod)(int dirfd, const char *path, unsigned mode);
    long (*chown)(int dirfd, const char *path, unsigned uid, unsigned gid, int flags);
    long (*utimens)(int dirfd, const char *path, const int64_t at[4], int flags);
    long (*truncate)(const char *path, int64_t size);
    long (*ftruncate)(int fd, int64_t size);
    long (*fallocate)(int fd, int mode, int64_t off, int64_t len);
    long (*fsync)(int fd);
    long (*pipe2)(int fds[2], int flags);
    long (*eventfd)(unsigned initial, int flags);
    long (*epoll_create)(int flags);
    long (*epoll_ctl)(int ep, int op, int fd, const struct api_event *e);
    long (*epoll_wait)(int ep, struct api_event *e, int max, int timeout_ms);
    long (*poll)(struct api_pollfd *p, int n, int timeout_ms);
    long (*inotify_init)(int flags);
    long (*inotify_add)(int fd, const char *path, unsigned mask);
    long (*inotify_rm)(int fd, int wd);
    long (*memfd)(const char *name, unsigned flags);
    long (*sendfile)(int out, int in, int64_t *off, size_t n);
    long (*splice)(int in, int64_t *inoff, int out, int64_t *outoff, size_t n, unsigned flags);
    long (*tee)(int in, int out, size_t n, unsigned flags);
    long (*copy_range)(int in, int64_t *inoff, int out, int64_t *outoff, size_t n);
    long (*socketpair)(int family, int type, int protocol, int fds[2]);
    long (*socket)(int family, int type, int protocol);
    long (*bind)(int fd, const void *addr, unsigned len);
    long (*listen)(int fd, int backlog);
    long (*accept)(int fd, void *addr, unsigned *len, int flags);
    long (*connect)(int fd, const void *addr, unsigned len);
    long (*shutdown)(int fd, int how);
    long (*sendto)(int fd, const void *buf, size_t n, int flags, const void *addr, unsigned len);
    long (*recvfrom)(int fd, void *buf, size_t n, int flags, void *addr, unsigned *len);
    long (*sendfd)(int fd, const void *buf, size_t n, int pass);
    long (*recvfd)(int fd, void *buf, size_t n, int *passed, int *flags);
    long (*getsockopt)(int fd, int level, int opt, int *value);
    long (*setsockopt)(int fd, int level, int opt, int value);
    long (*getsockname)(int fd, void *addr, unsigned *len, bool peer);
};

extern const struct api host_api, kernel_api;

/* kernel_setup - a fresh kernel: empty root, empty descriptor table, this umask and user.
 * kernel_teardown: everything closed; aborts on leaks of memory or pages. */
void kernel_setup(unsigned umask, unsigned uid, unsigned gid);
void kernel_teardown(void);

/* api_names_add - one entry into d, keeping it sorted; type as in d_type. */
void api_names_add(struct api_dirents *d, const char *name, unsigned type);

#endif
