/* SPDX-License-Identifier: Apache-2.0 */
/* Strings one behind the other, each ended by NUL: how argument lists and environments travel in a
 * payload. */
#ifndef CMD_STRINGS_H
#define CMD_STRINGS_H

#include "vmm/blob.h"

/* Zeroed is empty. `failed` is set once memory ran out. */
struct strings {
    char *bytes;
    size_t size_bytes;
    bool failed;
};

void strings_add(struct strings *strings, const char *text);
void strings_addf(struct strings *strings, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the environment string NAME=value in place of any other of that NAME. */
void strings_set(struct strings *strings, const char *assignment);

/* The bytes, owned by the strings. */
struct blob strings_blob(const struct strings *strings);

void strings_free(struct strings *strings);

#endif
