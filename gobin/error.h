/* SPDX-License-Identifier: Apache-2.0 */
/* How the reader says what is wrong: a negative errno, and a sentence for the person. */
#ifndef GOBIN_ERROR_H
#define GOBIN_ERROR_H

#include "lib/types.h"

struct gobin_error {
    char text[256];
};

/* Writes the sentence and returns -code, so that a failure is one return statement. */
int gobin_fail(struct gobin_error *err, int code, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
