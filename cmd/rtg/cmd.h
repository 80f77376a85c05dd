/* SPDX-License-Identifier: Apache-2.0 */
/* The command ./rtg: what its subcommands share. One file per subcommand, the table in main.c. */
#ifndef CMD_RTG_CMD_H
#define CMD_RTG_CMD_H

#include "rtgc/rtg.h"

enum { EXIT_OK = 0, EXIT_ERRORS = 1, EXIT_USAGE = 2 };

/* A command line taken apart: the library's options, and what owns their memory. */
struct request {
    struct rtg_options options;
    const char *output; /* -o, NULL: made from the first file's name */
    bool quiet;
    char **program_args; /* `rtg run`: what follows -- */
    struct rtg_source *sources;
    const char **flags;
    struct rtg_config *configs;
    struct rtg_row *rows;
    char **owned; /* file contents and texts to free */
    size_t nowned;
};

/* Reads options and files; prints what is wrong with them. Returns EXIT_OK or EXIT_USAGE,
 * EXIT_ERRORS if a file cannot be read. */
int request_parse(struct request *r, int argc, char **argv);
void request_free(struct request *r);

/* Compiles and prints diagnostics and dumps to standard error. Returns EXIT_OK or EXIT_ERRORS; the
 * result is the caller's. */
int request_compile(const struct request *r, struct rtg_result *result);

/* Writes a file with these permissions, replacing it whole. "-" is standard output. */
int file_write(const char *path, const void *data, size_t n, unsigned mode);

int cmd_build(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_dis(int argc, char **argv);

#endif
