/* SPDX-License-Identifier: Apache-2.0 */
/* execve(2): its errors, scripts, what stays and what goes. */
#include "tests/kernel/process/process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

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

int stateful(void *arg)
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

void execs(void)
{
    exec_errors();
    busy();
    scripts();
    state();
}
