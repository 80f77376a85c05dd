/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cmd/rtg/cmd.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"build", cmd_build, "compile to an executable or another form"},
    {"run", cmd_run, "compile and run, under user-mode emulation when the machine is another"},
    {"check", cmd_check, "parse and check only"},
    {"dis", cmd_dis, "show the machine code with its source lines"},
};

static const char options_help[] =
    "\n"
    "options of all commands:\n"
    "  --arch ARCH           arm64, amd64 or riscv64; this machine's when not given\n"
    "  -o FILE               where the output goes; - is standard output\n"
    "  --emit FORM           elf, obj, bin, asm, ir, map or list (build)\n"
    "  -D FLAG               runtime.Ifdef(\"FLAG\") is true\n"
    "  --config KEY=VALUE    runtime.Config(\"KEY\"): a string\n"
    "  --config-int KEY=N    the same, an integer\n"
    "  --config-file KEY=F   the same, the contents of file F\n"
    "  --embed TABLE=F       a row of runtime.EmbedTable(\"TABLE\"): file F under its base name\n"
    "  --base ADDRESS        load address of elf and bin\n"
    "  -g                    symbols in the executable\n"
    "  --dump PASS           show what a pass made: scan, parse, build, cfg, simplify, dead,\n"
    "                        simplify2, dead2, legal or alloc\n"
    "  --no-passes           without the simplifying passes\n"
    "  --quiet               no warnings\n"
    "\n"
    "`rtg run FILE.rtg -- ARGUMENT...` hands arguments to the program. docs/RTG.md is the "
    "language.\n";

static int usage(FILE *to)
{
    fprintf(to, "usage: rtg COMMAND [OPTION]... FILE.rtg...\n\n");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        fprintf(to, "  rtg %-6s %s\n", commands[i].name, commands[i].help);
    fputs(options_help, to);
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

/* Behind -- are the program's own. */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return true;
    return !strcmp(argv[1], "help");
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr);
    if (asks_for_help(argc, argv))
        return usage(stdout);
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "rtg: there is no command %s; `rtg help` lists them\n", argv[1]);
    return EXIT_USAGE;
}
