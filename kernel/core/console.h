/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where text goes: the link to the launcher when there is one, else the UART as plain text. Before
 * console_use_* is called, text is dropped.
 */
#ifndef KERNEL_CORE_CONSOLE_H
#define KERNEL_CORE_CONSOLE_H

#include "abi/link.h"
#include "kernel/core/wait.h"

typedef void console_uart_fn(const char *text, size_t size_bytes);

/* console_use_uart - write text with fn, a polled UART's write. Boot. */
void console_use_uart(console_uart_fn *fn);

/* console_use_link - from now on program output and log go through the link, which is up. The UART
 * stays for panics. Boot. */
void console_use_link(void);

/*
 * console_write - what the program wrote to stream 1 or 2. `data` is the kernel's memory. Task
 * context, no lock held; sleeps while the other side is slow. Bytes taken: all of them, or fewer
 * when a signal came first; -ERESTARTSYS when it came before any.
 */
long console_write(unsigned stream, const void *data, size_t size_bytes);

/* console_log - whole lines of the kernel's log. console_trace - a line of --strace, whose text
 * follows *line; the UART gets no more than that. Any context, any lock but the console's own held.
 */
void console_log(const char *text, size_t size_bytes);
void console_trace(const struct link_trace *line, size_t text_bytes);

/* console_panic - text that must get out: to the UART, without any lock. */
void console_panic(const char *text, size_t size_bytes);

/*
 * console_read - standard input into the kernel's memory. Task context, no lock held. Bytes; 0 at
 * end of file; -EAGAIN when there is nothing and wait is false; -ERESTARTSYS. Bytes are asked of
 * the launcher only when somebody reads or polls. Without a link it is always end of file.
 */
long console_read(void *data, size_t size_bytes, bool wait);

/* console_input_ready - console_read would not wait. Asks the launcher for bytes when there are
 * none. console_input_waitq: woken when that changes. */
bool console_input_ready(void);
struct waitq *console_input_waitq(void);

/* console_exit - tell the launcher how the program ended, and let all earlier text get out. The
 * machine is turned off next. */
void console_exit(const struct link_exit *e);

#endif
