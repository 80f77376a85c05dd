/* SPDX-License-Identifier: Apache-2.0 */
/* What the program does when it is run by itself. */
#include "tests/kernel/process/process.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int mode_exit(void)
{
    return 7;
}

static int mode_args(void)
{
    FILE *f = fopen("/proc/self/cmdline", "r");
    char text[4096], path[256] = "";
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    for (size_t i = 0; i < n; i++)
        text[i] = text[i] ? text[i] : '|';
    printf("  cmdline %.*s\n", (int)n, text);
    prctl(PR_GET_NAME, path);
    printf("  comm %s", path);
    printf(" execfn %s secure %lu page %lu\n", (char *)getauxval(AT_EXECFN), getauxval(AT_SECURE),
           getauxval(AT_PAGESZ));
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    printf("  exe %.*s\n", len > 0 ? (int)len : 0, path);
    for (char **e = environ; *e; e++)
        printf("  env %s\n", *e);
    return 0;
}

static int mode_state(void)
{
    struct sigaction a;
    sigset_t set;
    stack_t stack;
    struct itimerval timer;
    struct itimerspec spec;
    struct rlimit limit;
    sigaction(SIGUSR1, NULL, &a);
    printf("  ignored stays ignored: %d\n", a.sa_handler == SIG_IGN);
    sigaction(SIGUSR2, NULL, &a);
    printf("  caught is default: %d flags %d\n", a.sa_handler == SIG_DFL, a.sa_flags & ~0x04000000);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("  blocked stays: %d %d\n", sigismember(&set, SIGHUP), sigismember(&set, SIGTERM));
    sigpending(&set);
    printf("  pending stays: %d %d\n", sigismember(&set, SIGHUP), sigismember(&set, SIGTERM));
    sigaltstack(NULL, &stack);
    printf("  no alternate stack: %d\n", stack.ss_flags == SS_DISABLE);
    getitimer(ITIMER_REAL, &timer);
    printf("  itimer runs on: %d\n", timer.it_value.tv_sec > 0);
    errno = 0;
    printf("  timer is gone: %ld %s\n", syscall(SYS_timer_gettime, 0, &spec),
           strerrorname_np(errno));
    printf("  descriptors: %d %d\n", fcntl(20, F_GETFD), fcntl(21, F_GETFD));
    char cwd[256];
    mode_t mask = umask(0);
    printf("  cwd %s umask %o\n", getcwd(cwd, sizeof cwd), mask);
    getrlimit(RLIMIT_CORE, &limit);
    printf("  limit %lu\n", (unsigned long)limit.rlim_max);
    printf("  main thread: %d\n", getpid() == gettid());
    printf("  group leader: %d\n", getpgid(0) == getpid());
    return 0;
}

static int mode_parent(void)
{
    char byte;
    if (read(0, &byte, 1) != 0) /* until the other end is gone with our parent */
        return 1;
    for (int i = 0; i < 100 && getppid() != 1; i++)
        usleep(10000);
    usleep(100000);
    printf("  orphan's parent: %d\n", getppid());
    fflush(stdout);
    return 0;
}

static int mode_orphan(void)
{
    int ends[2];
    if (pipe2(ends, 0) || dup2(ends[0], 0))
        return 1;
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    start_mode("parent");
    return 0;
}

static int mode_sleep(void)
{
    pause();
    return 1;
}

/* Tells that it runs. */
static int mode_ready(void)
{
    (void)!write(21, "", 1);
    pause();
    return 1;
}

static int mode_raise(void)
{
    raise(SIGUSR1);
    return 1;
}

/* Fifty threads in every kind of trouble; one that isn't the main one calls execve. */
static int ends[2];
static int word;

static void *trouble(void *arg)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    char byte;
    switch ((long)arg % 5) {
    case 0:
        for (;;)
            __asm__ volatile("");
    case 1:
        for (;;)
            usleep(1000);
    case 2:
        syscall(SYS_futex, &word, 0, 0, NULL);
        break;
    case 3:
        (void)!read(ends[0], &byte, 1);
        break;
    default:
        for (;;) {
            pthread_mutex_lock(&lock);
            pthread_mutex_unlock(&lock);
        }
    }
    return NULL;
}

static void *replace(void *arg)
{
    usleep(20000);
    execve(self, (char *[]){"process", arg, NULL}, nothing);
    return NULL;
}

static int with_threads(char *mode)
{
    pthread_attr_t small;
    pthread_t t;
    if (pipe(ends))
        return 1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    for (long i = 0; i < 50; i++)
        if (pthread_create(&t, &small, trouble, (void *)i))
            return 1;
    pthread_create(&t, &small, replace, mode);
    for (;;)
        pause();
}

static int mode_threads(void)
{
    return with_threads("alone");
}

static int mode_alone(void)
{
    char text[64] = "";
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, "Threads:", 8))
            snprintf(text, sizeof text, "%.40s", line + 9);
    printf("  alone: %d threads %s", getpid() == gettid(), text);
    return 0;
}

/* Dies with its threads, while another thread wants to be somebody else. */
static int mode_race(void)
{
    pthread_t t;
    pthread_create(&t, NULL, trouble, (void *)0);
    pthread_create(&t, NULL, replace, "exit");
    usleep(19900);
    kill(getpid(), SIGKILL);
    return 1;
}

static int mode_again(void)
{
    char left[32];
    int n = atoi(getenv("LEFT"));
    if (!n)
        return 9;
    snprintf(left, sizeof left, "LEFT=%d", n - 1);
    execve(self, (char *[]){"process", "again", NULL}, (char *[]){left, NULL});
    return 1;
}

static int mode_thread_storm(void)
{
    char left[16];
    int n = atoi(getenv("LEFT"));
    if (!n)
        return 9;
    snprintf(left, sizeof left, "%d", n - 1);
    setenv("LEFT", left, 1);
    pthread_t t;
    for (long i = 0; i < 12; i++)
        pthread_create(&t, NULL, trouble, (void *)i);
    execve(self, (char *[]){"process", "storm", NULL}, environ);
    return 1;
}

static const struct {
    const char *name;
    int (*fn)(void);
} modes[] = {
    {"exit", mode_exit},          {"args", mode_args},     {"state", mode_state},
    {"parent", mode_parent},      {"orphan", mode_orphan}, {"sleep", mode_sleep},
    {"ready", mode_ready},        {"raise", mode_raise},   {"threads", mode_threads},
    {"alone", mode_alone},        {"race", mode_race},     {"again", mode_again},
    {"storm", mode_thread_storm},
};

int mode_run(const char *name)
{
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (!strcmp(name, modes[i].name))
            return modes[i].fn();
    return -1;
}
