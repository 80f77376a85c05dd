/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *e, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    e->code = code;
    return code;
}

int error_errno(struct error *e, const char *format, ...)
{
    int number = errno;
    va_list args;

    va_start(args, format);
    vsnprintf(e->text, sizeof(e->text), format, args);
    va_end(args);
    size_t length = strlen(e->text);
    snprintf(e->text + length, sizeof(e->text) - length, ": %s", strerror(number));
    e->code = -number;
    return e->code;
}
