/* SPDX-License-Identifier: Apache-2.0 */
/* What a process sees of others: /proc/PID. */
#include "tests/kernel/process/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t content(pid_t pid, const char *name, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    if (n < 0)
        printf("  %s: %s\n", name, strerrorname_np(errno));
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = 0;
    return n > 0 ? (size_t)n : 0;
}

static void say_link(pid_t pid, const char *name)
{
    char path[64], to[256];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    ssize_t n = readlink(path, to, sizeof to - 1);
    if (n < 0)
        printf("  %s: %s\n", name, strerrorname_np(errno));
    else
        printf("  %s %.*s\n", name, (int)strcspn((to[n] = 0, to), "["), to);
}

/* One line of status. */
static void say_status_line(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    if (at)
        printf("  %.*s\n", (int)strcspn(at, "\n"), at);
    else
        printf("  no %s\n", key);
}

static int count(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    DIR *d = opendir(path);
    int n = 0;
    if (!d) {
        printf("  %s: %s\n", name, strerrorname_np(errno));
        return -1;
    }
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static int listed(pid_t pid)
{
    DIR *d = opendir("/proc");
    int found = 0;
    for (struct dirent *e; (e = readdir(d));)
        found += atoi(e->d_name) == pid;
    closedir(d);
    return found;
}

/* Letters of its state that it may be seen in before it sleeps are waited out. */
static char state_of(pid_t pid)
{
    char text[512];
    for (int i = 0;; i++) {
        content(pid, "stat", text, sizeof text);
        const char *end = strrchr(text, ')');
        if (!end)
            return '?';
        if ((end[2] != 'R' && end[2] != 'D') || i == 200)
            return end[2];
        usleep(10000);
    }
}

static void numbers(pid_t pid)
{
    char text[4096];
    int id = 0, parent = 0, group = 0, session = 0;
    unsigned long pages = 0;
    char name[32], state;
    content(pid, "stat", text, sizeof text);
    sscanf(text, "%d (%31[^)]) %c %d %d %d", &id, name, &state, &parent, &group, &session);
    printf("  stat: %d %s parent %d group %d session %d\n", id == pid, name, parent == getpid(),
           group == getpgrp(), session == getsid(0));
    content(pid, "statm", text, sizeof text);
    sscanf(text, "%lu", &pages);
    printf("  statm: %d\n", pages > 10);
    content(pid, "status", text, sizeof text);
    say_status_line(text, "Name:");
    say_status_line(text, "Umask:");
    say_status_line(text, "Uid:");
    say_status_line(text, "Threads:");
    printf("  its own number: %d\n", atoi(strstr(text, "\nPid:") + 6) == pid);
    printf("  its parent's: %d\n", atoi(strstr(text, "\nPPid:") + 7) == getpid());
    content(pid, "limits", text, sizeof text);
    say_status_line(text, "Max core file size");
}

static void texts(pid_t pid)
{
    char text[4096], own[4096];
    size_t n = content(pid, "cmdline", text, sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '|';
    printf("  cmdline %s\n", text);
    content(pid, "environ", text, sizeof text);
    printf("  environ %s\n", text);
    content(pid, "comm", text, sizeof text);
    printf("  comm %s", text);
    n = content(pid, "auxv", text, sizeof text);
    printf("  auxv: %d\n", n % 16 == 0 && n > 100);
    content(pid, "maps", text, sizeof text);
    printf("  maps: %d %d\n", strstr(text, "r-xp") != NULL, strstr(text, "[stack]") != NULL);
    content(pid, "mounts", text, sizeof text);
    content(getpid(), "mounts", own, sizeof own);
    printf("  mounts: %d\n", strcmp(text, own) == 0);
}

static void links(pid_t pid)
{
    struct stat a, b;
    char path[64];
    say_link(pid, "cwd");
    say_link(pid, "root");
    say_link(pid, "exe");
    say_link(pid, "fd/20");
    say_link(pid, "fd/21");
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    printf("  the same program: %d\n",
           !stat(path, &a) && !stat(self, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    snprintf(path, sizeof path, "/proc/%d/fd/20", pid);
    int fd = open(path, O_RDONLY);
    char text[16] = "";
    printf("  its file: %d %s\n", (int)read(fd, text, 5), text);
    close(fd);
    snprintf(path, sizeof path, "/proc/%d/cwd/file", pid);
    printf("  below its folder: %d\n", access(path, R_OK));
    printf("  descriptors: %d of %d\n", count(pid, "fd"), count(pid, "fdinfo"));
    printf("  threads: %d\n", count(pid, "task"));
    content(pid, "fdinfo/20", text, sizeof text);
    printf("  fdinfo %.6s\n", text);
}

static void unprivileged_looks(pid_t parent)
{
    char text[512];
    if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
        _exit(1);
    printf("somebody else's\n");
    printf("  stat: %d\n", content(parent, "stat", text, sizeof text) > 0);
    content(parent, "environ", text, sizeof text);
    content(parent, "maps", text, sizeof text);
    say_link(parent, "exe");
    say_link(parent, "cwd");
    count(parent, "fd");
    fflush(stdout);
    _exit(0);
}

/* The child is told from its maker by what it has changed. */
static void child(int out)
{
    static char *const environment[] = {"WHOSE=child", NULL};
    mkdir(DIR_NAME "/below", 0755);
    (void)!chdir(DIR_NAME "/below");
    umask(027);
    put_text("file", "words");
    dup2(open("file", O_RDONLY), 20);
    dup2(out, 21);
    struct rlimit l = {7, 77};
    setrlimit(RLIMIT_CORE, &l);
    execve(self, (char *[]){"child", "ready", "words", NULL}, environment);
    _exit(1);
}

/* Two threads read all there is of processes that come, run something else, and go. */
static volatile int over;

static void *reader(void *arg)
{
    static const char *const names[] = {"maps", "cmdline", "environ", "stat",       "status",
                                        "auxv", "limits",  "fd/0",    "fdinfo/1",   "exe",
                                        "cwd",  "statm",   "comm",    "task/1/stat"};
    char path[64], text[4096];
    long seen = 0;
    (void)arg;
    while (!over) {
        DIR *d = opendir("/proc");
        for (struct dirent *e; (e = readdir(d));)
            for (size_t i = 0; atoi(e->d_name) > 1 && i < sizeof names / sizeof *names; i++) {
                snprintf(path, sizeof path, "/proc/%.20s/%s", e->d_name, names[i]);
                int fd = open(path, O_RDONLY | O_NONBLOCK);
                seen += fd >= 0 && strncmp(names[i], "fd/", 3) && read(fd, text, sizeof text) > 0;
                if (fd >= 0)
                    close(fd);
                seen += readlink(path, text, sizeof text) > 0;
            }
        closedir(d);
    }
    return seen ? "something" : "nothing";
}

static void storm(void)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, reader, NULL);
    for (int i = 0; i < 100; i++) {
        pid_t pid = fork();
        if (!pid)
            _exit(0);
        pid_t other = start_mode("exit");
        wait_for(pid);
        wait_for(other);
    }
    over = 1;
    for (int i = 0; i < 2; i++) {
        void *result;
        pthread_join(t[i], &result);
        printf("storm: %s\n", (char *)result);
    }
}

void looks(void)
{
    storm();
    int ends[2];
    char byte;
    siginfo_t info;
    (void)!pipe(ends);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid)
        child(ends[1]);
    (void)!read(ends[0], &byte, 1);
    printf("of a child\n  state %c, listed %d, itself %d\n", state_of(pid), listed(pid),
           listed(getpid()));
    numbers(pid);
    texts(pid);
    links(pid);
    kill(pid, SIGKILL);
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    printf("of what has ended\n  state %c, listed %d\n", state_of(pid), listed(pid));
    char text[512];
    printf("  cmdline %zu\n", content(pid, "cmdline", text, sizeof text));
    printf("  maps %zu\n", content(pid, "maps", text, sizeof text));
    say_link(pid, "exe");
    say_link(pid, "cwd");
    say_link(pid, "fd/20");
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY);
    wait_for(pid);
    printf("of what was\n  read %d %s\n", (int)read(fd, text, sizeof text), strerrorname_np(errno));
    printf("  listed %d\n", listed(pid));
    content(pid, "stat", text, sizeof text);
    close(fd), close(ends[0]), close(ends[1]);
    fflush(stdout);
    pid_t me = getpid();
    pid = fork();
    if (!pid)
        unprivileged_looks(me);
    say_status("unprivileged", wait_for(pid));
}
