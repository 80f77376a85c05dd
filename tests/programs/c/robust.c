/* SPDX-License-Identifier: Apache-2.0 */
/* What random system calls (tests/fuzz) once broke the kernel with, one after the other. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
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

/* A timer that is due all the time must not leave time for nothing else. */
static void restless_timer(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec spec = {{0, 1}, {0, 1}}, off = {{0, 0}, {0, 0}};
    struct timespec pause = {0, 20000000};
    timer_t id;
    signal(SIGUSR1, SIG_IGN);
    if (timer_create(CLOCK_MONOTONIC, &event, &id) || timer_settime(id, 0, &spec, NULL))
        return;
    nanosleep(&pause, NULL);
    timer_settime(id, 0, &off, NULL);
    puts("the timer is off");
}

static void no_children(void)
{
    siginfo_t info;
    printf("wait: %s\n", result(waitpid(-1, NULL, 0)));
    printf("wait, odd options: %s\n", result(waitpid(-1, NULL, 0x100)));
    printf("waitid: %s\n", result(waitid(P_ALL, 0, &info, WEXITED)));
    printf("waitid for nothing: %s\n", result(waitid(P_ALL, 0, &info, 0)));
}

int main(void)
{
    no_children();
    nameless_files();
    restless_timer();
    return 0;
}
