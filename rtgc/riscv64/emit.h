/* SPDX-License-Identifier: Apache-2.0 */
/* Between targ.c and emit.c of riscv64. */
#ifndef RTGC_RISCV64_EMIT_H
#define RTGC_RISCV64_EMIT_H

#include "rtgc/riscv64/enc.h"

enum { RELOC_PCREL = 1, RELOC_JAL };

void riscv64_move(struct code *c, int dst, int src);
void riscv64_swap(struct code *c, int a, int b);
void riscv64_constant(struct code *c, int dst, int64_t value);
void riscv64_address(struct code *c, int dst, int32_t sym, int64_t offset);
void riscv64_slot_address(struct code *c, int dst, int64_t offset);
void riscv64_slot_load(struct code *c, int dst, int64_t offset);
void riscv64_slot_store(struct code *c, int src, int64_t offset);
int64_t riscv64_saved_bytes(const struct emit *e);
void riscv64_prologue(struct emit *e);
void riscv64_epilogue(struct emit *e);
void riscv64_ins(struct emit *e, const struct ins *i);
void riscv64_call(struct emit *e, const struct ins *i);
void riscv64_compare(struct emit *e, const struct term *t, struct branch *b);
unsigned riscv64_branch_bytes(const struct branch *b, int reach);
bool riscv64_branch_reaches(const struct branch *b, int reach, int64_t disp);
void riscv64_branch(struct code *c, const struct branch *b, int reach, int64_t disp,
                    const char *label);

#endif
