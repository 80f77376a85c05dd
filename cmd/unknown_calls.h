/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls of a program that its kernel doesn't have: for `mazboot run --stats`. */
#ifndef CMD_UNKNOWN_CALLS_H
#define CMD_UNKNOWN_CALLS_H

#include "cmd/thread_view.h"

struct unknown_call;

/* Zeros: none. */
struct unknown_calls {
    struct unknown_call *list;
    size_t count;
};

/* unknown_calls_met - data of a LINK_UNKNOWN frame: the first call of a number, and who made it.
 * unknown_calls_counted - of a LINK_COUNTS frame. Whatever the guest sent; without memory something
 * is left out. */
void unknown_calls_met(struct unknown_calls *calls, struct thread_view *view, const void *data,
                       size_t size_bytes);
void unknown_calls_counted(struct unknown_calls *calls, const void *data, size_t size_bytes);

/* unknown_calls_print - a line each: name, how often, and the first caller where that is known. */
void unknown_calls_print(const struct unknown_calls *calls, FILE *out);
void unknown_calls_free(struct unknown_calls *calls);

#endif
