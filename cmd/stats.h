/* SPDX-License-Identifier: Apache-2.0 */
/* The table of `mazboot run --stats`. */
#ifndef CMD_STATS_H
#define CMD_STATS_H

#include "abi/link.h"

#include <stdio.h>

/* counted: the machine ran with --icount, where a nanosecond of guest time is an instruction. */
void stats_print(FILE *out, const struct link_exit *exit, bool counted);

#endif
