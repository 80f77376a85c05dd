/* SPDX-License-Identifier: Apache-2.0 */
/* What random system calls (tests/fuzz) once broke the kernel with, one after the other. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *result(long r)
{
    return r < 0 ? strerrorname_np(errno) : "fine";
}

/* The same file once more, through /proc: not all of them can be. */
static void open_again(const char *what, int fd)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDONLY | O_NONBLOCK);
    printf("%s again: %s\n", what, result(again));
    if (again < 0)
        return;
    printf("  fsync: %s\n", result(fsync(again)));
    close(again);
}

static void nameless_files(void)
{
    int pair[2], pipes[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || pipe(pipes))
        return;
    open_again("eventfd", eventfd(0, 0));
    open_again("epoll", epoll_create1(0));
    open_again("inotify", inotify_init1(0));
    open_again("socket", pair[0]);
    open_again("pipe", pipes[0]);
    open_again("memfd", memfd_create("m", 0));
    open_again("folder", open("/tmp", O_PATH));
}

int main(void)
{
    nameless_files();
    return 0;
}
