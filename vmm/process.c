/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int child_background(pid_t parent)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return -1;
    /* Ctrl-C at the terminal is for the launcher, which passes it on in its own way. */
    if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return -1;
    /* A parent that died before prctl sends no signal any more. */
    return getppid() == parent ? 0 : -1;
}

static int child_prepare(const struct process *process, pid_t parent)
{
    sigset_t none;

    for (unsigned i = 0; i < process->keep_count; i++)
        if (fcntl(process->keep[i], F_SETFD, 0) < 0)
            return -1;
    for (const char *const *e = process->env; e && *e; e++)
        if (putenv((char *)*e) != 0)
            return -1;
    if (process->directory && chdir(process->directory) < 0)
        return -1;
    if (process->background && child_background(parent) < 0)
        return -1;
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL);
}

NORETURN static void child_run(const struct process *process, pid_t parent, int report)
{
    if (child_prepare(process, parent) == 0)
        execvp(process->argv[0], (char *const *)process->argv);
    int number = errno;
    _exit(write(report, &number, sizeof(number)) == sizeof(number) ? 127 : 126);
}

/* The pipe closes by itself when exec succeeds; otherwise the child's errno comes through it. */
static int exec_result(int report)
{
    int number = 0;
    ssize_t n;

    do
        n = read(report, &number, sizeof(number));
    while (n < 0 && errno == EINTR);
    return n == sizeof(number) ? number : 0;
}

int process_start(const struct process *process, pid_t *pid, struct error *err)
{
    int report[2];
    pid_t parent = getpid();

    if (pipe2(report, O_CLOEXEC) < 0)
        return error_errno(err, "cannot start %s", process->argv[0]);
    pid_t child = fork();
    if (child == 0)
        child_run(process, parent, report[1]);
    int fork_errno = errno;
    close(report[1]);
    int exec_errno = child < 0 ? fork_errno : exec_result(report[0]);
    close(report[0]);
    if (exec_errno != 0) {
        if (child > 0)
            waitpid(child, NULL, 0);
        errno = exec_errno;
        return error_errno(err, "cannot start %s", process->argv[0]);
    }
    *pid = child;
    return 0;
}

int process_wait(pid_t pid, int timeout_ms, int *status)
{
    if (timeout_ms >= 0) {
        struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
        int ready = poll(&ended, 1, timeout_ms);
        close(ended.fd);
        if (ready <= 0)
            return 0;
    }
    pid_t result;
    do
        result = waitpid(pid, status, 0);
    while (result < 0 && errno == EINTR);
    return result == pid;
}
