/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a program's variables would be in RAM: stores to anything else are lost without a word.
 */
#ifndef CMD_WB_RAM_H
#define CMD_WB_RAM_H

#include "gobin/gobin.h"

/* ram: "LOW-HIGH", hexadecimal. Prints which variables aren't there. 0, or the exit status. */
int ram_check(const struct gobin *bin, const char *ram);

#endif
