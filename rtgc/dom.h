/* SPDX-License-Identifier: Apache-2.0 */
/* Dominators: which blocks every way to a block goes through. */
#ifndef RTGC_DOM_H
#define RTGC_DOM_H

#include "rtgc/ir.h"

struct dom {
    const struct func *func;
    int32_t *parent; /* by block: the immediate dominator; the entry's is itself */
    int32_t *number; /* by block: its place in reverse postorder */
};

/* Needs preds and order (pass_cfg). */
void dom_fill(struct unit *u, const struct func *f, struct dom *d);
bool dom_over(const struct dom *d, int32_t a, int32_t b); /* a dominates b */

#endif
