/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings and bytes of memory: ISO C's own names and meanings, on the host from libc. In
 * freestanding code memcpy, memset, memmove and memcmp go through the compiler's builtins, so that
 * small fixed sizes become plain loads and stores; the functions behind them are in str.c, except
 * memcpy and memset, which every machine writes in assembly.
 */
#ifndef LIB_STR_H
#define LIB_STR_H

#include "lib/types.h"

#if __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *dst, const void *src, size_t size);
void *memset(void *dst, int byte, size_t size);
void *memmove(void *dst, const void *src, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *p, int byte, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

#define memcpy(dst, src, size)  __builtin_memcpy(dst, src, size)
#define memset(dst, byte, size) __builtin_memset(dst, byte, size)
#define memcmp(a, b, size)      __builtin_memcmp(a, b, size)
#define strlen(s)               __builtin_strlen(s)
#endif

#endif
