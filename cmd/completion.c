/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot completion SHELL: written from the tables that parse the command line. */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

/* Calls put for every spelling of every option. */
static void each_spelling(const struct subcommand *s,
                          void (*put)(const struct subcommand *s, const char *word, int length,
                                      const struct option_spec *option))
{
    for (const struct option_spec *o = s->options; o && o->name; o++) {
        for (const char *at = o->name; *at;) {
            size_t length = strcspn(at, ",");
            put(s, at, (int)length, o);
            at += length + strspn(at + length, ", ");
        }
    }
}

static void put_word(const struct subcommand *s, const char *word, int length,
                     const struct option_spec *option)
{
    (void)s, (void)option;
    printf(" %.*s", length, word);
}

static void put_commands(void)
{
    for (const struct subcommand *s = subcommands; s->name; s++)
        printf("%s%s", s == subcommands ? "" : " ", s->name);
}

/* zsh runs the same function through its bashcompinit. */
static void bash(void)
{
    puts("_mazboot() {");
    puts("    local word=${COMP_WORDS[COMP_CWORD]} options=");
    puts("    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    printf("        COMPREPLY=($(compgen -W '");
    put_commands();
    puts("' -- \"$word\"))\n        return\n    fi");
    puts("    case ${COMP_WORDS[1]} in");
    for (const struct subcommand *s = subcommands; s->name; s++) {
        if (!s->options)
            continue;
        printf("    %s) options='--help", s->name);
        each_spelling(s, put_word);
        puts("' ;;");
    }
    puts("    esac");
    puts("    case $word in");
    puts("    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;");
    puts("    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;");
    puts("    esac\n}");
    puts("complete -o filenames -F _mazboot mazboot");
}

static void zsh(void)
{
    puts("#compdef mazboot\nautoload -U +X bashcompinit && bashcompinit");
    bash();
}

static void put_fish(const struct subcommand *s, const char *word, int length,
                     const struct option_spec *option)
{
    const char *kind = word[1] == '-' ? "-l" : length == 2 ? "-s" : "-o";
    int dashes = word[1] == '-' ? 2 : 1;

    printf("complete -c mazboot -n '__fish_seen_subcommand_from %s' %s %.*s%s -d \"%s\"\n", s->name,
           kind, length - dashes, word + dashes,
           option->value && option->value[0] != '[' ? " -r" : "", option->help);
}

static void fish(void)
{
    for (const struct subcommand *s = subcommands; s->name; s++) {
        printf("complete -c mazboot -f -n __fish_use_subcommand -a %s -d \"%s\"\n", s->name,
               s->summary);
        each_spelling(s, put_fish);
    }
}

int cmd_completion(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return usage("completion", NULL);
    for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(shells); i++) {
        if (strcmp(shells[i].name, argv[1]) == 0) {
            shells[i].print();
            return 0;
        }
    }
    return fail(STATUS_FAILED, "completion needs the name of a shell: bash, zsh or fish");
}
