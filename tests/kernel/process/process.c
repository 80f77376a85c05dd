/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs see of execve(2), fork(2), vfork(2) and wait4(2) with their relatives: one line a
 * fact, the same wherever Linux' rules hold. Numbers of processes aren't printed. It runs itself
 * with other arguments: see modes[].
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DIR_NAME "/tmp/process.d"

static const char *self = "/proc/self/exe";
static char *const nothing[] = {NULL};
static char **volatile wrong = (char **)8;

static void say(const char *name, long value)
{
    if (value < 0)
        printf("%s: %s\n", name, strerrorname_np(errno));
    else
        printf("%s: %ld\n", name, value);
    fflush(stdout);
}

static void say_status(const char *name, int status)
{
    if (WIFSIGNALED(status))
        printf("%s: signal %d core %d\n", name, WTERMSIG(status), !!WCOREDUMP(status));
    else
        printf("%s: exit %d\n", name, WEXITSTATUS(status));
    fflush(stdout);
}

/* The child of vfork: runs argv, or tells why it couldn't. */
static pid_t start(const char *path, char *const argv[], char *const envp[], volatile int *error)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execve(path, argv, envp);
        *error = errno;
        _exit(127);
    }
    return pid;
}

static void run(const char *name, const char *path, char *const argv[], char *const envp[])
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

static pid_t start_mode(char *mode)
{
    volatile int error = 0;
    fflush(stdout);
    return start(self, (char *[]){"process", mode, NULL}, nothing, &error);
}

static int wait_for(pid_t pid)
{
    int status = -1;
    waitpid(pid, &status, 0);
    return status;
}

static void put(const char *name, const void *bytes, size_t size, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || fchmod(fd, mode) || close(fd))
        say(name, -1);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text), 0755);
}

/* Bytes of an ELF file for `machine`, with PT_INTERP when there is a loader to name. */
static void put_elf(const char *name, unsigned machine, const char *loader)
{
    unsigned char e[512] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    e[16] = 2, e[18] = (unsigned char)machine, e[20] = 1; /* ET_EXEC, EV_CURRENT */
    e[32] = 64, e[52] = 64, e[54] = 56, e[56] = 2;        /* two program headers at 64 */
    unsigned long load[7] = {0x500000001ul, 0, 0x400000, 0x400000, 512, 512, 0x10000};
    unsigned long interp[7] = {0x400000003ul, 256, 0x400100, 0x400100, 0, 0, 1};
    unsigned long entry = 0x400180;
    memcpy(e + 24, &entry, 8);
    if (loader) {
        interp[4] = interp[5] = strlen(loader) + 1;
        memcpy(e + 256, loader, strlen(loader) + 1);
    }
    memcpy(e + 64, loader ? interp : load, 56);
    memcpy(e + 120, load, 56);
    put(name, e, sizeof e, 0755);
}

/* ---- modes: what it does when it is run by itself ---- */

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
    {"exit", mode_exit},     {"args", mode_args},       {"state", mode_state},
    {"parent", mode_parent}, {"orphan", mode_orphan},   {"sleep", mode_sleep},
    {"raise", mode_raise},   {"threads", mode_threads}, {"alone", mode_alone},
    {"race", mode_race},     {"again", mode_again},     {"storm", mode_thread_storm},
};

/* ---- execve's errors ---- */

static void exec_errors(void)
{
    char *const argv[] = {"x", NULL};
    char name[300];
    static char large[200000];
    put_text("plain", "just text\n");
    put("empty", "", 0, 0755);
    put("unreadable", "#!/tmp\n", 7, 0600);
    put_elf("amd64", 62, NULL);
    put_elf("dynamic", 183, "/lib/no-such-loader.so");
    put_elf("truncated", 183, NULL);
    if (truncate("truncated", 100))
        say("truncate", -1);
    (void)!symlink("loop", "loop");
    run("missing", "none", argv, nothing);
    run("no name", "", argv, nothing);
    run("directory", "/tmp", argv, nothing);
    run("through a file", "plain/x", argv, nothing);
    run("no right", "unreadable", argv, nothing);
    run("device", "/dev/null", argv, nothing);
    run("loop", "loop", argv, nothing);
    memset(name, 'n', sizeof name - 1);
    run("long name", name, argv, nothing);
    run("text", "plain", argv, nothing);
    run("empty", "empty", argv, nothing);
    run("another machine", "amd64", argv, nothing);
    run("no loader", "dynamic", argv, nothing);
    run("truncated", "truncated", argv, nothing);
    run("bad path", (char *)wrong, argv, nothing);
    run("bad argv", "none", wrong, nothing);
    run("bad string", "none", (char *[]){(char *)wrong, NULL}, nothing);
    memset(large, 'a', 131071);
    run("longest string", self, (char *[]){"x", "exit", large, NULL}, nothing);
    large[131071] = 'a';
    run("longer string", self, (char *[]){"x", "exit", large, NULL}, nothing);
    large[100000] = 0;
    char *many[41] = {"x", "exit"};
    for (int i = 2; i < 40; i++)
        many[i] = large;
    run("too much", self, many, nothing);
    run("no argv", self, NULL, NULL);
}

static void busy(void)
{
    char *const argv[] = {"x", "sleep", NULL};
    volatile int error = 0;
    int in = open(self, O_RDONLY), out = open("copy", O_WRONLY | O_CREAT, 0755);
    static char buf[65536];
    for (ssize_t n; (n = read(in, buf, sizeof buf)) > 0;)
        (void)!write(out, buf, (size_t)n);
    close(in);
    run("open for writing", "copy", argv, nothing);
    close(out);
    fflush(stdout);
    pid_t pid = start("copy", argv, nothing, &error);
    say("write while it runs", open("copy", O_WRONLY));
    say("truncate while it runs", open("copy", O_WRONLY | O_TRUNC));
    say("truncate by name", truncate("copy", 1));
    say("remove while it runs", unlink("copy"));
    kill(pid, SIGTERM);
    say_status("the copy", wait_for(pid));
}

/* ---- scripts ---- */

static void scripts(void)
{
    char *const argv[] = {"name", "one", "two", NULL};
    char text[300];
    put_text("script", "#!/proc/self/exe args\nwhatever\n");
    put_text("blanks", "#! \t/proc/self/exe  args \t\n");
    put_text("words", "#!/proc/self/exe two words\n");
    put_text("no-newline", "#!/proc/self/exe args");
    put_text("no-interpreter", "#!/no/such args\n");
    put_text("nothing", "#!  \n");
    put_text("nested", "#!" DIR_NAME "/script\n");
    put_text("endless", "#!" DIR_NAME "/endless\n");
    run("script", DIR_NAME "/script", argv, nothing);
    run("relative script", "script", argv, nothing);
    run("blanks", "blanks", argv, nothing);
    run("words", "words", argv, nothing);
    run("no newline", "no-newline", argv, nothing);
    run("no interpreter", "no-interpreter", argv, nothing);
    run("nothing", "nothing", argv, nothing);
    run("nested", "nested", argv, nothing);
    run("endless", "endless", argv, nothing);
    memset(text, 'x', sizeof text);
    memcpy(text, "#!/", 3);
    put("long-line", text, sizeof text, 0755);
    run("long line", "long-line", argv, nothing);
}

/* ---- what stays and what goes ---- */

static void on_signal(int sig)
{
    (void)sig;
}

static int stateful(void *arg)
{
    static char stack[65536];
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    struct itimerval real = {.it_value.tv_sec = 1000};
    struct itimerspec spec = {.it_value.tv_sec = 1000};
    struct rlimit limit = {0, 12345};
    sigset_t set;
    timer_t id;
    (void)arg;
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, on_signal);
    sigaltstack(&s, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGHUP);
    setitimer(ITIMER_REAL, &real, NULL);
    syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id);
    syscall(SYS_timer_settime, id, 0, &spec, NULL);
    dup2(1, 20);
    dup3(1, 21, O_CLOEXEC);
    umask(027);
    setrlimit(RLIMIT_CORE, &limit);
    setpgid(0, 0);
    execve(self, (char *[]){"process", "state", NULL}, nothing);
    return 1;
}

static void state(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    fflush(stdout);
    pid_t pid = clone(stateful, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
    say_status("state", wait_for(pid));
}

/* ---- waiting ---- */

static int pidfd_open(pid_t pid, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

static void waits(void)
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

/* ---- copies of the memory ---- */

#define BIG (8u << 20)

static int counter = 1;

static void fork_memory(void)
{
    int on_stack = 1, ends_here[2], got[6] = {0};
    pid_t parent = getpid();
    volatile int *shared =
        mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int fd = open("shared", O_RDWR | O_CREAT, 0600);
    (void)!ftruncate(fd, 8192);
    volatile int *file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    volatile int *own = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *big = malloc(BIG);
    memset(big, 'p', BIG);
    shared[0] = 1, file[0] = 1, own[0] = 1;
    (void)!pipe(ends_here);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        counter++, on_stack++, shared[0]++, shared[5000]++, file[0]++, own[0]++;
        memset(big + BIG / 2, 'c', BIG / 2);
        int seen[6] = {counter, on_stack, shared[0], file[0], own[0], big[0]};
        mprotect(big, 4096, PROT_NONE);
        (void)!write(ends_here[1], seen, sizeof seen);
        _exit(getppid() == parent && getpid() == gettid() ? 5 : 6);
    }
    counter += 10;
    say_status("fork", wait_for(pid));
    (void)!read(ends_here[0], got, sizeof got);
    printf("child: %d %d %d %d %d %d\n", got[0] % 10, got[1], got[2], got[3], got[4], got[5]);
    printf("parent: %d %d %d %d %d %d\n", counter, on_stack, shared[0], shared[5000], file[0],
           own[0]);
    size_t changed = 0;
    for (size_t i = 0; i < BIG; i++)
        changed += big[i] != 'p';
    printf("changed: %zu\n", changed);
    big[0] = 1;
    free(big);
}

static int nested(int depth)
{
    counter = depth;
    pid_t pid = depth ? fork() : -1;
    if (depth && !pid)
        _exit(nested(depth - 1));
    int below = depth ? WEXITSTATUS(wait_for(pid)) : 0;
    return counter == depth ? below + 1 : 100;
}

static void *fork_there(void *arg)
{
    (void)arg;
    pid_t pid = fork();
    if (!pid)
        execve(self, (char *[]){"process", "alone", NULL}, nothing);
    say_status("fork in a thread", wait_for(pid));
    return NULL;
}

/* While other threads write all the time, nothing of theirs may get lost. */
static volatile unsigned long written[4][512];
static volatile int stop;

static void *writer(void *arg)
{
    volatile unsigned long *mine = written[(long)arg];
    unsigned long n = 0;
    while (!stop) {
        n++;
        for (int i = 0; i < 512; i++)
            if (mine[i]++ != n - 1)
                return "lost";
    }
    return "kept";
}

static void fork_beside_writers(void)
{
    pthread_t t[4];
    void *result;
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, writer, (void *)i);
    for (int i = 0; i < 30; i++) {
        pid_t pid = fork();
        if (!pid) {
            memset((void *)written, 0x55, sizeof written);
            _exit(3);
        }
        if (wait_for(pid) != 3 << 8)
            printf("child %d is lost\n", i);
    }
    stop = 1;
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], &result);
        printf("writer: %s\n", (char *)result);
    }
}

/* Semaphores in memory that both have: a file's, at two addresses, and nobody's. */
static void semaphores(void)
{
    int fd = open("semaphores", O_RDWR | O_CREAT, 0600);
    (void)!ftruncate(fd, 4096);
    sem_t *s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    sem_t *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(&s[0], 1, 0);
    sem_init(&own[0], 1, 0);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        sem_t *again = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        for (int i = 0; i < 100; i++) {
            sem_wait(&again[0]);
            sem_post(&own[0]);
        }
        _exit(again == s);
    }
    for (int i = 0; i < 100; i++) {
        sem_post(&s[0]);
        sem_wait(&own[0]);
    }
    say_status("semaphores", wait_for(pid));
}

/* A vDSO's function, or NULL: a static program's C library keeps them to itself. */
static void *vdso_function(const char *name)
{
    const char *base = (void *)getauxval(AT_SYSINFO_EHDR);
    const Elf64_Ehdr *e = (void *)base;
    const Elf64_Phdr *p = (void *)(base + e->e_phoff);
    const Elf64_Dyn *d = NULL;
    const char *names = NULL, *symbols = NULL;
    const uint32_t *hash = NULL;
    for (int i = 0; i < e->e_phnum; i++)
        if (p[i].p_type == PT_DYNAMIC)
            d = (void *)(base + p[i].p_vaddr);
    for (; d && d->d_tag; d++) {
        names = d->d_tag == DT_STRTAB ? base + d->d_un.d_ptr : names;
        symbols = d->d_tag == DT_SYMTAB ? base + d->d_un.d_ptr : symbols;
        hash = d->d_tag == DT_HASH ? (void *)(base + d->d_un.d_ptr) : hash;
    }
    for (uint32_t i = 0; hash && i < hash[1]; i++) {
        const Elf64_Sym *s = (void *)(symbols + i * sizeof *s);
        if (!strcmp(names + s->st_name, name))
            return (void *)(base + s->st_value);
    }
    return NULL;
}

/* A state of the vDSO's getrandom (Linux 6.11) is copied with all else, what it gives mustn't be.
 */
static void fork_random(void)
{
    ssize_t (*draw)(void *, size_t, unsigned, void *, size_t) = vdso_function("__kernel_getrandom");
    struct {
        uint32_t bytes, prot, flags, reserved[13];
    } params = {0};
    uint8_t mine[16], childs[16] = {0};
    int ends_here[2];
    (void)!pipe(ends_here);
    if (draw)
        draw(NULL, 0, 0, &params, ~0ul);
    void *state = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (draw)
        draw(mine, 1, 0, state, params.bytes);
    fflush(stdout);
    pid_t pid = fork();
    ssize_t got =
        draw ? draw(mine, sizeof mine, 0, state, params.bytes) : getrandom(mine, sizeof mine, 0);
    if (!pid)
        _exit(write(ends_here[1], mine, sizeof mine) != sizeof mine);
    wait_for(pid);
    (void)!read(ends_here[0], childs, sizeof childs);
    printf("fork random: %d bytes, %s\n", (int)got,
           memcmp(mine, childs, sizeof mine) ? "others" : "the same");
    close(ends_here[0]), close(ends_here[1]);
}

static void forks(void)
{
    pthread_t t;
    fork_memory();
    fork_random();
    printf("nested: %d\n", nested(5));
    pthread_create(&t, NULL, fork_there, NULL);
    pthread_join(t, NULL);
    fork_beside_writers();
    semaphores();
}

/* ---- a few hundred ---- */

static unsigned long free_kib(void)
{
    struct sysinfo i;
    sysinfo(&i);
    return i.freeram * i.mem_unit / 1024;
}

static void many(void)
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

static void threads(void)
{
    for (int i = 0; i < 5; i++)
        say_status("threads", wait_for(start_mode("threads")));
}

static void other_ways(void)
{
    static char stack[65536] __attribute__((aligned(16)));
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

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOFBF, 8192);
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++)
        if (!strcmp(argv[1], modes[i].name)) {
            int result = modes[i].fn();
            fflush(stdout);
            return result;
        }
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
    exec_errors();
    busy();
    scripts();
    state();
    waits();
    child_signals();
    groups();
    threads();
    other_ways();
    forks();
    many();
    printf("end\n");
    return 0;
}
