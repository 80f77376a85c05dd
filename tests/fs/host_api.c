/* SPDX-License-Identifier: Apache-2.0 */
/* The host's Linux behind struct api. */
#include "tests/fs/api.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

static long r(long n)
{
    return n < 0 ? -errno : n;
}

static long h_open(int dirfd, const char *path, int flags, unsigned mode)
{
    return r(openat(dirfd, path, flags, mode));
}
static long h_close(int fd)
{
    return r(close(fd));
}
static long h_read(int fd, void *buf, size_t n)
{
    return r(read(fd, buf, n));
}
static long h_write(int fd, const void *buf, size_t n)
{
    return r(write(fd, buf, n));
}
static long h_pread(int fd, void *buf, size_t n, int64_t off)
{
    return r(pread(fd, buf, n, off));
}
static long h_pwrite(int fd, const void *buf, size_t n, int64_t off)
{
    return r(pwrite(fd, buf, n, off));
}
static long h_readv2(int fd, void *a, size_t na, void *b, size_t nb)
{
    struct iovec v[2] = {{a, na}, {b, nb}};
    return r(readv(fd, v, 2));
}
static long h_writev2(int fd, const void *a, size_t na, const void *b, size_t nb)
{
    struct iovec v[2] = {{(void *)(uintptr_t)a, na}, {(void *)(uintptr_t)b, nb}};
    return r(writev(fd, v, 2));
}
static long h_lseek(int fd, int64_t off, int whence)
{
    return r(lseek(fd, off, whence));
}
static long h_dup(int fd)
{
    return r(dup(fd));
}
static long h_dup3(int from, int to, int flags)
{
    return r(dup3(from, to, flags));
}
static long h_fcntl(int fd, int cmd, long arg)
{
    return r(fcntl(fd, cmd, arg));
}
static long h_lock(int fd, int cmd, struct api_lock *l)
{
    struct flock k = {.l_type = (short)l->type,
                      .l_whence = (short)l->whence,
                      .l_start = l->start,
                      .l_len = l->len};
    long n = r(fcntl(fd, cmd, &k));
    *l = (struct api_lock){k.l_type, k.l_whence, k.l_start, k.l_len, k.l_pid};
    return n;
}
static long h_flock(int fd, int op)
{
    return r(flock(fd, op));
}
static long h_ioctl_int(int fd, unsigned request, int *value)
{
    return r(ioctl(fd, request, value));
}
static void take_stat(struct api_stat *o, const struct stat *s)
{
    *o = (struct api_stat){.mode = s->st_mode,
                           .nlink = (uint32_t)s->st_nlink,
                           .uid = s->st_uid,
                           .gid = s->st_gid,
                           .rdev = s->st_rdev,
                           .ino = s->st_ino,
                           .dev = s->st_dev,
                           .size = s->st_size,
                           .blocks = s->st_blocks,
                           .atime_ns = s->st_atim.tv_sec * 1000000000 + s->st_atim.tv_nsec,
                           .mtime_ns = s->st_mtim.tv_sec * 1000000000 + s->st_mtim.tv_nsec};
}
static long h_fstat(int fd, struct api_stat *st)
{
    struct stat s;
    long n = r(fstat(fd, &s));
    if (!n)
        take_stat(st, &s);
    return n;
}
static long h_stat(int dirfd, const char *path, int flags, struct api_stat *st)
{
    struct stat s;
    long n = r(syscall(SYS_newfstatat, dirfd, path, &s, flags));
    if (!n)
        take_stat(st, &s);
    return n;
}
static long h_access(int dirfd, const char *path, int mode, int flags)
{
    return r(syscall(439, dirfd, path, mode, flags));
}
static long h_readlink(int dirfd, const char *path, char *buf, size_t n)
{
    return r(readlinkat(dirfd, path, buf, n));
}
static long h_getdents(int fd, struct api_dirents *d)
{
    char buf[2048];
    long n, total = 0;
    while ((n = r(syscall(SYS_getdents64, fd, buf, sizeof(buf)))) > 0) {
        for (long at = 0; at < n;) {
            struct dirent64 *e = (struct dirent64 *)(buf + at);
            api_names_add(d, e->d_name, e->d_type);
            at += e->d_reclen;
            total++;
        }
    }
    return n < 0 ? n : total;
}
static long h_getcwd(char *buf, size_t n)
{
    return r(syscall(SYS_getcwd, buf, n));
}
static long h_chdir(const char *path)
{
    return r(chdir(path));
}
static long h_fchdir(int fd)
{
    return r(fchdir(fd));
}
static long h_mkdir(int dirfd, const char *path, unsigned mode)
{
    return r(mkdirat(dirfd, path, mode));
}
static long h_mknod(int dirfd, const char *path, unsigned mode, unsigned dev)
{
    return r(mknodat(dirfd, path, mode, dev));
}
static long h_unlink(int dirfd, const char *path, int flags)
{
    return r(unlinkat(dirfd, path, flags));
}
static long h_rename(int from, const char *a, int to, const char *b, unsigned flags)
{
    return r(syscall(SYS_renameat2, from, a, to, b, flags));
}
static long h_link(int from, const char *a, int to, const char *b, int flags)
{
    return r(linkat(from, a, to, b, flags));
}
static long h_symlink(const char *target, int dirfd, const char *path)
{
    return r(symlinkat(target, dirfd, path));
}
static long h_fchmod(int fd, unsigned mode)
{
    return r(fchmod(fd, mode));
}
static long h_chmod(int dirfd, const char *path, unsigned mode)
{
    return r(syscall(SYS_fchmodat, dirfd, path, mode));
}
static long h_chown(int dirfd, const char *path, unsigned uid, unsigned gid, int flags)
{
    return r(fchownat(dirfd, path, uid, gid, flags));
}
static long h_utimens(int dirfd, const char *path, const int64_t at[4], int flags)
{
    struct timespec ts[2] = {{at[0], at[1]}, {at[2], at[3]}};
    return r(syscall(SYS_utimensat, dirfd, path, ts, flags));
}
static long h_truncate(const char *path, int64_t size)
{
    return r(truncate(path, size));
}
static long h_ftruncate(int fd, int64_t size)
{
    return r(ftruncate(fd, size));
}
static long h_fallocate(int fd, int mode, int64_t off, int64_t len)
{
    return r(fallocate(fd, mode, off, len));
}
static long h_fsync(int fd)
{
    return r(fsync(fd));
}
static long h_pipe2(int fds[2], int flags)
{
    return r(pipe2(fds, flags));
}
static long h_eventfd(unsigned initial, int flags)
{
    return r(eventfd(initial, flags));
}
static long h_epoll_create(int flags)
{
    return r(epoll_create1(flags));
}
static long h_epoll_ctl(int ep, int op, int fd, const struct api_event *e)
{
    struct epoll_event k = {.events = e->events, .data.u64 = e->data};
    return r(epoll_ctl(ep, op, fd, &k));
}
static long h_epoll_wait(int ep, struct api_event *e, int max, int timeout_ms)
{
    struct epoll_event k[64];
    long n = r(epoll_wait(ep, k, max, timeout_ms));
    for (long i = 0; i < n; i++)
        e[i] = (struct api_event){k[i].events, k[i].data.u64};
    return n;
}
static long h_poll(struct api_pollfd *p, int n, int timeout_ms)
{
    struct pollfd k[64];
    for (int i = 0; i < n; i++)
        k[i] = (struct pollfd){.fd = p[i].fd, .events = (short)p[i].events};
    long result = r(poll(k, (nfds_t)n, timeout_ms));
    for (int i = 0; i < n; i++)
        p[i].revents = (unsigned short)k[i].revents;
    return result;
}
static long h_inotify_init(int flags)
{
    return r(inotify_init1(flags));
}
static long h_inotify_add(int fd, const char *path, unsigned mask)
{
    return r(inotify_add_watch(fd, path, mask));
}
static long h_inotify_rm(int fd, int wd)
{
    return r(inotify_rm_watch(fd, wd));
}
static long h_memfd(const char *name, unsigned flags)
{
    return r(memfd_create(name, flags));
}
static long h_sendfile(int out, int in, int64_t *off, size_t n)
{
    return r(sendfile(out, in, (off_t *)off, n));
}
static long h_splice(int in, int64_t *inoff, int out, int64_t *outoff, size_t n, unsigned flags)
{
    return r(splice(in, inoff, out, outoff, n, flags));
}
static long h_tee(int in, int out, size_t n, unsigned flags)
{
    return r(tee(in, out, n, flags));
}
static long h_copy_range(int in, int64_t *inoff, int out, int64_t *outoff, size_t n)
{
    return r(copy_file_range(in, inoff, out, outoff, n, 0));
}
static long h_socketpair(int family, int type, int protocol, int fds[2])
{
    return r(socketpair(family, type, protocol, fds));
}
static long h_socket(int family, int type, int protocol)
{
    return r(socket(family, type, protocol));
}
static long h_bind(int fd, const void *addr, unsigned len)
{
    return r(bind(fd, addr, len));
}
static long h_listen(int fd, int backlog)
{
    return r(listen(fd, backlog));
}
static long h_accept(int fd, void *addr, unsigned *len, int flags)
{
    return r(accept4(fd, addr, len, flags));
}
static long h_connect(int fd, const void *addr, unsigned len)
{
    return r(connect(fd, addr, len));
}
static long h_shutdown(int fd, int how)
{
    return r(shutdown(fd, how));
}
static long h_sendto(int fd, const void *buf, size_t n, int flags, const void *addr, unsigned len)
{
    return r(sendto(fd, buf, n, flags, addr, len));
}
static long h_recvfrom(int fd, void *buf, size_t n, int flags, void *addr, unsigned *len)
{
    return r(recvfrom(fd, buf, n, flags, addr, len));
}
static long h_sendfd(int fd, const void *buf, size_t n, int pass)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec v = {(void *)(uintptr_t)buf, n};
    struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
    if (pass >= 0) {
        m.msg_control = control;
        m.msg_controllen = sizeof(control);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(c), &pass, sizeof(int));
    }
    return r(sendmsg(fd, &m, MSG_NOSIGNAL));
}
static long h_recvfd(int fd, void *buf, size_t n, int *passed, int *flags)
{
    char control[CMSG_SPACE(4 * sizeof(int))];
    struct iovec v = {buf, n};
    struct msghdr m = {
        .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    long got = r(recvmsg(fd, &m, *flags));
    *passed = -1;
    if (got < 0)
        return got;
    *flags = m.msg_flags;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_type == SCM_RIGHTS)
            memcpy(passed, CMSG_DATA(c), sizeof(int));
    return got;
}
static long h_getsockopt(int fd, int level, int opt, int *value)
{
    socklen_t len = sizeof(*value);
    return r(getsockopt(fd, level, opt, value, &len));
}
static long h_setsockopt(int fd, int level, int opt, int value)
{
    return r(setsockopt(fd, level, opt, &value, sizeof(value)));
}
static long h_getsockname(int fd, void *addr, unsigned *len, bool peer)
{
    return r(peer ? getpeername(fd, addr, len) : getsockname(fd, addr, len));
}

const struct api host_api = {
    .name = "Linux",
    .open = h_open,
    .close = h_close,
    .read = h_read,
    .write = h_write,
    .pread = h_pread,
    .pwrite = h_pwrite,
    .readv2 = h_readv2,
    .writev2 = h_writev2,
    .lseek = h_lseek,
    .dup = h_dup,
    .dup3 = h_dup3,
    .fcntl = h_fcntl,
    .lock = h_lock,
    .flock = h_flock,
    .ioctl_int = h_ioctl_int,
    .fstat = h_fstat,
    .stat = h_stat,
    .access = h_access,
    .readlink = h_readlink,
    .getdents = h_getdents,
    .getcwd = h_getcwd,
    .chdir = h_chdir,
    .fchdir = h_fchdir,
    .mkdir = h_mkdir,
    .mknod = h_mknod,
    .unlink = h_unlink,
    .rename = h_rename,
    .link = h_link,
    .symlink = h_symlink,
    .fchmod = h_fchmod,
    .chmod = h_chmod,
    .chown = h_chown,
    .utimens = h_utimens,
    .truncate = h_truncate,
    .ftruncate = h_ftruncate,
    .fallocate = h_fallocate,
    .fsync = h_fsync,
    .pipe2 = h_pipe2,
    .eventfd = h_eventfd,
    .epoll_create = h_epoll_create,
    .epoll_ctl = h_epoll_ctl,
    .epoll_wait = h_epoll_wait,
    .poll = h_poll,
    .inotify_init = h_inotify_init,
    .inotify_add = h_inotify_add,
    .inotify_rm = h_inotify_rm,
    .memfd = h_memfd,
    .sendfile = h_sendfile,
    .splice = h_splice,
    .tee = h_tee,
    .copy_range = h_copy_range,
    .socketpair = h_socketpair,
    .socket = h_socket,
    .bind = h_bind,
    .listen = h_listen,
    .accept = h_accept,
    .connect = h_connect,
    .shutdown = h_shutdown,
    .sendto = h_sendto,
    .recvfrom = h_recvfrom,
    .sendfd = h_sendfd,
    .recvfd = h_recvfd,
    .getsockopt = h_getsockopt,
    .setsockopt = h_setsockopt,
    .getsockname = h_getsockname,
};
