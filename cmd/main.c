/* SPDX-License-Identifier: Apache-2.0 */
/* The command `mazboot`: the table of subcommands, and help. */
#include "cmd/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct subcommand subcommands[] = {
    {
        .name = "run",
        .args = "[OPTIONS] PROGRAM [ARGS]",
        .summary = "run a Go program, or any static arm64 Linux program, on a bare machine",
        .run = cmd_run,
        .options = run_options,
    },
    {
        .name = "build",
        .args = "[OPTIONS] PROGRAM [-- ARGS]",
        .summary = "make one bootable file of kernel and program",
        .run = cmd_build,
        .options = build_options,
    },
    {
        .name = "gotest",
        .args = "[OPTIONS] [GO TEST FLAGS] [PACKAGES] [-args ARGS]",
        .summary = "go test, with the tests running on machines",
        .run = cmd_gotest,
        .options = run_options,
    },
    {
        .name = "inspect",
        .args = "[OPTIONS] FILE",
        .summary = "show what a Go program is made of, and what it needs",
        .run = cmd_inspect,
        .options = inspect_options,
    },
    {
        .name = "wb",
        .args = "list|explain|patch|verify [OPTIONS] FILE [WHERE]",
        .summary = "list, explain, replace or check the write barriers of a Go program",
        .run = cmd_wb,
        .options = wb_option_specs,
    },
    {
        .name = "trace",
        .args = "[OPTIONS] PROGRAM [ARGS]",
        .summary = "run a Go program and show how its runtime came up, step by step",
        .run = cmd_trace,
        .options = trace_options,
    },
    {
        .name = "ps",
        .args = "[OPTIONS] [NAME]",
        .summary = "list running machines, or all goroutines of one",
        .run = cmd_ps,
        .options = ps_options,
    },
    {
        .name = "completion",
        .args = "bash|zsh|fish",
        .summary = "print the shell's completion of this command",
        .run = cmd_completion,
    },
    {
        .name = "version",
        .args = "",
        .summary = "print the version",
        .run = cmd_version,
    },
    {
        .name = "help",
        .args = "[COMMAND]",
        .summary = "print this list, or the help of one command",
        .run = cmd_help,
    },
    {.name = NULL},
};

int fail(int status, const char *format, ...)
{
    va_list args;

    fputs("mazboot: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    putc('\n', stderr);
    return status;
}

const struct subcommand *subcommand_find(const char *name)
{
    for (const struct subcommand *s = subcommands; s->name; s++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

/* Levenshtein's distance, for words short enough; others are far away. */
static unsigned distance(const char *a, const char *b)
{
    enum { LONGEST = 31 };
    unsigned row[LONGEST + 1];
    size_t length = strlen(b);

    if (length > LONGEST || strlen(a) > LONGEST)
        return LONGEST;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= length; j++) {
            unsigned above = row[j];
            unsigned step = MIN(above, row[j - 1]) + 1;
            row[j] = MIN(step, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[length];
}

int subcommand_unknown(const char *name)
{
    const struct subcommand *nearest = NULL;
    unsigned best = 3;

    for (const struct subcommand *s = subcommands; s->name; s++) {
        unsigned d = distance(name, s->name);
        if (d < best) {
            best = d;
            nearest = s;
        }
    }
    if (nearest)
        return fail(STATUS_FAILED, "there is no command %s; did you mean mazboot %s?", name,
                    nearest->name);
    return fail(STATUS_FAILED, "there is no command %s; mazboot help lists them", name);
}

static int help_all(void)
{
    puts(
        "Usage: mazboot COMMAND ...\n\nRuns unmodified Go programs on bare machines.\n\nCommands:");
    for (const struct subcommand *s = subcommands; s->name; s++)
        printf("  %-11s %s\n", s->name, s->summary);
    puts("\nmazboot COMMAND --help says more about one of them.");
    return 0;
}

int usage(const char *name, const struct option_spec *options)
{
    const struct subcommand *s = subcommand_find(name);

    printf("Usage: mazboot %s %s\n\n%s\n", s->name, s->args, s->summary);
    if (options)
        puts("\nOptions:");
    for (const struct option_spec *o = options; o && o->name; o++) {
        char left[64];
        const char *join = !o->value ? "" : o->value[0] != '[' ? " " : "[=";
        snprintf(left, sizeof(left), "%s%s%s", o->name, join,
                 !o->value            ? ""
                 : o->value[0] == '[' ? o->value + 1
                                      : o->value);
        printf("  %-25s %s\n", left, o->help);
    }
    return 0;
}

int cmd_help(int argc, char **argv)
{
    if (argc < 2)
        return help_all();
    const struct subcommand *s = subcommand_find(argv[1]);
    if (!s)
        return subcommand_unknown(argv[1]);
    char flag[] = "--help";
    char *words[] = {argv[1], flag, NULL};
    return s->run(2, words);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help_all();
        return STATUS_FAILED;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help_all();
    if (strcmp(argv[1], "--version") == 0)
        return cmd_version(1, argv);
    const struct subcommand *s = subcommand_find(argv[1]);
    return s ? s->run(argc - 1, argv + 1) : subcommand_unknown(argv[1]);
}
