/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/error.h"

#include <stdarg.h>
#include <stdio.h>

int gobin_fail(struct gobin_error *err, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return -code;
}
