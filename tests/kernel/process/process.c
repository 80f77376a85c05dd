/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs see of execve(2), fork(2), vfork(2) and wait4(2) with their relatives: one line a
 * fact, the same wherever Linux' rules hold. Numbers of processes aren't printed. It runs itself
 * with other arguments: see modes.c.
 */
#include "tests/kernel/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static void threads(void)
{
    for (int i = 0; i < 5; i++)
        say_status("threads", wait_for(start_mode("threads")));
}

void others(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    threads();
    say("sighand without memory",
        clone(stateful, stack + sizeof stack, CLONE_SIGHAND | SIGCHLD, NULL));
    int fd = open(self, O_RDONLY);
    fflush(stdout);
    pid_t pid = vfork();
    if (!pid) {
        syscall(SYS_execveat, fd, "", (char *[]){"process", "exit", NULL}, nothing, AT_EMPTY_PATH);
        _exit(errno);
    }
    say_status("execveat", wait_for(pid));
    pid = start_mode("orphan");
    say_status("orphan", wait_for(pid));
    usleep(300000);
}

/* ---- a few hundred ---- */

static unsigned long free_kib(void)
{
    struct sysinfo i;
    sysinfo(&i);
    return i.freeram * i.mem_unit / 1024;
}

void many(void)
{
    static char *left[] = {"LEFT=200", NULL}, *storm[] = {"LEFT=30", NULL};
    run("200 in a row", self, (char *[]){"process", "again", NULL}, left);
    run("30 with threads", self, (char *[]){"process", "storm", NULL}, storm);
    unsigned long before = free_kib();
    for (int i = 0; i < 200; i++)
        if (wait_for(start_mode("exit")) != 7 << 8)
            printf("child %d is lost: %s\n", i, strerror(errno));
    for (int i = 0; i < 100; i++) {
        pid_t pid = fork();
        if (!pid)
            _exit(4);
        if (wait_for(pid) != 4 << 8)
            printf("copy %d is lost\n", i);
    }
    run("200 in a row", self, (char *[]){"process", "again", NULL}, left);
    run("30 with threads", self, (char *[]){"process", "storm", NULL}, storm);
    long gone = (long)(before - free_kib());
    printf("memory is given back: %d\n", gone < 1024);
    if (gone >= 1024)
        printf("%ld KiB are missing\n", gone);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOFBF, 8192);
    int result = argc > 1 ? mode_run(argv[1]) : -1;
    if (result >= 0)
        return fflush(stdout), result;
    if (argc == 0 || !*argv[0]) {
        printf("  argc %d\n", argc);
        fflush(stdout);
        return 0;
    }
    if (argc > 1) {
        printf("  %s\n", argv[1]);
        return 99;
    }
    if (mkdir(DIR_NAME, 0755) || chdir(DIR_NAME))
        say("mkdir", -1);
    execs();
    waits();
    others();
    forks();
    clones();
    limits();
    looks();
    many();
    printf("end\n");
    return 0;
}
