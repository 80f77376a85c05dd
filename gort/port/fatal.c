/* SPDX-License-Identifier: Apache-2.0 */
/* What every port on threads has: how it gives up, and how it spins. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "gort/port/os.h"

/* A lock's holder may have lost its CPU: give ours away now and then. Opaque, since an address of a
 * thread-local that a caller keeps across a switch is another thread's. */
NOINLINE void port_relax(void)
{
    static _Thread_local unsigned turns;
    if (++turns % 64 == 0)
        os_yield();
}

void port_fatal(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}
