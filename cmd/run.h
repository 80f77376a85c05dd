/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program in a machine: for `mazboot run`, and for commands that watch one run. */
#ifndef CMD_RUN_H
#define CMD_RUN_H

#include "cmd/run_options.h"

/* What a command that watches a program adds. The program's standard output then goes to standard
 * error, to leave the other to the command. */
struct run_hooks {
    /* Once program and kernel are open. Returns 0, or the exit status after having printed why. */
    int (*prepare)(void *context, struct guest *guest);
    /* The data of a LINK_PROBES frame. */
    void (*take)(void *context, const void *data, size_t size_bytes);
    /* The machine is gone; the guest is still open. */
    void (*done)(void *context);
    void *context;
};

/* Boots operands[0] with operands as its arguments and is, to whoever called it, that program.
 * hooks: NULL for none. Takes over what *options holds. Returns the exit status. */
int run_program(struct run_options *options, int count, char **operands,
                const struct run_hooks *hooks);

/* Descriptors 0 to 2 are the program's streams; if one is closed, nothing else may take its number:
 * before anything is opened. */
void run_streams_reserve(void);

#endif
