/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/log.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/lock.h"
#include "kernel/core/panic.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define LINE_MAX   256
#define KEEP_BYTES 2048 /* a power of two */

enum klog_level klog_level = LOG_WARN;

/* The last KEEP_BYTES of log text, for a panic; `kept` counts all bytes ever kept. */
static struct spinlock lock;
static char keep[KEEP_BYTES];
static size_t kept;

static void keep_line(const char *line, size_t len)
{
    spin_lock(&lock);
    for (size_t i = 0; i < len; i++)
        keep[kept++ % KEEP_BYTES] = line[i];
    spin_unlock(&lock);
}

void klog_set_level(enum klog_level level)
{
    klog_level = level;
}

void klog(enum klog_level level, const char *fmt, ...)
{
    if (level > klog_level)
        return;
    char line[LINE_MAX];
    int64_t us = clock_mono_ns() / 1000;
    int len = fmt_print(line, sizeof line, "[%5lu.%06lu] ", us / 1000000, us % 1000000);
    va_list ap;
    va_start(ap, fmt);
    len += fmt_vprint(line + len, sizeof line - 1 - (size_t)len, fmt, ap);
    va_end(ap);
    len = MIN(len, LINE_MAX - 2);
    line[len++] = '\n';
    if (panic_in_progress()) {
        console_panic(line, (size_t)len);
        return;
    }
    keep_line(line, (size_t)len);
    console_log(line, (size_t)len);
}

void klog_recent(unsigned lines)
{
    size_t first = kept > KEEP_BYTES ? kept - KEEP_BYTES : 0, from = kept;
    while (from > first && lines) {
        from--;
        if (from > first && keep[(from - 1) % KEEP_BYTES] == '\n')
            lines--;
    }
    for (; from < kept; from++)
        console_panic(&keep[from % KEEP_BYTES], 1);
}
