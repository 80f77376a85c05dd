/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the launcher tells of a running program in its own words, on standard error: goroutines and
 * threads when Ctrl-T or --timeout asks for them, where the program was when the kernel panicked,
 * which system calls are missing. Made from the kernel's frames and the program's own tables.
 */
#ifndef CMD_TELLING_H
#define CMD_TELLING_H

#include "abi/link.h"
#include "cmd/guest.h"
#include "cmd/unknown_calls.h"

#include <time.h>

struct thread_view;

struct telling {
    const struct guest *guest;   /* the caller's, open until telling_close */
    const char *debug_socket;    /* the caller's; NULL: the machine can't be asked for goroutines */
    struct thread_view *threads; /* once somebody asked */
    struct timespec told;        /* when a thread was last told of */
    char line[128];              /* the UART's, as far as it has come */
    size_t line_length;
    char panic_line[128]; /* what a kernel panic says of the program */
    struct unknown_calls unknown;
};

/* telling_take - data of a frame of this type (vmm/relay.h `take`); those about something else are
 * left alone. telling_console - text of the UART. */
void telling_take(struct telling *t, enum link_type type, const void *data, size_t size_bytes);
void telling_console(struct telling *t, const void *text, size_t size_bytes);

/* telling_panic - where the program was, if the UART said so. telling_unknown - the calls that the
 * kernel doesn't have, as lines of --stats. */
void telling_panic(struct telling *t);
void telling_unknown(const struct telling *t, FILE *out);

/* telling_threads - what gives names to the program's addresses; NULL: no memory. */
struct thread_view *telling_threads(struct telling *t);

/* telling_close - give back what it holds. A struct of zeros holds nothing. */
void telling_close(struct telling *t);

#endif
