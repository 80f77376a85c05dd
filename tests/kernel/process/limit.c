/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of other processes: prlimit(2). */
#include "tests/kernel/process/process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void say_limit(const char *name, pid_t pid, int resource)
{
    struct rlimit l = {0};
    say(name, prlimit(pid, resource, NULL, &l));
    printf("  %ld %ld\n", (long)l.rlim_cur, (long)l.rlim_max);
}

/* Opens as many files as it may, once it gets a word. */
static void count_files(int in)
{
    char byte;
    int last = -1;
    (void)!read(in, &byte, 1);
    for (int fd; (fd = dup(0)) >= 0;)
        last = fd;
    void *too_much = mmap(NULL, 256u << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    _exit(too_much == MAP_FAILED ? last : 100);
}

static void unprivileged(pid_t parent)
{
    struct rlimit l, raised;
    if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
        _exit(1);
    pid_t pid = fork();
    if (!pid) {
        pause();
        _exit(1);
    }
    say("of the same user", prlimit(pid, RLIMIT_CORE, NULL, &l));
    say("of another", prlimit(parent, RLIMIT_CORE, NULL, &l));
    say("to another", prlimit(parent, RLIMIT_CORE, &l, NULL));
    say("the right comes first", prlimit(parent, 99, NULL, &l));
    getrlimit(RLIMIT_NOFILE, &l);
    raised = (struct rlimit){l.rlim_cur, l.rlim_max + 1};
    say("raised", setrlimit(RLIMIT_NOFILE, &raised));
    say("a child's raised", prlimit(pid, RLIMIT_NOFILE, &raised, NULL));
    raised.rlim_max = l.rlim_max - 1;
    say("lowered", prlimit(pid, RLIMIT_NOFILE, &raised, NULL));
    say("back", prlimit(pid, RLIMIT_NOFILE, &l, NULL));
    fflush(stdout);
    kill(pid, SIGKILL);
    _exit(wait_for(pid) != SIGKILL);
}

void limits(void)
{
    struct rlimit files = {20, 30}, memory = {128u << 20, RLIM_INFINITY}, l;
    int ends[2];
    (void)!pipe(ends);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid)
        count_files(ends[0]);
    prlimit(0, RLIMIT_NOFILE, NULL, &l);
    say("set a child's", prlimit(pid, RLIMIT_NOFILE, &files, NULL));
    say("and another", prlimit(pid, RLIMIT_AS, &memory, NULL));
    say_limit("ask for a child's", pid, RLIMIT_NOFILE);
    getrlimit(RLIMIT_NOFILE, &files);
    printf("its own stays: %d\n", files.rlim_cur == l.rlim_cur && files.rlim_max == l.rlim_max);
    say("no such resource", prlimit(pid, 16, NULL, &l));
    files = (struct rlimit){3, 2};
    say("soft above hard", prlimit(pid, RLIMIT_NOFILE, &files, NULL));
    say("from nowhere", prlimit(pid, RLIMIT_NOFILE, (void *)wrong, NULL));
    say("to nowhere", prlimit(pid, RLIMIT_NOFILE, NULL, (void *)wrong));
    say("of nobody", prlimit(1 << 20, RLIMIT_NOFILE, NULL, &l));
    say("of nobody, from nowhere", prlimit(1 << 20, RLIMIT_NOFILE, (void *)wrong, NULL));
    (void)!write(ends[1], "", 1);
    siginfo_t info;
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    say_limit("of what has ended", pid, RLIMIT_NOFILE);
    say_status("as many files", wait_for(pid));
    say("of what was", prlimit(pid, RLIMIT_NOFILE, NULL, &l));
    fflush(stdout);
    pid_t me = getpid();
    pid = fork();
    if (!pid)
        unprivileged(me);
    say_status("unprivileged", wait_for(pid));
    close(ends[0]), close(ends[1]);
}
