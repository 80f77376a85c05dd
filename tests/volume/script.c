/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The random file operations of tests/fs as a program: once on Linux in a folder, once on a machine
 * in a volume. script FOLDER FIRST LAST        seeds; each gets an empty folder of its own in
 * FOLDER, as its root It prints what the script said. What a volume can't do (CAVEATS.md) is left
 * out on both sides.
 */
#include "tests/fs/scripts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct api api;

static long open_named(int dirfd, const char *path, int flags, unsigned mode)
{
    if ((flags & O_TMPFILE) == O_TMPFILE)
        return -EOPNOTSUPP;
    return host_api.open(dirfd, path, flags, mode);
}

static long rename_plain(int from, const char *a, int to, const char *b, unsigned flags)
{
    return flags & ~1u ? -EINVAL : host_api.rename(from, a, to, b, flags);
}

static long seek_plain(int fd, int64_t off, int whence)
{
    return whence > SEEK_END ? -EINVAL : host_api.lseek(fd, off, whence);
}

static long no_fallocate(int fd, int mode, int64_t off, int64_t len)
{
    (void)fd, (void)mode, (void)off, (void)len;
    return -EOPNOTSUPP;
}

static long no_mknod(int dirfd, const char *path, unsigned mode, unsigned dev)
{
    (void)dirfd, (void)path, (void)mode, (void)dev;
    return -EPERM;
}

static void enter(int root, const char *folder, uint64_t seed)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%llu", folder, (unsigned long long)seed);
    if (fchdir(root) || chroot(".") || mkdir(path, 0777) || chroot(path) || chdir("/") ||
        chmod("/", 0777)) {
        perror(path);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    int root = open("/", O_RDONLY | O_DIRECTORY);
    if (argc != 4 || root < 0)
        return 2;
    api = host_api;
    api.open = open_named;
    api.rename = rename_plain;
    api.lseek = seek_plain;
    api.fallocate = no_fallocate;
    api.mknod = no_mknod;
    signal(SIGPIPE, SIG_IGN);
    umask(022);
    for (uint64_t seed = strtoull(argv[2], NULL, 10), last = strtoull(argv[3], NULL, 10);
         seed <= last; seed++) {
        struct run *r = run_new(&api, seed);
        enter(root, argv[1], seed);
        run_script(r, script_random_files);
        printf("seed %llu\n%s", (unsigned long long)seed, r->log);
        fflush(stdout);
        for (unsigned i = 0; i < sizeof(r->fds) / sizeof(*r->fds); i++)
            if (r->fds[i] >= 0)
                close(r->fds[i]);
        run_free(r);
    }
    return 0;
}
