/* SPDX-License-Identifier: Apache-2.0 */
/* An argument list under construction. */
#ifndef VMM_QEMU_ARGS_H
#define VMM_QEMU_ARGS_H

#include "lib/types.h"

#define ARGS_MAX 128

/* Zeroed is empty. `list` is NULL-ended at any time. `failed` is set once something did not fit or
 * memory ran out. */
struct args {
    char *list[ARGS_MAX + 1];
    unsigned count;
    bool failed;
};

/* Adds one argument, formatted. */
void args_add(struct args *args, const char *format, ...) PRINTF_LIKE(2, 3);

/* The list as one line that a POSIX shell reads back as the same list; NULL without memory. The
 * caller frees it. */
char *args_quoted(const struct args *args);

/* Gives the memory back; the list is empty again. */
void args_free(struct args *args);

#endif
