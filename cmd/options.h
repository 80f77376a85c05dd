/* SPDX-License-Identifier: Apache-2.0 */
/* Command-line options from one table: it drives parsing, --help and the shells' completion. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "vmm/error.h"

struct option_spec {
    const char *name;  /* "--timeout", "-m", or both: "-m, --memory"; the table ends with NULL */
    const char *value; /* the value's name, such as "SIZE"; "[FILE]" if it may be left out; NULL if
                          there is none */
    const char *help;
    /* Takes the value (NULL if there is none) into *target. Fails with a sentence in err. */
    int (*set)(void *target, const char *value, struct error *err);
};

/* The option that a word such as "--name", "--name=value" or "-smp" is, or NULL. */
const struct option_spec *option_find(const struct option_spec *specs, const char *word);

/*
 * Handles the options at the start of argv (from argv[1] on) up to the first operand or "--".
 * *operand is the index of the first operand; *help is set by -h or --help, which every table
 * understands. Fails with -EINVAL for an unknown option, a missing or needless value, or what `set`
 * says.
 */
int options_parse(const struct option_spec *specs, void *target, int argc, char **argv,
                  int *operand, bool *help, struct error *err) MUST_CHECK;

#endif
