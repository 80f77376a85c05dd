/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/kernel/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const self = "/proc/self/exe";
char *const nothing[] = {NULL};
char **volatile wrong = (char **)8;

void say(const char *name, long value)
{
    if (value < 0)
        printf("%s: %s\n", name, strerrorname_np(errno));
    else
        printf("%s: %ld\n", name, value);
    fflush(stdout);
}

void say_status(const char *name, int status)
{
    if (WIFSIGNALED(status))
        printf("%s: signal %d core %d\n", name, WTERMSIG(status), !!WCOREDUMP(status));
    else
        printf("%s: exit %d\n", name, WEXITSTATUS(status));
    fflush(stdout);
}

/* The child of vfork: runs argv, or tells why it couldn't. */
pid_t start(const char *path, char *const argv[], char *const envp[], volatile int *error)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execve(path, argv, envp);
        *error = errno;
        _exit(127);
    }
    return pid;
}

void run(const char *name, const char *path, char *const argv[], char *const envp[])
{
    volatile int error = 0;
    int status = 0;
    fflush(stdout);
    pid_t pid = start(path, argv, envp, &error);
    if (waitpid(pid, &status, 0) != pid)
        say(name, -1);
    else if (error)
        printf("%s: %s\n", name, strerrorname_np(error));
    else
        say_status(name, status);
    fflush(stdout);
}

pid_t start_mode(char *mode)
{
    volatile int error = 0;
    fflush(stdout);
    return start(self, (char *[]){"process", mode, NULL}, nothing, &error);
}

int wait_for(pid_t pid)
{
    int status = -1;
    waitpid(pid, &status, 0);
    return status;
}

void put(const char *name, const void *bytes, size_t size, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fchmod(fd, mode) || close(fd))
        say(name, -1);
}

void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text), 0755);
}
