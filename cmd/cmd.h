/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands of `mazboot` share: the table's row, the exit statuses, how a message is
 * printed. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "cmd/options.h"

/* A row of the table in main.c: one subcommand, in a file of its own. */
struct subcommand {
    const char *name;
    const char *args;                  /* for the usage line, such as "[OPTIONS] PROGRAM [ARGS]" */
    const char *summary;               /* one line for `mazboot help` */
    int (*run)(int argc, char **argv); /* argv[0] is the name; returns the exit status */
    const struct option_spec *options; /* for completion, or NULL */
};

/* Exit statuses that are not the program's own. */
enum {
    STATUS_TIMEOUT = 124,    /* --timeout passed */
    STATUS_FAILED = 125,     /* mazboot itself failed */
    STATUS_CANNOT_RUN = 126, /* the program was found but cannot run here */
    STATUS_NOT_FOUND = 127,  /* there is no such program */
    STATUS_SIGNAL = 128,     /* plus the number of the signal that ended the program */
};

/* The table, ended by a row without a name. */
extern const struct subcommand subcommands[];

int cmd_run(int argc, char **argv);
int cmd_build(int argc, char **argv);
int cmd_gotest(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_wb(int argc, char **argv);
int cmd_ps(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_help(int argc, char **argv);
int cmd_completion(int argc, char **argv);

extern const struct option_spec run_options[];
extern const struct option_spec build_options[];
extern const struct option_spec inspect_options[];
extern const struct option_spec wb_option_specs[];
extern const struct option_spec ps_options[];
extern const struct option_spec trace_options[];

/* Prints "mazboot: " and the message on stderr. Returns status, so that a failure is one return
 * statement. */
int fail(int status, const char *format, ...) PRINTF_LIKE(2, 3);

/* Prints the usage of the named subcommand and its options on stdout. Returns 0. */
int usage(const char *name, const struct option_spec *options);

/* The subcommand of that name, or NULL. */
const struct subcommand *subcommand_find(const char *name);

/* Prints that there is no such subcommand, and the nearest one that there is. Returns
 * STATUS_FAILED. */
int subcommand_unknown(const char *name);

#endif
