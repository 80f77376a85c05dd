/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as people write them on a command line. */
#ifndef CMD_QUANTITY_H
#define CMD_QUANTITY_H

#include "lib/types.h"

/* "512M", "1G", "8192K", or "512" for MiB, into bytes. False for anything else, 0, or what does not
 * fit 64 bits. */
bool quantity_size(const char *text, uint64_t *bytes) MUST_CHECK;

/* "500ms", "2s", "1.5m", "1h", or "10" for seconds, into nanoseconds. False for anything else, 0,
 * or more than a year. */
bool quantity_duration(const char *text, uint64_t *ns) MUST_CHECK;

/* A decimal number without sign, at most max. */
bool quantity_count(const char *text, uint64_t max, uint64_t *count) MUST_CHECK;

/* "2", "1.5", "0.25" processors into millionths of one. False for anything else, or 0. */
bool quantity_cpus(const char *text, uint64_t *millionths) MUST_CHECK;

#endif
