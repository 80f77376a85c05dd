/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/core/console.h. The UART's lock keeps pieces of text whole; panics go past it. */
#include "kernel/core/console.h"
#include "abi/errno.h"
#include "kernel/core/link.h"
#include "kernel/core/stdin.h"

static console_uart_fn *uart;
static struct spinlock uart_lock;
static bool use_link;

void console_use_uart(console_uart_fn *fn)
{
    uart = fn;
}

void console_use_link(void)
{
    use_link = true;
}

static void uart_write(const char *text, size_t size_bytes)
{
    if (!uart)
        return;
    spin_lock(&uart_lock);
    uart(text, size_bytes);
    spin_unlock(&uart_lock);
}

long console_write(unsigned stream, const void *data, size_t size_bytes)
{
    if (LIKELY(use_link)) {
        long n = link_write(LINK_OUT, stream, data, size_bytes);
        if (LIKELY(n != -EIO))
            return n;
    }
    uart_write(data, size_bytes);
    return (long)size_bytes;
}

void console_log(const char *text, size_t size_bytes)
{
    if (use_link && link_up())
        link_write_now(LINK_LOG, 0, text, size_bytes);
    else
        uart_write(text, size_bytes);
}

void console_trace(const struct link_trace *line, size_t text_bytes)
{
    if (use_link && link_up())
        link_write_now(LINK_TRACE, 0, line, sizeof *line + text_bytes);
    else
        uart_write((const char *)(line + 1), text_bytes);
}

void console_panic(const char *text, size_t size_bytes)
{
    if (uart)
        uart(text, size_bytes);
}

long console_read(void *data, size_t size_bytes, bool wait)
{
    return stdin_read(data, size_bytes, wait);
}

bool console_input_ready(void)
{
    return stdin_ready();
}

struct waitq *console_input_waitq(void)
{
    return stdin_waitq();
}

void console_exit(const struct link_exit *e)
{
    if (!use_link)
        return;
    link_write_now(LINK_EXIT, 0, e, sizeof *e);
    link_flush();
}
