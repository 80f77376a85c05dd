/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for children, and their groups. */
#include "tests/kernel/process/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int pidfd_open(pid_t pid, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

static void by_hand(void)
{
    siginfo_t info;
    int status;
    pid_t pid = start_mode("sleep");
    say("not yet", waitpid(pid, &status, WNOHANG));
    say("somebody else's", waitpid(1, &status, 0));
    say("unknown options", waitpid(pid, &status, 0x100));
    memset(&info, 0x55, sizeof info);
    say("waitid not yet", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG));
    printf("info %d %d\n", info.si_signo, info.si_pid);
    int fd = pidfd_open(pid, 0);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    say("pidfd polls", poll(&p, 1, 0));
    say("pidfd signals", syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    say("pidfd polls", poll(&p, 1, 10000));
    say("waitid looks", waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOWAIT));
    printf("info %d code %d status %d pid %d\n", info.si_signo, info.si_code, info.si_status,
           info.si_pid == pid);
    say("signal to what has ended", kill(pid, 0));
    say("waitid takes", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    say("waitid again", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    say("signal to what was", kill(pid, 0));
    say("pidfd signal to what was", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    say("pidfd_open of what was", pidfd_open(pid, 0));
    close(fd);
    say("pidfd of another file", waitid(P_PIDFD, 1, &info, WEXITED));
    say("no children", waitpid(-1, &status, 0));
    pid = start_mode("raise");
    say_status("raise", wait_for(pid));
    pid = start_mode("race");
    status = wait_for(pid);
    printf("race: %d\n", WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 7));
}

static volatile sig_atomic_t child_code, child_status, child_right;
static pid_t expected;

static void on_child(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    child_code = info->si_code;
    child_status = info->si_status;
    child_right = info->si_pid == expected;
}

static void child_signals(void)
{
    struct sigaction a = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO};
    sigset_t set, old;
    int status;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &old);
    sigaction(SIGCHLD, &a, NULL);
    expected = start_mode("exit");
    sigsuspend(&old);
    printf("SIGCHLD: code %d status %d pid %d\n", child_code, child_status, child_right);
    say_status("its child", wait_for(expected));
    expected = start_mode("sleep");
    kill(expected, SIGKILL);
    sigsuspend(&old);
    printf("SIGCHLD: code %d status %d pid %d\n", child_code, child_status, child_right);
    wait_for(expected);
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGCHLD, SIG_IGN);
    start_mode("exit");
    say("nobody to wait for", waitpid(-1, &status, 0));
    a.sa_flags = SA_NOCLDWAIT | SA_SIGINFO;
    sigaction(SIGCHLD, &a, NULL);
    start_mode("exit");
    while (waitpid(-1, &status, 0) < 0 && errno == EINTR)
        ;
    say("SA_NOCLDWAIT", -1);
    signal(SIGCHLD, SIG_DFL);
}

/* ---- groups ---- */

static void groups(void)
{
    int status;
    pid_t a = start_mode("sleep"), b = start_mode("sleep");
    printf("same group: %d session: %d\n", getpgid(a) == getpgrp(), getsid(a) == getsid(0));
    say("too late", setpgid(a, a));
    say("none such", setpgid(1 << 20, 0));
    kill(a, SIGKILL);
    kill(b, SIGKILL);
    say("another group's", waitpid(-a, &status, 0));
    say_status("a", wait_for(a));
    say_status("b", wait_for(b));
    volatile int results[4] = {0};
    pid_t c = vfork();
    if (!c) {
        results[0] = setpgid(0, 0);
        results[1] = getpgrp() == getpid();
        results[2] = setsid() < 0 ? errno : 0;
        execve(self, (char *[]){"process", "sleep", NULL}, nothing);
        _exit(1);
    }
    printf("own group: %d %d setsid %s\n", results[0], results[1], strerrorname_np(results[2]));
    say("kill group", kill(-c, SIGTERM));
    say_status("group", wait_for(c));
    say("empty group", kill(-c, SIGTERM));
    c = vfork();
    if (!c) {
        results[0] = setsid() == getpid();
        results[1] = getsid(0) == getpid();
        _exit(3);
    }
    printf("own session: %d %d\n", results[0], results[1]);
    say_status("session", waitpid(c, &status, 0) == c ? status : -1);
}

void waits(void)
{
    by_hand();
    child_signals();
    groups();
}
