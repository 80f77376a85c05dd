/* SPDX-License-Identifier: Apache-2.0 */
/* What one instruction amounts to when its operands are known. Pure functions. */
#ifndef RTGC_FOLD_H
#define RTGC_FOLD_H

#include "rtgc/ir.h"

/* The value of a two-operand op (ADD to SAR) or SX, ZX (bits in b) on constants. */
int64_t fold_value(enum ir_op op, int64_t a, int64_t b);

/* Rewrites i in place to something simpler with the same result (constants first to the right, then
 * identities). Returns whether it changed. */
bool fold_ins(struct ins *i);

#endif
