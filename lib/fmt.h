/* SPDX-License-Identifier: Apache-2.0 */
/* Formatting into a buffer: vsnprintf's meaning for the conversions d i u x X o c s p %, the flags
 * - 0 + # and space, width and precision (also *), and the sizes hh h l ll z t j. No floating
 * point. */
#ifndef LIB_FMT_H
#define LIB_FMT_H

#include <stdarg.h>

#include "lib/types.h"

/*
 * fmt_print - format into buf[size_bytes], always NUL-ended unless size_bytes is 0 (buf may then be
 * NULL). Returns the length that the whole text has, without NUL: >= size_bytes means it was cut.
 * An unknown conversion is copied as it stands. Any context.
 */
int fmt_print(char *buf, size_t size_bytes, const char *fmt, ...) PRINTF_LIKE(3, 4);
int fmt_vprint(char *buf, size_t size_bytes, const char *fmt, va_list ap) PRINTF_LIKE(3, 0);

#endif
