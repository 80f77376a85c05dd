/* SPDX-License-Identifier: Apache-2.0 */
/* How often each translated block ran: a table that only grows, filled while blocks are translated.
 */
#ifndef TOOLS_INSNCOUNT_HOT_H
#define TOOLS_INSNCOUNT_HOT_H

#include <stdint.h>
#include <stdio.h>

/* The counter of the block of INSNS instructions at ADDRESS, made when new; NULL when out of
 * memory. Any thread. */
uint64_t *hot_counter(uint64_t address, uint32_t insns);

/* Writes a line "0xADDRESS INSNS EXECUTIONS" for every block that ran. */
void hot_write(FILE *out);

#endif
