/* SPDX-License-Identifier: Apache-2.0 */
/* Between targ.c and emit.c of amd64. */
#ifndef RTGC_AMD64_EMIT_H
#define RTGC_AMD64_EMIT_H

#include "rtgc/amd64/enc.h"

#define ZERO_INLINE 32 /* bytes of a buffer that are cleared word by word */

void amd64_constant(struct code *c, int dst, int64_t value);
void amd64_address(struct code *c, int dst, int32_t sym, int64_t offset);
void amd64_slot_address(struct code *c, int dst, int64_t offset);
void amd64_slot_load(struct code *c, int dst, int64_t offset);
void amd64_slot_store(struct code *c, int src, int64_t offset);
int64_t amd64_saved_bytes(const struct emit *e);
void amd64_prologue(struct emit *e);
void amd64_epilogue(struct emit *e);
void amd64_ins(struct emit *e, const struct ins *i);
void amd64_call(struct emit *e, const struct ins *i);
void amd64_compare(struct emit *e, const struct term *t, struct branch *b);
void amd64_branch(struct code *c, const struct branch *b, int reach, int64_t disp,
                  const char *label);

#endif
