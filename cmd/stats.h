/* SPDX-License-Identifier: Apache-2.0 */
/* The table of `mazboot run --stats`. */
#ifndef CMD_STATS_H
#define CMD_STATS_H

#include "abi/link.h"

#include <stdio.h>

/* counted: the machine ran with --icount, where a nanosecond of guest time is an instruction.
 * kernel_bytes: the size of its kernel's image. */
void stats_print(FILE *out, const struct link_exit *exit, size_t kernel_bytes, bool counted);

#endif
