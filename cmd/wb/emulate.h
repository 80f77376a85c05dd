/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program under user-mode emulation with its barrier flag forced. */
#ifndef CMD_WB_EMULATE_H
#define CMD_WB_EMULATE_H

#include "cmd/wb/wb.h"

/* Runs it in the ways of outcome.h and prints how its lines "T<number> Y|N name" compare. 0, or the
 * exit status.
 */
int emulate_compare(const struct wb *wb);

#endif
