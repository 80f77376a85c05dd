/* SPDX-License-Identifier: Apache-2.0 */
/* The two functions that the compiler calls of its own accord and lib/str.c leaves to each machine.
 */
#include "lib/str.h"
#undef memcpy
#undef memset

void *memcpy(void *dst, const void *src, size_t size)
{
    volatile char *d = dst;
    for (size_t i = 0; i < size; i++)
        d[i] = ((const char *)src)[i];
    return dst;
}

void *memset(void *dst, int byte, size_t size)
{
    volatile char *d = dst;
    for (size_t i = 0; i < size; i++)
        d[i] = (char)byte;
    return dst;
}
