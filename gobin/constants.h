/* SPDX-License-Identifier: Apache-2.0 */
/* Which registers hold a number known from the code just passed: enough to follow straight-line
 * code. */
#ifndef GOBIN_CONSTANTS_H
#define GOBIN_CONSTANTS_H

#include "gobin/isa.h"

/* Zeroed: nothing is known. */
struct constants {
    bool known[REG_COUNT];
    int64_t value[REG_COUNT];
};

/* Follows one instruction; after a call nothing is known. */
void constants_step(struct constants *c, const struct insn *i);

/* The value of reg, if known. */
bool constants_get(const struct constants *c, uint8_t reg, int64_t *out);

/* The address that a load, store or add of i works out, if known. */
bool constants_address(const struct constants *c, const struct insn *i, vaddr_t *out);

#endif
