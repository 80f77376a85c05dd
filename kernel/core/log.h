/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own messages. One event, one line. What passes the level is printed and kept in
 * memory for a panic. */
#ifndef KERNEL_CORE_LOG_H
#define KERNEL_CORE_LOG_H

#include <stdarg.h>

#include "lib/types.h"

enum klog_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* klog - one line, without newline; longer than 240 bytes is cut. Any context. Errors and warnings
 * are always printed. */
void klog(enum klog_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* klog_set_level - print messages up to this level as they come. */
void klog_set_level(enum klog_level level);

/* klog_recent - print the last `lines` messages that were kept: for a panic. */
void klog_recent(unsigned lines);

extern enum klog_level klog_level;

#define log_err(...)  klog(LOG_ERR, __VA_ARGS__)
#define log_warn(...) klog(LOG_WARN, __VA_ARGS__)
#define log_info(...)                    \
    do {                                 \
        if (klog_level >= LOG_INFO)      \
            klog(LOG_INFO, __VA_ARGS__); \
    } while (0)
#define log_debug(...)                    \
    do {                                  \
        if (klog_level >= LOG_DEBUG)      \
            klog(LOG_DEBUG, __VA_ARGS__); \
    } while (0)

#endif
