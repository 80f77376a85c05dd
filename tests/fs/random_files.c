/* SPDX-License-Identifier: Apache-2.0 */
/* A script of random operations on a small tree of names and the files in it. */
#include "tests/fs/scripts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define STEPS 400
#define SLOTS 8

static const char *const words[] = {
    "a", "b", "c", "d", ".", "..", "a", "b", "longer-name-than-inline"};

/* A path of one to three components, sometimes absolute, sometimes with too many slashes. */
static const char *path(struct run *r, char *buf)
{
    char *p = buf;
    if (!pick(r, 5))
        *p++ = '/';
    unsigned n = 1 + pick(r, 3);
    for (unsigned i = 0; i < n; i++) {
        p += sprintf(p, "%s%s", i ? "/" : "", words[pick(r, 9)]);
        if (i + 1 < n && !pick(r, 8))
            *p++ = '/';
    }
    if (!pick(r, 8))
        *p++ = '/';
    *p = 0;
    return buf;
}

static int slot(struct run *r)
{
    return (int)pick(r, SLOTS);
}

static int dirfd(struct run *r)
{
    return pick(r, 6) ? AT_FDCWD : r->fds[slot(r)];
}

static const int open_flags[] = {O_RDONLY,   O_WRONLY, O_RDWR,     O_CREAT,     O_EXCL,   O_TRUNC,
                                 O_APPEND,   O_PATH,   O_NOFOLLOW, O_DIRECTORY, O_CREAT,  O_RDWR,
                                 O_NONBLOCK, O_CREAT,  O_RDWR,     O_TMPFILE,   O_CLOEXEC};

static void do_open(struct run *r)
{
    char a[256];
    int flags = 0, s = slot(r);
    for (unsigned n = 1 + pick(r, 4); n; n--)
        flags |= open_flags[pick(r, sizeof(open_flags) / sizeof(*open_flags))];
    if ((flags & O_ACCMODE) == O_ACCMODE)
        flags &= ~O_WRONLY;
    flags |= O_NONBLOCK; /* a FIFO would wait */
    unsigned mode = pick(r, 2) ? 0644 : 0700;
    int at = dirfd(r);
    say(r, "open %s %o", path(r, a), (unsigned)flags);
    say_fd(r, "open", s, r->k->open(at, a, flags, mode));
}

static void fill(struct run *r, char *buf, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf[i] = (char)('a' + (i + r->random) % 26);
}

static unsigned sum(const char *buf, long n)
{
    unsigned s = 0;
    for (long i = 0; i < n; i++)
        s = s * 31 + (unsigned char)buf[i];
    return s;
}

static size_t some_size(struct run *r)
{
    static const size_t sizes[] = {0, 1, 7, 100, 4095, 4096, 4097, 9000};
    return sizes[pick(r, 8)];
}

static int64_t some_offset(struct run *r)
{
    static const int64_t offsets[] = {0,      1,      4095,       4096, 8192,
                                      100000, 300000, 5000000000, -1,   12345};
    return offsets[pick(r, 10)];
}

static void do_read(struct run *r)
{
    char buf[9000];
    int fd = r->fds[slot(r)];
    size_t n = some_size(r);
    long got = pick(r, 2) ? r->k->read(fd, buf, n) : r->k->pread(fd, buf, n, some_offset(r));
    say(r, "read %zu -> %ld %x", n, got, sum(buf, got));
}

static void do_write(struct run *r)
{
    char buf[9000];
    int fd = r->fds[slot(r)];
    size_t n = some_size(r);
    fill(r, buf, n);
    long put;
    switch (pick(r, 3)) {
    case 0:
        put = r->k->write(fd, buf, n);
        break;
    case 1:
        put = r->k->pwrite(fd, buf, n, some_offset(r));
        break;
    default:
        put = r->k->writev2(fd, buf, n / 2, buf + n / 2, n - n / 2);
        break;
    }
    say(r, "write %zu -> %ld", n, put);
}

/* Linux sees a hole where fallocate put a page that nobody wrote; ours sees data. Both are allowed:
 * a run has either. */
static bool allocates(const struct run *r)
{
    return r->seed & 1;
}

static void do_seek(struct run *r)
{
    int64_t off = some_offset(r);
    int fd = r->fds[slot(r)], whence = (int)pick(r, 6);
    struct api_stat st;
    if ((whence == SEEK_DATA || whence == SEEK_HOLE) && allocates(r))
        return;
    if (r->k->fstat(fd, &st) || (st.mode & S_IFMT) != S_IFREG)
        return; /* positions in directories are a file system's own */
    say(r, "lseek %lld %d -> %ld", (long long)off, whence, r->k->lseek(fd, off, whence));
}

static void say_stat(struct run *r, long err, const struct api_stat *st)
{
    if (err) {
        say(r, "stat -> %ld", err);
        return;
    }
    say(r, "stat -> mode %o nlink %u uid %u gid %u rdev %llx size %lld blocks %lld", st->mode,
        st->nlink, st->uid, st->gid, (unsigned long long)st->rdev, (long long)st->size,
        (long long)st->blocks);
}

static void do_stat(struct run *r)
{
    char a[256];
    struct api_stat st;
    static const int flags[] = {0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH};
    int fd = r->fds[slot(r)], how = flags[pick(r, 3)], at = dirfd(r);
    path(r, a);
    if (pick(r, 2)) {
        say_stat(r, r->k->fstat(fd, &st), &st);
        return;
    }
    say(r, "stat %s %x", a, (unsigned)how);
    say_stat(r, r->k->stat(at, a, how, &st), &st);
}

static void do_names(struct run *r)
{
    char a[256], b[256];
    int at = dirfd(r), to = dirfd(r);
    path(r, a);
    path(r, b);
    switch (pick(r, 9)) {
    case 0:
    case 1:
        say(r, "mkdir %s -> %ld", a, r->k->mkdir(at, a, 0755));
        break;
    case 2:
        say(r, "unlink %s -> %ld", a, r->k->unlink(at, a, 0));
        break;
    case 3:
        say(r, "rmdir %s -> %ld", a, r->k->unlink(at, a, AT_REMOVEDIR));
        break;
    case 4:
    case 5: {
        unsigned flags = pick(r, 4);
        say(r, "rename %s %s %u -> %ld", a, b, flags, r->k->rename(at, a, to, b, flags));
        break;
    }
    case 6: {
        int flags = pick(r, 2) ? AT_SYMLINK_FOLLOW : 0;
        say(r, "link %s %s %x -> %ld", a, b, (unsigned)flags, r->k->link(at, a, to, b, flags));
        break;
    }
    case 7:
        say(r, "symlink %s %s -> %ld", a, b, r->k->symlink(a, at, b));
        break;
    default:
        say(r, "mknod %s -> %ld", a, r->k->mknod(at, a, S_IFIFO | 0644, 0));
        break;
    }
}

static void do_attributes(struct run *r)
{
    char a[256];
    int at = dirfd(r);
    unsigned mode = pick(r, 2) ? 0640 : 0755;
    const int64_t times[4] = {pick(r, 2000), pick(r, 1000), pick(r, 2000), pick(r, 1000000)};
    struct api_stat st;
    path(r, a);
    switch (pick(r, 4)) {
    case 0:
        say(r, "chmod %s %o -> %ld", a, mode, r->k->chmod(at, a, mode));
        break;
    case 1:
        say(r, "chown %s -> %ld", a,
            r->k->chown(at, a, mode, 7, pick(r, 2) ? AT_SYMLINK_NOFOLLOW : 0));
        break;
    case 2: {
        long err = r->k->utimens(at, a, times, 0);
        say(r, "utimens %s -> %ld", a, err);
        if (!err && !r->k->stat(at, a, 0, &st))
            say(r, "times %lld %lld", (long long)st.atime_ns, (long long)st.mtime_ns);
        break;
    }
    default:
        say(r, "access %s -> %ld", a, r->k->access(at, a, (int)pick(r, 8), 0));
        break;
    }
}

static void do_size(struct run *r)
{
    char a[256];
    int fd = r->fds[slot(r)];
    int64_t off = some_offset(r), len = some_offset(r);
    static const int modes[] = {0, 1, 3, 2};
    path(r, a);
    if (off > 1000000 || len > 1000000)
        off = len = 4000;
    switch (pick(r, 3)) {
    case 0:
        say(r, "truncate %s %lld -> %ld", a, (long long)off, r->k->truncate(a, off));
        break;
    case 1:
        say(r, "ftruncate %lld -> %ld", (long long)off, r->k->ftruncate(fd, off));
        break;
    default: {
        int mode = allocates(r) ? modes[pick(r, 4)] : 3;
        say(r, "fallocate %d %lld %lld -> %ld", mode, (long long)off, (long long)len,
            r->k->fallocate(fd, mode, off, len));
        break;
    }
    }
}

static void do_look(struct run *r)
{
    char a[256], b[4096];
    struct api_dirents d = {0};
    int fd = r->fds[slot(r)], at = dirfd(r);
    path(r, a);
    switch (pick(r, 4)) {
    case 0: {
        long n = r->k->readlink(at, a, b, pick(r, 2) ? 200 : 3);
        say(r, "readlink %s -> %ld %.*s", a, n, (int)(n > 0 ? n : 0), b);
        break;
    }
    case 1: {
        long n = r->k->getdents(fd, &d);
        say(r, "getdents -> %ld %s", n, d.names);
        r->k->lseek(fd, 0, SEEK_SET);
        break;
    }
    case 2:
        say(r, "chdir %s -> %ld", a, r->k->chdir(a));
        break;
    default: {
        long n = r->k->getcwd(b, sizeof(b));
        say(r, "getcwd -> %ld %s", n, n > 0 ? b : "");
        break;
    }
    }
}

static void do_locks(struct run *r)
{
    int fd = r->fds[slot(r)];
    static const int ops[] = {LOCK_SH | LOCK_NB, LOCK_EX | LOCK_NB, LOCK_UN, 7};
    struct api_lock l = {.type = (int)pick(r, 3),
                         .whence = (int)pick(r, 3),
                         .start = some_offset(r),
                         .len = (int64_t)pick(r, 300) - 50};
    static const int cmds[] = {F_SETLK, F_GETLK, 36, 37};
    if (pick(r, 2)) {
        int op = ops[pick(r, 4)];
        say(r, "flock %d -> %ld", op, r->k->flock(fd, op));
        return;
    }
    int cmd = cmds[pick(r, 4)];
    say(r, "lock type %d whence %d start %lld len %lld", l.type, l.whence, (long long)l.start,
        (long long)l.len);
    long err = r->k->lock(fd, cmd, &l);
    say(r, "lock %d -> %ld", cmd, err);
    if (!err && (cmd == F_GETLK || cmd == 36))
        say(r, "held %d %lld %lld %d", l.type, (long long)l.start, (long long)l.len, l.pid == -1);
}

static void do_descriptors(struct run *r)
{
    int from = slot(r), to = slot(r);
    switch (pick(r, 5)) {
    case 0:
        if (from != to)
            say_fd(r, "dup", to, r->k->dup(r->fds[from]));
        break;
    case 1:
        say(r, "close -> %ld", r->k->close(r->fds[from]));
        r->fds[from] = -1;
        break;
    case 2:
        say(r, "getfl -> %lo", r->k->fcntl(r->fds[from], F_GETFL, 0));
        break;
    case 3:
        say(r, "setfl -> %ld", r->k->fcntl(r->fds[from], F_SETFL, O_APPEND | O_NONBLOCK));
        break;
    default:
        say(r, "fsync -> %ld", r->k->fsync(r->fds[from]));
        break;
    }
}

static void do_copy(struct run *r)
{
    int in = r->fds[slot(r)], out = r->fds[slot(r)];
    int64_t a = some_offset(r), b = some_offset(r);
    size_t n = some_size(r);
    bool ina = pick(r, 2), outb = pick(r, 2);
    if (b > 1000000)
        b = 500;
    if (pick(r, 2))
        say(r, "sendfile %zu -> %ld %lld", n, r->k->sendfile(out, in, ina ? &a : NULL, n),
            (long long)a);
    else
        say(r, "copy_file_range %zu -> %ld %lld %lld", n,
            r->k->copy_range(in, ina ? &a : NULL, out, outb ? &b : NULL, n), (long long)a,
            (long long)b);
}

static void (*const steps[])(struct run *) = {
    do_open, do_open,  do_open,  do_read,        do_write, do_write,      do_seek,
    do_stat, do_names, do_names, do_names,       do_names, do_attributes, do_size,
    do_look, do_look,  do_locks, do_descriptors, do_copy};

void script_random_files(struct run *r)
{
    for (int i = 0; i < STEPS; i++)
        steps[pick(r, sizeof(steps) / sizeof(*steps))](r);
}
