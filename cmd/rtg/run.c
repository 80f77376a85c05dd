/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the program from a temporary file: itself where the machine is the host's, else under QEMU's
 * user-mode emulator. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/rtg/cmd.h"

static const struct {
    const char *arch, *machine, *emulator;
} machines[] = {
    {"arm64", "aarch64", "qemu-aarch64"},
    {"amd64", "x86_64", "qemu-x86_64"},
    {"riscv64", "riscv64", "qemu-riscv64"},
};

/* The emulator that runs arch here, NULL for none needed. */
static const char *emulator(const char *arch)
{
    struct utsname host;
    uname(&host);
    for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
        if (strcmp(machines[i].arch, arch) == 0)
            return strcmp(machines[i].machine, host.machine) ? machines[i].emulator : NULL;
    return NULL;
}

static void execute(const char *path, const char *qemu, char **args)
{
    size_t n = 0;
    while (args[n])
        n++;
    char **argv = calloc(n + 3, sizeof *argv);
    if (!argv)
        _exit(127);
    if (qemu)
        argv[0] = strdup(qemu);
    argv[qemu ? 1 : 0] = strdup(path);
    memcpy(argv + (qemu ? 2 : 1), args, n * sizeof *argv);
    if (qemu)
        execvp(qemu, argv);
    else
        execv(path, argv);
    fprintf(stderr, "rtg: cannot run %s: %s%s\n", qemu ? qemu : path, strerror(errno),
            qemu ? "; install the package qemu-user" : "");
    _exit(127);
}

static int run_file(const char *path, const struct request *r)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        execute(path, emulator(r->options.arch), r->program_args);
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        fprintf(stderr, "rtg: cannot start the program: %s\n", strerror(errno));
        return EXIT_ERRORS;
    }
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "rtg: the program was ended by signal %d (%s)\n", WTERMSIG(status),
            strsignal(WTERMSIG(status)));
    return 128 + WTERMSIG(status);
}

int cmd_run(int argc, char **argv)
{
    struct request r;
    struct rtg_result result = {0};
    char folder[] = "/tmp/rtg.XXXXXX", path[64];
    int status = request_parse(&r, argc, argv);
    r.options.emit = RTG_EMIT_ELF;
    if (status == EXIT_OK)
        status = request_compile(&r, &result);
    fflush(stdout);
    if (status == EXIT_OK && !mkdtemp(folder)) {
        fprintf(stderr, "rtg: cannot make a folder in /tmp: %s\n", strerror(errno));
        status = EXIT_ERRORS;
    } else if (status == EXIT_OK) {
        snprintf(path, sizeof path, "%s/program", folder);
        status = file_write(path, result.data, result.size_bytes, 0755);
        if (status == EXIT_OK)
            status = run_file(path, &r);
        unlink(path);
        rmdir(folder);
    }
    rtg_result_free(&result);
    request_free(&r);
    return status;
}
