/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes system calls with arguments that have words, and prints each as it is written here: what
 * --strace has to say, with the C library's header files as the judge. None of them succeeds, or
 * changes anything.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#define CALL(name, ...)                      \
    do {                                     \
        puts(#name "(" #__VA_ARGS__ ") = "); \
        syscall(SYS_##name, __VA_ARGS__);    \
    } while (0)

/* Words as --strace spaces them. */
/* clang-format off */
static void files(void)
{
    CALL(openat, AT_FDCWD, "", O_WRONLY|O_CREAT|O_EXCL|O_TRUNC|O_APPEND|O_CLOEXEC, 0644);
    CALL(openat, AT_FDCWD, "", O_RDONLY|O_NONBLOCK|O_DSYNC|O_DIRECTORY|O_NOFOLLOW|O_DIRECT, 0600);
    CALL(openat, AT_FDCWD, "", O_RDWR|O_NOCTTY|O_NOATIME|O_PATH, 0600);
    CALL(pipe2, NULL, O_NONBLOCK|O_CLOEXEC);
    CALL(dup3, -1, -1, O_CLOEXEC);
    CALL(lseek, -1, 0, SEEK_SET);
    CALL(lseek, -1, 0, SEEK_CUR);
    CALL(lseek, -1, 0, SEEK_END);
    CALL(lseek, -1, 0, SEEK_DATA);
    CALL(lseek, -1, 0, SEEK_HOLE);
    CALL(lseek, -1, 0, 0x5);
    CALL(fcntl, -1, F_SETLKW, NULL);
    CALL(fcntl, -1, F_OFD_SETLK, NULL);
    CALL(fcntl, -1, F_DUPFD_CLOEXEC, NULL);
    CALL(fcntl, -1, F_GETPIPE_SZ, NULL);
    CALL(fcntl, -1, F_ADD_SEALS, NULL);
    CALL(unlinkat, AT_FDCWD, "", AT_REMOVEDIR);
    CALL(linkat, AT_FDCWD, "", AT_FDCWD, "", AT_SYMLINK_FOLLOW);
    CALL(newfstatat, -1, "", NULL, AT_SYMLINK_NOFOLLOW|AT_NO_AUTOMOUNT|AT_EMPTY_PATH);
    CALL(epoll_ctl, -1, EPOLL_CTL_ADD, -1, NULL);
    CALL(epoll_ctl, -1, EPOLL_CTL_DEL, -1, NULL);
    CALL(epoll_ctl, -1, EPOLL_CTL_MOD, -1, NULL);
}

static void memory(void)
{
    CALL(mmap, NULL, 0, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
    CALL(mmap, NULL, 0, PROT_READ|PROT_WRITE|PROT_EXEC, MAP_SHARED|MAP_FIXED|MAP_NORESERVE, -1, 0);
    CALL(mmap, NULL, 0, PROT_READ, MAP_PRIVATE|MAP_POPULATE|MAP_FIXED_NOREPLACE, -1, 0);
    CALL(madvise, NULL, 0, MADV_DONTNEED);
    CALL(madvise, NULL, 0, MADV_FREE);
    CALL(madvise, NULL, 0, MADV_NOHUGEPAGE);
    CALL(madvise, NULL, 0, MADV_POPULATE_WRITE);
}

static void tasks(void)
{
    CALL(futex, NULL, FUTEX_WAKE_PRIVATE, 0, NULL, NULL, 0);
    CALL(futex, NULL, FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0);
    CALL(futex, NULL, FUTEX_CMP_REQUEUE_PRIVATE, 0, NULL, NULL, 0);
    CALL(clone, CLONE_THREAD, NULL, NULL, NULL, NULL);
    CALL(rt_sigprocmask, SIG_BLOCK, NULL, NULL, 0);
    CALL(rt_sigprocmask, SIG_UNBLOCK, NULL, NULL, 0);
    CALL(rt_sigprocmask, SIG_SETMASK, NULL, NULL, 0);
    CALL(wait4, 1, NULL, WNOHANG|WUNTRACED|WCONTINUED, NULL);
    CALL(setitimer, ITIMER_PROF, NULL, NULL);
    CALL(clock_gettime, CLOCK_MONOTONIC, NULL);
    CALL(clock_gettime, CLOCK_THREAD_CPUTIME_ID, NULL);
    CALL(clock_gettime, CLOCK_BOOTTIME, NULL);
    CALL(timerfd_create, CLOCK_TAI, O_CLOEXEC);
    CALL(prlimit64, 0, RLIMIT_NOFILE, NULL, NULL);
    CALL(prlimit64, 0, RLIMIT_AS, NULL, NULL);
}

static void sockets(void)
{
    CALL(socket, AF_INET6, SOCK_RAW|SOCK_NONBLOCK|SOCK_CLOEXEC, 255);
    CALL(socket, AF_UNSPEC, SOCK_STREAM, 0);
    CALL(socketpair, AF_INET, SOCK_SEQPACKET, 0, NULL);
    CALL(shutdown, -1, SHUT_RDWR);
    CALL(setsockopt, -1, SOL_SOCKET, 0, NULL, 0);
    CALL(sendmsg, -1, NULL, MSG_PEEK|MSG_DONTWAIT|MSG_NOSIGNAL|MSG_CMSG_CLOEXEC);
}

/* clang-format on */
int main(void)
{
    files();
    memory();
    tasks();
    sockets();
    return 0;
}
