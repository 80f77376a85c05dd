/* SPDX-License-Identifier: Apache-2.0 */
/* How host libraries report a failure: a code for the program, a sentence for the person. */
#ifndef VMM_ERROR_H
#define VMM_ERROR_H

#include "lib/types.h"

struct error {
    int code;       /* a negative errno */
    char text[512]; /* a sentence without a full stop; names the thing and the remedy */
};

/* Fills *e with code (a negative errno) and the formatted text; text that is too long is cut.
 * Returns code. */
int error_set(struct error *e, int code, const char *format, ...) PRINTF_LIKE(3, 4);

/* As error_set with -errno, and the text of errno added behind a colon. errno is read first.
 * Returns -errno. */
int error_errno(struct error *e, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
