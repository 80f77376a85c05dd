/* SPDX-License-Identifier: Apache-2.0 */
/* Goroutines of a running machine, seen from outside. */
#ifndef CMD_GOROUTINES_H
#define CMD_GOROUTINES_H

#include <jansson.h>
#include <stdio.h>

#include "gobin/goroutines.h"
#include "vmm/error.h"

enum stack_end {
    STACK_WHOLE,     /* or as far as it can be followed */
    STACK_CUT,       /* there are more frames */
    STACK_OUTSIDE,   /* pc isn't in Go's code: no position */
    STACK_ELSEWHERE, /* it runs, but its thread is in the scheduler */
};

struct goroutine_seen {
    struct goroutine g;
    size_t first, count; /* its stack: positions, innermost first */
    enum stack_end end;
    vaddr_t pc;           /* where it is, or 0 */
    struct gopos creator; /* func is NULL where it isn't known */
};

/* All but dead ones, in the runtime's order. Names point into the program's bytes. */
struct goroutine_table {
    struct goroutine_seen *all;
    size_t count;
    struct gopos *positions;
    size_t position_count;
};

/*
 * Reads every goroutine of the Go program that runs in a machine, with its stack. The machine
 * stands still meanwhile and isn't asked for anything, so it may be as wedged as it likes.
 * debugger: the path of the socket that machine_config.debug_fd listens at; program: the file that
 * it runs, which must outlive the table. Fails with -ENOEXEC when that isn't a Go program that can
 * be read, -ENOMEM, else as debug_open.
 */
int goroutines_read(struct goroutine_table *table, const char *debugger, struct span program,
                    struct error *err) MUST_CHECK;
void goroutines_free(struct goroutine_table *table);

/* As the runtime prints them: state, what it waits for, stack. goroutines_json: an array, the
 * caller's. */
void goroutines_print(const struct goroutine_table *table, FILE *out);
json_t *goroutines_json(const struct goroutine_table *table);

/* goroutines_read and goroutines_print. */
int goroutines_show(FILE *out, const char *debugger, struct span program,
                    struct error *err) MUST_CHECK;

#endif
