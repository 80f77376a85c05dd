/* SPDX-License-Identifier: Apache-2.0 */
/* The file of `mazboot run --trace`. */
#ifndef CMD_TRACE_FILE_H
#define CMD_TRACE_FILE_H

#include "abi/link.h"

#include <stdio.h>

struct trace_json;

/* Zeros: there is none. */
struct trace_file {
    const char *path; /* the caller's */
    FILE *file;
    struct trace_json *json;
};

/* trace_file_open - create it; program: what the machine runs. path NULL: none is wanted. 0, or the
 * exit status after having printed why. */
int trace_file_open(struct trace_file *t, const char *path, const char *program);

/* trace_file_take - data of a LINK_EVENTS or LINK_THREAD frame; others are left alone. */
void trace_file_take(struct trace_file *t, enum link_type type, const void *data,
                     size_t size_bytes);

/* trace_file_close - finish it. An incomplete trace is told, but the program's status is the
 * program's. */
void trace_file_close(struct trace_file *t);

#endif
