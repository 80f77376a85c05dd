/* SPDX-License-Identifier: Apache-2.0 */
/* The passes over one function's IR, in the order in which pass.c runs them. */
#ifndef RTGC_PASSES_H
#define RTGC_PASSES_H

#include "rtgc/ir.h"
#include "rtgc/target.h"

/* cfg.c: drops unreachable blocks, follows jumps to jumps, joins blocks; fills preds, order and
 * loop_depth. */
void pass_cfg(struct unit *u, struct func *f);

/* simplify.c: folds constants, forwards copies and address sums, decides branches whose operands
 * are known. */
void pass_simplify(struct unit *u, struct func *f);

/* dead.c: removes instructions whose value nobody reads. Needs pass_live, leaves it valid. */
void pass_dead(struct unit *u, struct func *f);

/* live.c: which temps are live at each block's start and end. */
void pass_live(struct unit *u, struct func *f);
static inline bool live_has(const uint64_t *set, int32_t t)
{
    return set[t / 64] >> (t % 64) & 1;
}

/* legal.c: operands that the machine's instructions cannot hold become temps. */
void pass_legal(struct unit *u, struct func *f);

/* alloc.c: a register or a spill slot for every temp. */
void pass_alloc(struct unit *u, struct func *f);

/* pass.c: all of them, for every function. */
void passes_run(struct unit *u, struct ir *ir);

/* Whether one of the passes dumps under this name. */
bool passes_have(const char *name);

#endif
