/* SPDX-License-Identifier: Apache-2.0 */
/* Between targ.c and emit.c of arm64. */
#ifndef RTGC_ARM64_EMIT_H
#define RTGC_ARM64_EMIT_H

#include "rtgc/arm64/enc.h"

enum { RELOC_ADR = 1, RELOC_ADRP, RELOC_LO12, RELOC_BL };

void arm64_move(struct code *c, int dst, int src);
void arm64_swap(struct code *c, int a, int b);
void arm64_constant(struct code *c, int dst, int64_t value);
void arm64_address(struct code *c, int dst, int32_t sym, int64_t offset);
void arm64_slot_address(struct code *c, int dst, int64_t offset);
void arm64_slot_load(struct code *c, int dst, int64_t offset);
void arm64_slot_store(struct code *c, int src, int64_t offset);
int64_t arm64_saved_bytes(const struct emit *e);
void arm64_prologue(struct emit *e);
void arm64_epilogue(struct emit *e);
void arm64_ins(struct emit *e, const struct ins *i);
void arm64_call(struct emit *e, const struct ins *i);
void arm64_compare(struct emit *e, const struct term *t, struct branch *b);
void arm64_branch(struct code *c, const struct branch *b, int reach, int64_t disp,
                  const char *label);

#endif
