/* SPDX-License-Identifier: Apache-2.0 */
/* Our kernel's system calls behind struct api, compiled for the host. Host numbers that differ from
 * arm64's are translated here. */
#include "tests/fs/api.h"

#include "abi/errno.h"
#include "abi/linux_fs.h"
#include "kernel/fs/boot.h"
#include "kernel/fs/super.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"
#include "tests/fs/fakes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fd_table files;
static struct fs_context context;

struct fd_table *fd_table_self(void)
{
    return &files;
}

struct fs_context *fs_context_self(void)
{
    return &context;
}

#define P(x) ((vaddr_t)(uintptr_t)(x))

/* Open flags of amd64: O_DIRECT 040000, O_LARGEFILE 0100000, O_DIRECTORY 0200000, O_NOFOLLOW
 * 0400000. */
static const struct {
    uint32_t host, ours;
} flag_pairs[] = {
    {040000, O_DIRECT}, {0100000, O_LARGEFILE}, {0200000, O_DIRECTORY}, {0400000, O_NOFOLLOW}};

static uint32_t flags_in(int flags)
{
    uint32_t f = (uint32_t)flags, out = f & ~0740000u;
    for (unsigned i = 0; i < ARRAY_SIZE(flag_pairs); i++)
        out |= f & flag_pairs[i].host ? flag_pairs[i].ours : 0;
    return out;
}

static long flags_out(long flags)
{
    long out = flags & ~0740000;
    for (unsigned i = 0; i < ARRAY_SIZE(flag_pairs); i++)
        out |= flags & flag_pairs[i].ours ? flag_pairs[i].host : 0;
    return out;
}

static long k_open(int dirfd, const char *path, int flags, unsigned mode)
{
    return sys_openat(dirfd, P(path), flags_in(flags), mode);
}
static long k_close(int fd)
{
    return sys_close(fd);
}
static long k_read(int fd, void *buf, size_t n)
{
    return sys_read(fd, P(buf), n);
}
static long k_write(int fd, const void *buf, size_t n)
{
    return sys_write(fd, P(buf), n);
}
static long k_pread(int fd, void *buf, size_t n, int64_t off)
{
    return sys_pread64(fd, P(buf), n, off);
}
static long k_pwrite(int fd, const void *buf, size_t n, int64_t off)
{
    return sys_pwrite64(fd, P(buf), n, off);
}
static long k_readv2(int fd, void *a, size_t na, void *b, size_t nb)
{
    struct linux_iovec v[2] = {{P(a), na}, {P(b), nb}};
    return sys_readv(fd, P(v), 2);
}
static long k_writev2(int fd, const void *a, size_t na, const void *b, size_t nb)
{
    struct linux_iovec v[2] = {{P(a), na}, {P(b), nb}};
    return sys_writev(fd, P(v), 2);
}
static long k_lseek(int fd, int64_t off, int whence)
{
    return sys_lseek(fd, off, whence);
}
static long k_dup(int fd)
{
    return sys_dup(fd);
}
static long k_dup3(int from, int to, int flags)
{
    return sys_dup3(from, to, flags_in(flags));
}
static long k_fcntl(int fd, int cmd, long arg)
{
    if (cmd == F_SETFL)
        arg = flags_in((int)arg);
    long n = sys_fcntl(fd, cmd, (uint64_t)arg);
    return cmd == F_GETFL && n >= 0 ? flags_out(n) : n;
}
static long k_lock(int fd, int cmd, struct api_lock *l)
{
    struct linux_flock k = {.l_type = (int16_t)l->type,
                            .l_whence = (int16_t)l->whence,
                            .l_start = l->start,
                            .l_len = l->len};
    long n = sys_fcntl(fd, cmd, P(&k));
    *l = (struct api_lock){k.l_type, k.l_whence, k.l_start, k.l_len, k.l_pid};
    return n;
}
static long k_flock(int fd, int op)
{
    return sys_flock(fd, op);
}
static long k_ioctl_int(int fd, unsigned request, int *value)
{
    return sys_ioctl(fd, request, P(value));
}
static void take_stat(struct api_stat *o, const struct linux_stat *s)
{
    *o = (struct api_stat){.mode = s->st_mode,
                           .nlink = s->st_nlink,
                           .uid = s->st_uid,
                           .gid = s->st_gid,
                           .rdev = s->st_rdev,
                           .ino = s->st_ino,
                           .dev = s->st_dev,
                           .size = s->st_size,
                           .blocks = s->st_blocks,
                           .atime_ns = s->st_atime * 1000000000 + (int64_t)s->st_atime_nsec,
                           .mtime_ns = s->st_mtime * 1000000000 + (int64_t)s->st_mtime_nsec};
}
static long k_fstat(int fd, struct api_stat *st)
{
    struct linux_stat s;
    long n = sys_fstat(fd, P(&s));
    if (!n)
        take_stat(st, &s);
    return n;
}
static long k_stat(int dirfd, const char *path, int flags, struct api_stat *st)
{
    struct linux_stat s;
    long n = sys_newfstatat(dirfd, P(path), P(&s), (uint32_t)flags);
    if (!n)
        take_stat(st, &s);
    return n;
}
static long k_access(int dirfd, const char *path, int mode, int flags)
{
    return sys_faccessat2(dirfd, P(path), (uint32_t)mode, (uint32_t)flags);
}
static long k_readlink(int dirfd, const char *path, char *buf, size_t n)
{
    return sys_readlinkat(dirfd, P(path), P(buf), n);
}
static long k_getdents(int fd, struct api_dirents *d)
{
    char buf[2048] __attribute__((aligned(8)));
    long n, total = 0;
    while ((n = sys_getdents64(fd, P(buf), sizeof(buf))) > 0) {
        for (long at = 0; at < n;) {
            struct linux_dirent64 *e = (struct linux_dirent64 *)(buf + at);
            api_names_add(d, e->d_name, e->d_type);
            at += e->d_reclen;
            total++;
        }
    }
    return n < 0 ? n : total;
}
static long k_getcwd(char *buf, size_t n)
{
    return sys_getcwd(P(buf), n);
}
static long k_chdir(const char *path)
{
    return sys_chdir(P(path));
}
static long k_fchdir(int fd)
{
    return sys_fchdir(fd);
}
static long k_mkdir(int dirfd, const char *path, unsigned mode)
{
    return sys_mkdirat(dirfd, P(path), mode);
}
static long k_mknod(int dirfd, const char *path, unsigned mode, unsigned dev)
{
    return sys_mknodat(dirfd, P(path), mode, dev);
}
static long k_unlink(int dirfd, const char *path, int flags)
{
    return sys_unlinkat(dirfd, P(path), (uint32_t)flags);
}
static long k_rename(int from, const char *a, int to, const char *b, unsigned flags)
{
    return sys_renameat2(from, P(a), to, P(b), flags);
}
static long k_link(int from, const char *a, int to, const char *b, int flags)
{
    return sys_linkat(from, P(a), to, P(b), (uint32_t)flags);
}
static long k_symlink(const char *target, int dirfd, const char *path)
{
    return sys_symlinkat(P(target), dirfd, P(path));
}
static long k_fchmod(int fd, unsigned mode)
{
    return sys_fchmod(fd, mode);
}
static long k_chmod(int dirfd, const char *path, unsigned mode)
{
    return sys_fchmodat(dirfd, P(path), mode);
}
static long k_chown(int dirfd, const char *path, unsigned uid, unsigned gid, int flags)
{
    return sys_fchownat(dirfd, P(path), uid, gid, (uint32_t)flags);
}
static long k_utimens(int dirfd, const char *path, const int64_t at[4], int flags)
{
    return sys_utimensat(dirfd, P(path), P(at), (uint32_t)flags);
}
static long k_truncate(const char *path, int64_t size)
{
    return sys_truncate(P(path), size);
}
static long k_ftruncate(int fd, int64_t size)
{
    return sys_ftruncate(fd, size);
}
static long k_fallocate(int fd, int mode, int64_t off, int64_t len)
{
    return sys_fallocate(fd, mode, off, len);
}
static long k_fsync(int fd)
{
    return sys_fsync(fd);
}
static long k_pipe2(int fds[2], int flags)
{
    return sys_pipe2(P(fds), flags_in(flags));
}
static long k_eventfd(unsigned initial, int flags)
{
    return sys_eventfd2(initial, flags_in(flags));
}
static long k_epoll_create(int flags)
{
    return sys_epoll_create1(flags_in(flags));
}
static long k_epoll_ctl(int ep, int op, int fd, const struct api_event *e)
{
    struct linux_epoll_event k = {.events = e->events, .data = e->data};
    return sys_epoll_ctl(ep, op, fd, P(&k));
}
static long k_epoll_wait(int ep, struct api_event *e, int max, int timeout_ms)
{
    struct linux_epoll_event k[64];
    long n = sys_epoll_pwait(ep, P(k), max, timeout_ms, 0, 8);
    for (long i = 0; i < n; i++)
        e[i] = (struct api_event){k[i].events, k[i].data};
    return n;
}
static long k_poll(struct api_pollfd *p, int n, int timeout_ms)
{
    struct linux_pollfd k[64];
    int64_t ts[2] = {timeout_ms / 1000, timeout_ms % 1000 * 1000000};
    for (int i = 0; i < n; i++)
        k[i] = (struct linux_pollfd){.fd = p[i].fd, .events = (uint16_t)p[i].events};
    long result = sys_ppoll(P(k), (uint64_t)n, timeout_ms < 0 ? 0 : P(ts), 0, 8);
    for (int i = 0; i < n; i++)
        p[i].revents = k[i].revents;
    return result;
}
static long k_inotify_init(int flags)
{
    return sys_inotify_init1(flags_in(flags));
}
static long k_inotify_add(int fd, const char *path, unsigned mask)
{
    return sys_inotify_add_watch(fd, P(path), mask);
}
static long k_inotify_rm(int fd, int wd)
{
    return sys_inotify_rm_watch(fd, wd);
}
static long k_memfd(const char *name, unsigned flags)
{
    return sys_memfd_create(P(name), flags);
}
static long k_sendfile(int out, int in, int64_t *off, size_t n)
{
    return sys_sendfile(out, in, P(off), n);
}
static long k_splice(int in, int64_t *inoff, int out, int64_t *outoff, size_t n, unsigned flags)
{
    return sys_splice(in, P(inoff), out, P(outoff), n, flags);
}
static long k_tee(int in, int out, size_t n, unsigned flags)
{
    return sys_tee(in, out, n, flags);
}
static long k_copy_range(int in, int64_t *inoff, int out, int64_t *outoff, size_t n)
{
    return sys_copy_file_range(in, P(inoff), out, P(outoff), n, 0);
}
static long k_socketpair(int family, int type, int protocol, int fds[2])
{
    return sys_socketpair(family, type, protocol, P(fds));
}
static long k_socket(int family, int type, int protocol)
{
    return sys_socket(family, type, protocol);
}
static long k_bind(int fd, const void *addr, unsigned len)
{
    return sys_bind(fd, P(addr), len);
}
static long k_listen(int fd, int backlog)
{
    return sys_listen(fd, backlog);
}
static long k_accept(int fd, void *addr, unsigned *len, int flags)
{
    return sys_accept4(fd, P(addr), P(len), (uint32_t)flags);
}
static long k_connect(int fd, const void *addr, unsigned len)
{
    return sys_connect(fd, P(addr), len);
}
static long k_shutdown(int fd, int how)
{
    return sys_shutdown(fd, how);
}
static long k_sendto(int fd, const void *buf, size_t n, int flags, const void *addr, unsigned len)
{
    return sys_sendto(fd, P(buf), n, (uint32_t)flags, P(addr), len);
}
static long k_recvfrom(int fd, void *buf, size_t n, int flags, void *addr, unsigned *len)
{
    return sys_recvfrom(fd, P(buf), n, (uint32_t)flags, P(addr), P(len));
}

struct message {
    uint64_t name;
    uint32_t namelen, pad;
    uint64_t iov, iovlen, control, controllen;
    uint32_t flags, pad2;
};

struct rights {
    uint64_t len;
    int32_t level, type;
    int32_t fd, pad;
};

static long k_sendfd(int fd, const void *buf, size_t n, int pass)
{
    struct rights c = {.len = 20, .level = 1, .type = 1, .fd = pass};
    struct linux_iovec v = {P(buf), n};
    struct message m = {.iov = P(&v), .iovlen = 1};
    if (pass >= 0) {
        m.control = P(&c);
        m.controllen = sizeof(c);
    }
    return sys_sendmsg(fd, P(&m), 0x4000);
}
static long k_recvfd(int fd, void *buf, size_t n, int *passed, int *flags)
{
    struct rights c[2];
    struct linux_iovec v = {P(buf), n};
    struct message m = {.iov = P(&v), .iovlen = 1, .control = P(c), .controllen = 32};
    long got = sys_recvmsg(fd, P(&m), (uint32_t)*flags);
    *passed = -1;
    if (got < 0)
        return got;
    *flags = (int)m.flags;
    if (m.controllen >= 20 && c[0].type == 1)
        *passed = c[0].fd;
    return got;
}
static long k_getsockopt(int fd, int level, int opt, int *value)
{
    uint32_t len = sizeof(*value);
    return sys_getsockopt(fd, level, opt, P(value), P(&len));
}
static long k_setsockopt(int fd, int level, int opt, int value)
{
    return sys_setsockopt(fd, level, opt, P(&value), sizeof(value));
}
static long k_getsockname(int fd, void *addr, unsigned *len, bool peer)
{
    return peer ? sys_getpeername(fd, P(addr), P(len)) : sys_getsockname(fd, P(addr), P(len));
}

const struct api kernel_api = {
    .name = "ours",
    .open = k_open,
    .close = k_close,
    .read = k_read,
    .write = k_write,
    .pread = k_pread,
    .pwrite = k_pwrite,
    .readv2 = k_readv2,
    .writev2 = k_writev2,
    .lseek = k_lseek,
    .dup = k_dup,
    .dup3 = k_dup3,
    .fcntl = k_fcntl,
    .lock = k_lock,
    .flock = k_flock,
    .ioctl_int = k_ioctl_int,
    .fstat = k_fstat,
    .stat = k_stat,
    .access = k_access,
    .readlink = k_readlink,
    .getdents = k_getdents,
    .getcwd = k_getcwd,
    .chdir = k_chdir,
    .fchdir = k_fchdir,
    .mkdir = k_mkdir,
    .mknod = k_mknod,
    .unlink = k_unlink,
    .rename = k_rename,
    .link = k_link,
    .symlink = k_symlink,
    .fchmod = k_fchmod,
    .chmod = k_chmod,
    .chown = k_chown,
    .utimens = k_utimens,
    .truncate = k_truncate,
    .ftruncate = k_ftruncate,
    .fallocate = k_fallocate,
    .fsync = k_fsync,
    .pipe2 = k_pipe2,
    .eventfd = k_eventfd,
    .epoll_create = k_epoll_create,
    .epoll_ctl = k_epoll_ctl,
    .epoll_wait = k_epoll_wait,
    .poll = k_poll,
    .inotify_init = k_inotify_init,
    .inotify_add = k_inotify_add,
    .inotify_rm = k_inotify_rm,
    .memfd = k_memfd,
    .sendfile = k_sendfile,
    .splice = k_splice,
    .tee = k_tee,
    .copy_range = k_copy_range,
    .socketpair = k_socketpair,
    .socket = k_socket,
    .bind = k_bind,
    .listen = k_listen,
    .accept = k_accept,
    .connect = k_connect,
    .shutdown = k_shutdown,
    .sendto = k_sendto,
    .recvfrom = k_recvfrom,
    .sendfd = k_sendfd,
    .recvfd = k_recvfd,
    .getsockopt = k_getsockopt,
    .setsockopt = k_setsockopt,
    .getsockname = k_getsockname,
};

/* ---- a fresh tree for every test: a directory that is made root and emptied afterwards ---- */

static long blocks_before, pages_before;

void kernel_setup(unsigned umask, unsigned uid, unsigned gid)
{
    static bool booted;
    if (!booted && fs_boot(&context))
        abort();
    booted = true;
    if (fd_table_init(&files))
        abort();
    context.umask = 0;
    if (sys_mkdirat(AT_FDCWD, P("/test"), 0777))
        abort();
    sys_chroot(P("/test"));
    sys_chdir(P("/"));
    context.umask = umask;
    context.uid = uid;
    context.gid = gid;
    blocks_before = fake_blocks;
    pages_before = fake_pages;
    memset(fake_signals, 0, sizeof(fake_signals));
}

static void empty(const char *dir)
{
    struct api_dirents d = {0};
    int fd = (int)k_open(AT_FDCWD, dir, 0200000, 0);
    if (fd < 0)
        return;
    k_getdents(fd, &d);
    k_close(fd);
    for (char *at = d.names, *end; (end = strchr(at, ' ')); at = end + 1) {
        char path[8192];
        bool sub = end[-1] == '/';
        int len = (int)(end - at) - (sub || end[-1] == '@' || end[-1] == '|' || end[-1] == '=');
        if (at[0] == '.' && (len == 1 || (len == 2 && at[1] == '.')))
            continue;
        snprintf(path, sizeof(path), "%s/%.*s", dir, len, at);
        if (sub)
            empty(path);
        k_unlink(AT_FDCWD, path, sub ? 0x200 : 0);
    }
}

void kernel_teardown(void)
{
    fd_close_range(0, UINT32_MAX, false);
    context.uid = 0;
    empty("/");
    fd_table_exit(&files);
    fs_set_cwd(super_top());
    fs_set_root(super_top());
    long err = k_unlink(AT_FDCWD, "/test", 0x200);
    if (err) {
        fprintf(stderr, "the test's tree can't be removed: %ld\n", err);
        abort();
    }
    /* setup's count includes the table, the root's inode, dentry and names */
    if (fake_pages != pages_before || fake_blocks > blocks_before) {
        fprintf(stderr, "leak: %ld blocks, %ld pages\n", fake_blocks - blocks_before,
                fake_pages - pages_before);
        exit(1); /* the leak detector says where it came from */
    }
}
