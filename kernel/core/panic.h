/* SPDX-License-Identifier: Apache-2.0 */
/* The end: the kernel found itself broken. Prints on the UART (and the link), symbolised backtrace,
 * and powers off with status 125's reason. */
#ifndef KERNEL_CORE_PANIC_H
#define KERNEL_CORE_PANIC_H

#include <stdarg.h>

#include "lib/types.h"

/* panic, panic_v - say why, and end the machine. Any context; never returns. */
void panic(const char *fmt, ...) NORETURN PRINTF_LIKE(1, 2);
void panic_v(const char *fmt, va_list ap) NORETURN PRINTF_LIKE(1, 0);

/* panic_begin - from here on messages go straight to the UART and other CPUs stop: call it before
 * printing what leads up to a panic(). */
void panic_begin(void);

/* panic_in_progress - some CPU has begun to panic: messages go to the UART without locks. */
bool panic_in_progress(void);

/* boot_fail - the boot can't go on because of the machine or the image: one line on the console
 * that says why and what to do. */
void boot_fail(const char *fmt, ...) NORETURN PRINTF_LIKE(1, 2);

/* backtrace - print the return addresses of a frame pointer chain, with symbols if the image
 * carries them. */
void backtrace(uint64_t pc, uint64_t fp);

#define ASSERT(x)                                    \
    do {                                             \
        if (UNLIKELY(!(x)))                          \
            panic("%s:%d: " #x, __FILE__, __LINE__); \
    } while (0)

#endif
