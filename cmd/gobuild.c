/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/gobuild.h"
#include "vmm/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOW_MS 3000 /* from here on, somebody at a terminal is told what takes so long */

static const char *const build_env[] = {"GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", NULL};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

static bool folder_has_go_files(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool found = false;

    if (!folder)
        return false;
    while (!found && (entry = readdir(folder)))
        found = ends_with(entry->d_name, ".go");
    closedir(folder);
    return found;
}

/* Asks the go command, quietly: `go list` fails for what is no package of this module or the
 * standard library. */
static bool go_knows(const char *import_path)
{
    const char *const argv[] = {"sh", "-c",        "exec go list -find \"$1\" >/dev/null 2>&1",
                                "sh", import_path, NULL};
    const struct process process = {.argv = argv, .env = build_env};
    struct error ignored;
    pid_t pid;
    int status;

    if (process_start(&process, &pid, &ignored) < 0)
        return false;
    return process_wait(pid, -1, &status) && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool gobuild_is_package(const char *operand)
{
    struct stat st;

    if (stat(operand, &st) == 0)
        return S_ISDIR(st.st_mode) ? folder_has_go_files(operand) : ends_with(operand, ".go");
    return strchr(operand, '/') && operand[0] != '/' && operand[0] != '.' && go_knows(operand);
}

/*
 * What go is asked to build, and where. In the package's own folder the module of the package
 * counts, not the one of the folder that mazboot was started in.
 */
struct target {
    char folder[PATH_MAX];
    char package[PATH_MAX];
};

static int target_find(struct target *target, const char *operand, struct error *err)
{
    char path[PATH_MAX];
    struct stat st;

    snprintf(target->package, sizeof(target->package), "%s", operand);
    snprintf(target->folder, sizeof(target->folder), ".");
    if (stat(operand, &st) < 0)
        return 0; /* an import path */
    if (!realpath(operand, path))
        return error_errno(err, "%s", operand);
    snprintf(target->folder, sizeof(target->folder), "%s", path);
    snprintf(target->package, sizeof(target->package), ".");
    if (S_ISREG(st.st_mode)) {
        char *slash = strrchr(target->folder, '/');
        snprintf(target->package, sizeof(target->package), "%s", slash + 1);
        slash[slash == target->folder] = '\0';
    }
    return 0;
}

/* Package main of folder x is called x, that of x.go too. */
static void target_name(const struct target *target, char *name, size_t size)
{
    const char *path = strcmp(target->package, ".") == 0 ? target->folder : target->package;
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;

    snprintf(name, size, "%.*s", (int)(strlen(base) - (ends_with(base, ".go") ? 3 : 0)), base);
}

static int go_wait(pid_t pid, const char *operand)
{
    int status = 0;

    if (!process_wait(pid, isatty(STDERR_FILENO) ? SLOW_MS : -1, &status)) {
        fprintf(stderr, "mazboot: building %s ...\n", operand);
        process_wait(pid, -1, &status);
    }
    return status;
}

static int go_run(const struct target *target, const char *operand, const char *output,
                  struct error *err)
{
    const char *const argv[] = {"go", "build", "-o", output, target->package, NULL};
    const struct process process = {.argv = argv, .env = build_env, .directory = target->folder};
    pid_t pid;

    /* Ctrl-C ends go, and mazboot lives to remove the temporary folder. */
    signal(SIGINT, SIG_IGN);
    int result = process_start(&process, &pid, err);
    int status = result == 0 ? go_wait(pid, operand) : 0;
    signal(SIGINT, SIG_DFL);
    if (result == -ENOENT)
        return error_set(err, result,
                         "%s is a Go package, and there is no go command to build it; install it "
                         "with apt-get install golang-go",
                         operand);
    if (result < 0)
        return result;
    if (status != 0)
        return error_set(err, -ECANCELED, "%s", "");
    return 0;
}

static int output_open(struct blob *program, const char *output, const char *operand,
                       struct error *err)
{
    if (access(output, X_OK) < 0)
        return error_set(err, -ENOEXEC, "%s is not a program; name a package main", operand);
    return blob_open(program, output, err);
}

int gobuild(const char *operand, struct blob *program, char *name, size_t size, struct error *err)
{
    const char *tmp = getenv("TMPDIR");
    char folder[PATH_MAX], output[PATH_MAX + 8];
    struct target target;

    int result = target_find(&target, operand, err);
    if (result < 0)
        return result;
    snprintf(folder, sizeof(folder), "%s/mazboot-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(folder))
        return error_errno(err, "cannot make a temporary folder %s", folder);
    snprintf(output, sizeof(output), "%s/program", folder);
    result = go_run(&target, operand, output, err);
    if (result == 0)
        result = output_open(program, output, operand, err);
    target_name(&target, name, size);
    unlink(output);
    rmdir(folder);
    return result;
}
