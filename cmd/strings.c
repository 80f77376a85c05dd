/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/strings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strings_add(struct strings *strings, const char *text)
{
    size_t length = strlen(text) + 1;
    char *bytes = realloc(strings->bytes, strings->size_bytes + length);

    if (!bytes) {
        strings->failed = true;
        return;
    }
    memcpy(bytes + strings->size_bytes, text, length);
    strings->bytes = bytes;
    strings->size_bytes += length;
}

void strings_addf(struct strings *strings, const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        strings->failed = true;
        return;
    }
    strings_add(strings, text);
    free(text);
}

static void strings_remove(struct strings *strings, size_t at)
{
    size_t length = strlen(strings->bytes + at) + 1;

    memmove(strings->bytes + at, strings->bytes + at + length, strings->size_bytes - at - length);
    strings->size_bytes -= length;
}

void strings_set(struct strings *strings, const char *assignment)
{
    size_t name_length = strcspn(assignment, "=") + 1;

    for (size_t at = 0; at < strings->size_bytes;) {
        if (strncmp(strings->bytes + at, assignment, name_length) == 0)
            strings_remove(strings, at);
        else
            at += strlen(strings->bytes + at) + 1;
    }
    strings_add(strings, assignment);
}

struct blob strings_blob(const struct strings *strings)
{
    return (struct blob){.bytes = (const uint8_t *)strings->bytes,
                         .size_bytes = strings->size_bytes};
}

void strings_free(struct strings *strings)
{
    free(strings->bytes);
    *strings = (struct strings){0};
}
