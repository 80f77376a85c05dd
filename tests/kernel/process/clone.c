/* SPDX-License-Identifier: Apache-2.0 */
/* clone3(2), and those of the C library who call it. */
#include "tests/kernel/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The request with room behind it for what a newer Linux may know. */
union request {
    struct clone_args a;
    uint8_t bytes[8192];
};

static union request request;
static uint32_t pidfd, parent_tid;
static pid_t child_tid;

static long create(uint64_t flags, size_t size)
{
    request.a.flags = flags;
    fflush(stdout);
    return syscall(SYS_clone3, &request, size);
}

static union request *fresh(void)
{
    memset(&request, 0, sizeof request);
    return &request;
}

#define ASKED(p) ((uint64_t)(uintptr_t)(p))

/* Of what is refused nothing must run. */
static void refused(const char *name, uint64_t flags, size_t size)
{
    long pid = create(flags, size);
    if (!pid)
        _exit(99);
    say(name, pid);
    fresh();
}

static void sizes(void)
{
    static const size_t fine[] = {64, 80, 88, 1000, 4096};
    fresh();
    refused("clone3 too small", 0, 63);
    refused("clone3 too large", 0, 4097);
    request.bytes[88] = 1;
    refused("clone3 of the future", 0, 96);
    request.bytes[200] = 1;
    refused("clone3 of the far future", 0, 4096);
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        fresh()->a.exit_signal = SIGCHLD;
        long pid = create(0, fine[i]);
        if (!pid)
            _exit(5);
        say_status("clone3", wait_for((pid_t)pid));
    }
    say("clone3 from nowhere", syscall(SYS_clone3, wrong, 64));
}

static void wishes(void)
{
    int32_t ids[2] = {4242, 4243};
    fresh();
    refused("signal among the flags", SIGCHLD, 88);
    refused("unknown flag", 1ul << 40, 88);
    refused("CLONE_DETACHED", CLONE_DETACHED, 88);
    refused("handlers kept and cleared", CLONE_VM | CLONE_SIGHAND | CLONE_CLEAR_SIGHAND, 88);
    refused("handlers without memory", CLONE_SIGHAND, 88);
    refused("thread without handlers", CLONE_THREAD | CLONE_VM, 88);
    fresh()->a.exit_signal = 65;
    refused("no such signal", 0, 88);
    fresh()->a.exit_signal = 256 + SIGCHLD;
    refused("more than a signal", 0, 88);
    fresh()->a.exit_signal = SIGCHLD;
    refused("a thread's signal", CLONE_THREAD | CLONE_VM | CLONE_SIGHAND, 88);
    fresh()->a.exit_signal = SIGCHLD;
    refused("a sibling's signal", CLONE_PARENT, 88);
    fresh()->a.stack = ASKED(ids);
    refused("stack without size", 0, 88);
    fresh()->a.stack_size = 4096;
    refused("size without stack", 0, 88);
    fresh()->a.stack = 1ul << 63, request.a.stack_size = 4096;
    refused("the kernel's stack", 0, 88);
    fresh()->a.pidfd = request.a.parent_tid = ASKED(&pidfd);
    refused("two at one place", CLONE_PIDFD | CLONE_PARENT_SETTID, 88);
    fresh()->a.pidfd = ASKED(&pidfd);
    refused("a thread's pidfd", CLONE_PIDFD | CLONE_THREAD | CLONE_VM | CLONE_SIGHAND, 88);
    fresh()->a.pidfd = ASKED(wrong);
    refused("pidfd to nowhere", CLONE_PIDFD, 88);
    fresh()->a.parent_tid = ASKED(wrong);
    request.a.exit_signal = SIGCHLD;
    long pid = create(CLONE_PARENT_SETTID, 88);
    if (!pid)
        _exit(0);
    if (pid > 0) /* Linux makes it anyway */
        wait_for((pid_t)pid);
    fresh()->a.set_tid = ASKED(ids);
    refused("no ids", 0, 88);
    fresh()->a.set_tid_size = 1;
    refused("ids of nowhere", 0, 88);
    fresh()->a.set_tid = ASKED(ids), request.a.set_tid_size = 33;
    refused("many ids", 0, 88);
    fresh()->a.set_tid = ASKED(ids), request.a.set_tid_size = 2;
    refused("ids of more levels than there are", 0, 88);
    fresh()->a.set_tid = ASKED(wrong), request.a.set_tid_size = 1;
    refused("ids at a wrong address", 0, 88);
    refused("CLONE_INTO_CGROUP of version 1", CLONE_INTO_CGROUP, 80);
    fresh()->a.cgroup = 1ul << 32;
    refused("no descriptor", CLONE_INTO_CGROUP, 88);
    fresh()->a.cgroup = 1000;
    refused("closed descriptor", CLONE_INTO_CGROUP, 88);
    int fd = open("/tmp", O_RDONLY | O_DIRECTORY);
    fresh()->a.cgroup = (uint64_t)fd;
    refused("another folder", CLONE_INTO_CGROUP, 88);
    close(fd);
}

/* To choose an id is not for everybody. */
static void ids(void)
{
    int32_t id = 31000;
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
            _exit(1);
        fresh()->a.set_tid = ASKED(&id), request.a.set_tid_size = 1;
        refused("set_tid", 0, 88);
        fresh()->a.set_tid = ASKED(&id), request.a.set_tid_size = 1;
        id = 0;
        refused("set_tid 0", 0, 88);
        fflush(stdout);
        _exit(0);
    }
    say_status("ids", wait_for(pid));
}

static void on_signal(int sig)
{
    (void)sig;
}

/* What the child finds: bits for each of what was asked for. */
static int child_finds(void)
{
    struct sigaction a, b;
    sigaction(SIGUSR1, NULL, &a);
    sigaction(SIGUSR2, NULL, &b);
    return (child_tid == getpid()) | (a.sa_handler == SIG_DFL) << 1 |
           (b.sa_handler == SIG_IGN) << 2 | !(a.sa_flags & SA_RESTART) << 3;
}

static void children(void)
{
    struct sigaction caught = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    siginfo_t info = {0};
    sigaction(SIGUSR1, &caught, NULL);
    signal(SIGUSR2, SIG_IGN);
    fresh()->a.pidfd = ASKED(&pidfd);
    request.a.parent_tid = ASKED(&parent_tid);
    request.a.child_tid = ASKED(&child_tid);
    long pid =
        create(CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CLEAR_SIGHAND, 88);
    if (!pid)
        _exit(child_finds());
    printf("told: %d, parent's memory %d\n", (long)parent_tid == pid, child_tid);
    printf("pidfd is closed by execve: %d\n", fcntl((int)pidfd, F_GETFD));
    struct pollfd p = {.fd = (int)pidfd, .events = POLLIN};
    say("pidfd polls", poll(&p, 1, 10000));
    say("not without __WALL", waitid(P_PIDFD, pidfd, &info, WEXITED));
    say("waits", waitid(P_PIDFD, pidfd, &info, WEXITED | __WALL));
    printf("found %d, child %d\n", info.si_status, info.si_pid == (pid_t)pid);
    close((int)pidfd);
    fresh()->a.exit_signal = SIGCHLD;
    request.a.child_tid = ASKED(&child_tid);
    pid = create(CLONE_CHILD_SETTID, 64);
    if (!pid)
        _exit(child_finds());
    say_status("handlers are inherited", wait_for((pid_t)pid));
    signal(SIGUSR1, SIG_DFL);
    signal(SIGUSR2, SIG_DFL);
}

/* A grandchild that becomes a child: its parent hears of its end what its maker had agreed on. */
static void siblings(void)
{
    int ends[2];
    pid_t both[2] = {0};
    (void)!pipe(ends);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        fresh();
        both[0] = (pid_t)create(CLONE_PARENT, 88);
        if (!both[0])
            _exit(6);
        both[1] = (pid_t)syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0);
        if (!both[1])
            _exit(7);
        (void)!write(ends[1], both, sizeof both);
        _exit(0);
    }
    say_status("maker", wait_for(pid));
    (void)!read(ends[0], both, sizeof both);
    say_status("sibling", wait_for(both[0]));
    say_status("sibling by clone", wait_for(both[1]));
    close(ends[0]), close(ends[1]);
}

static void *thread(void *arg)
{
    return (char *)arg + (getpid() != gettid());
}

static void library(void)
{
    posix_spawnattr_t attributes;
    sigset_t all;
    pthread_t t[20];
    pid_t pid;
    int right = 0;
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    for (int i = 0; i < 5; i++)
        if (posix_spawn(&pid, self, NULL, &attributes, (char *[]){"process", "exit", NULL},
                        nothing) ||
            wait_for(pid) != 7 << 8)
            printf("spawned child %d is lost\n", i);
    say("posix_spawn of nothing",
        posix_spawn(&pid, "/nowhere", NULL, NULL, (char *[]){"x", NULL}, nothing));
    for (long i = 0; i < 20; i++)
        pthread_create(&t[i], NULL, thread, (void *)i);
    for (long i = 0; i < 20; i++) {
        void *result;
        pthread_join(t[i], &result);
        right += result == (char *)i + 1;
    }
    printf("threads: %d\n", right);
}

void clones(void)
{
    sizes();
    wishes();
    ids();
    children();
    siblings();
    library();
}
