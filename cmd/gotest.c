/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mazboot gotest: `go test` whose test programs run on machines. The go command builds them, prints
 * and adds up as it always does; it starts each one through `mazboot gotest --exec`, in the
 * package's folder. The folders that a test may look into are volumes under their own paths, so
 * that relative and absolute names mean what they mean here, and what the test writes (coverage,
 * profiles, golden files) is where go looks for it.
 */
#include "cmd/cmd.h"
#include "vmm/process.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXEC_WORD "--exec"
#define CPUS_MOST 8 /* what the kernel uses */
#define WORDS_MAX 4096
#define VOLUME    "--volume="

/* A list of arguments; those that were made here are never given back: the process ends with them.
 */
struct words {
    const char *list[WORDS_MAX + 1];
    int count;
    bool failed;
};

static void words_add(struct words *words, const char *word)
{
    if (!word || words->count == WORDS_MAX)
        words->failed = true;
    else
        words->list[words->count++] = word;
}

static void words_addf(struct words *words, const char *format, ...) PRINTF_LIKE(2, 3);
static void words_addf(struct words *words, const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    words_add(words, length < 0 ? NULL : text);
}

/* ---- volumes under their own paths ---- */

/* Whether the path is in one of the volumes among the words, which have been made by add_folder. */
static bool covered(const struct words *words, const char *path)
{
    for (int i = 0; i < words->count; i++) {
        const char *word = words->list[i];
        if (strncmp(word, VOLUME, strlen(VOLUME)) != 0)
            continue;
        size_t length = strcspn(word + strlen(VOLUME), ":");
        if (!strncmp(word + strlen(VOLUME), path, length) && (path[length] == '/' || !path[length]))
            return true;
    }
    return false;
}

static void add_folder(struct words *words, const char *path, bool readonly)
{
    char real[PATH_MAX];

    if (realpath(path, real) && strcmp(real, "/") != 0 && !strchr(real, ':') &&
        !covered(words, real))
        words_addf(words, VOLUME "%s:%s%s", real, real, readonly ? ":ro" : "");
}

/* The folder of a file such as go.mod; nothing for "", "off" and /dev/null, go's words for none. */
static void add_folder_of(struct words *words, const char *file)
{
    char path[PATH_MAX];
    const char *slash = strrchr(file, '/');

    if (!slash || slash == file || strcmp(file, "/dev/null") == 0)
        return;
    snprintf(path, sizeof(path), "%.*s", (int)(slash - file), file);
    add_folder(words, path, false);
}

/* ---- go test ---- */

/* The go command's own folders: the module's or workspace's, and its library and module cache, to
 * read. */
static int add_go_folders(struct words *words)
{
    char line[4][PATH_MAX] = {""};
    FILE *out = popen("go env GOWORK GOMOD GOROOT GOMODCACHE", "re");

    for (unsigned i = 0; out && i < 4 && fgets(line[i], PATH_MAX, out); i++)
        line[i][strcspn(line[i], "\n")] = '\0';
    if (!out || pclose(out) != 0)
        return fail(STATUS_FAILED,
                    "gotest needs the go command; install it with apt-get install golang-go");
    add_folder_of(words, line[0]);
    add_folder_of(words, line[1]);
    add_folder(words, line[2], true);
    add_folder(words, line[3], true);
    return 0;
}

/* A word of go's -exec, which splits at blanks outside quotes. */
static void put_word(FILE *out, const char *word)
{
    char quote = strchr(word, '\'') ? '"' : '\'';

    if (word[strcspn(word, " \t\n'\"")] == '\0')
        fprintf(out, " %s", word);
    else
        fprintf(out, " %c%s%c", quote, word, quote);
}

static char *exec_line(const struct words *machine)
{
    char self[PATH_MAX] = "", *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return NULL;
    put_word(out, self);
    put_word(out, "gotest");
    put_word(out, EXEC_WORD);
    for (int i = 0; i < machine->count; i++)
        put_word(out, machine->list[i]);
    put_word(out, "--");
    return fclose(out) == 0 ? text : NULL;
}

/* Options of the machine have two dashes, go's have one; -smp and -m are the machine's too. */
static bool is_machines(const char *word, const struct option_spec **spec)
{
    bool short_one = strcmp(word, "-smp") == 0 || strcmp(word, "-m") == 0;

    *spec = short_one || strncmp(word, "--", 2) == 0 ? option_find(run_options, word) : NULL;
    return *spec;
}

/* Each word to the machine or to go, up to -args, behind which all are the test's. */
static int divide(int argc, char **argv, struct words *machine, struct words *go)
{
    const struct option_spec *spec;
    int i = 1;

    for (; i < argc && strcmp(argv[i], "-args") != 0 && strcmp(argv[i], "--args") != 0; i++) {
        if (!is_machines(argv[i], &spec)) {
            words_add(go, argv[i]);
            continue;
        }
        words_add(machine, argv[i]);
        if (!spec->value || spec->value[0] == '[' || strchr(argv[i], '='))
            continue;
        if (i + 1 == argc)
            return fail(STATUS_FAILED, "%s needs a value: %s %s", argv[i], argv[i], spec->value);
        words_add(machine, argv[++i]);
    }
    for (; i < argc; i++)
        words_add(go, argv[i]);
    return 0;
}

static int go_test(const struct words *go)
{
    static const char *const env[] = {"GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", NULL};
    const struct process process = {.argv = go->list, .env = env};
    struct error err;
    pid_t pid;
    int status;

    signal(SIGINT, SIG_IGN); /* go gets it as well, and ends its tests */
    if (process_start(&process, &pid, &err) < 0)
        return fail(STATUS_FAILED, "%s", err.text);
    process_wait(pid, -1, &status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

static void add_machine_size(struct words *machine)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    words_add(machine, "--memory=1G");
    words_addf(machine, "--cpus=%ld", MAX(1l, MIN(cpus, (long)CPUS_MOST)));
}

static int test(int argc, char **argv)
{
    static struct words machine, given, go;

    words_add(&go, "go");
    words_add(&go, "test");
    words_add(&go, "-exec");
    int exec_at = go.count;
    words_add(&go, "");
    int status = divide(argc, argv, &given, &go);
    if (status != 0)
        return status;
    add_machine_size(&machine);
    status = add_go_folders(&machine);
    for (int i = 0; i < given.count; i++)
        words_add(&machine, given.list[i]);
    go.list[exec_at] = exec_line(&machine);
    if (status == 0 && (machine.failed || go.failed || !go.list[exec_at]))
        status = fail(STATUS_FAILED, "too many arguments");
    return status == 0 ? go_test(&go) : status;
}

/* ---- one test program, as go starts it ---- */

/* Variables that mean something else on the machine. */
static bool is_hosts(const char *variable)
{
    static const char *const names[] = {"PATH=", "HOME=", "TMPDIR=", "GOTMPDIR=", "LD_PRELOAD="};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (!strncmp(variable, names[i], strlen(names[i])))
            return true;
    return false;
}

static void add_environment(struct words *words)
{
    for (char **variable = environ; *variable; variable++) {
        if (is_hosts(*variable) || (*variable)[0] == '=' || !strchr(*variable, '='))
            continue;
        words_add(words, "-e");
        words_add(words, *variable);
    }
}

/* Where go keeps the program and what it wants to have from it: .../b001/x.test. */
static void add_work_folder(struct words *words, const char *program)
{
    char path[PATH_MAX];
    const char *end = strrchr(program, '/');

    if (!end)
        return;
    int length = (int)(end - program);
    while (length > 1 && program[length - 1] != '/')
        length--;
    snprintf(path, sizeof(path), "%.*s", length, program);
    add_folder(words, path, false);
}

/* The folder that a flag of the test names, as in -test.outputdir=/tmp. */
static void add_flag_folder(struct words *words, const char *arg)
{
    static const char *const flags[] = {"-test.outputdir=", "-test.gocoverdir="};

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
        if (!strncmp(arg, flags[i], strlen(flags[i])))
            add_folder(words, arg + strlen(flags[i]), false);
}

static int run_one(int argc, char **argv)
{
    static struct words run;
    char cwd[PATH_MAX];
    int i = 2;

    words_add(&run, "run");
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        words_add(&run, argv[i]);
    if (i + 1 >= argc || !getcwd(cwd, sizeof(cwd)))
        return fail(STATUS_FAILED, EXEC_WORD " is for the go command that gotest starts");
    add_folder(&run, cwd, false);
    add_work_folder(&run, argv[i + 1]);
    for (int a = i + 2; a < argc; a++)
        add_flag_folder(&run, argv[a]);
    if (getenv("GOCOVERDIR"))
        add_folder(&run, getenv("GOCOVERDIR"), false);
    words_addf(&run, "--cwd=%s", cwd);
    add_environment(&run);
    for (; i < argc; i++)
        words_add(&run, argv[i]);
    if (run.failed)
        return fail(STATUS_FAILED, "too many arguments or variables for a machine");
    return cmd_run(run.count, (char **)run.list);
}

int cmd_gotest(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], EXEC_WORD) == 0)
        return run_one(argc, argv);
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return usage("gotest", run_options);
    return test(argc, argv);
}
