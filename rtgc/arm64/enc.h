/* SPDX-License-Identifier: Apache-2.0 */
/* A64 instructions: each function appends one, bytes and text. Registers are numbers; 31 is sp or
 * xzr, by instruction (Arm Architecture Reference Manual, C6.2). */
#ifndef RTGC_ARM64_ENC_H
#define RTGC_ARM64_ENC_H

#include "rtgc/code.h"

enum { SP = 31, XZR = 31, LR = 30, IP0 = 16, IP1 = 17 };
enum a64_cond {
    A64_EQ,
    A64_NE,
    A64_HS,
    A64_LO,
    A64_MI,
    A64_PL,
    A64_VS,
    A64_VC,
    A64_HI,
    A64_LS,
    A64_GE,
    A64_LT,
    A64_GT,
    A64_LE
};

/* op: 0 add, 1 adds, 2 sub, 3 subs. value below 4096, or a multiple of 4096 below 2^24. */
bool a64_addsub_fits(int64_t value);
void a64_addsub_imm(struct code *c, int op, int rd, int rn, uint32_t value);
void a64_addsub_reg(struct code *c, int op, int rd, int rn, int rm);

/* op: 0 and, 1 orr, 2 eor. */
bool a64_bitmask(uint64_t value, uint32_t *fields);
void a64_logic_imm(struct code *c, int op, int rd, int rn, uint64_t value);
void a64_logic_reg(struct code *c, int op, bool invert, int rd, int rn, int rm);

/* op: movn 0, movz 2, movk 3. */
void a64_mov_wide(struct code *c, int op, int rd, uint16_t value, int shift);
void a64_mov(struct code *c, int rd, int rm);

/* sbfm (signed) or ubfm over 64 bits: fields as in the manual, text by the alias `text`. */
void a64_shift_imm(struct code *c, enum ir_op op, int rd, int rn, int count);
void a64_extend(struct code *c, bool is_signed, int bits, int rd, int rn);
void a64_shift_reg(struct code *c, enum ir_op op, int rd, int rn, int rm);
void a64_ubfx(struct code *c, int rd, int rn, int lsb, int bits);

void a64_mul(struct code *c, int rd, int rn, int rm);
void a64_div(struct code *c, bool is_signed, int rd, int rn, int rm);
void a64_msub(struct code *c, int rd, int rn, int rm, int ra); /* ra - rn * rm */
void a64_cset(struct code *c, int rd, enum a64_cond cond);
void a64_csel(struct code *c, int rd, int rn, int rm, enum a64_cond cond);

/* Loads and stores of 8 to 64 bits; a disp must fit: scaled and unsigned, or 9 bits signed. */
bool a64_disp_fits(int64_t disp, int bits);
void a64_load(struct code *c, int bits, int rt, int rn, int64_t disp);
void a64_store(struct code *c, int bits, int rt, int rn, int64_t disp);

/* Pairs. mode: 1 post-index, 2 offset, 3 pre-index; disp a multiple of 8 in -512..504. */
void a64_pair(struct code *c, bool load, int mode, int rt, int rt2, int rn, int64_t disp);
void a64_single_index(struct code *c, bool load, bool pre, int rt, int rn, int64_t disp);

void a64_adr(struct code *c, int rd, const char *symbol);
void a64_adrp(struct code *c, int rd, const char *symbol);
void a64_add_lo12(struct code *c, int rd, int rn, const char *symbol);
void a64_b(struct code *c, int64_t disp, const char *label);
void a64_bcond(struct code *c, enum a64_cond cond, int64_t disp, const char *label);
void a64_cbz(struct code *c, bool nonzero, int rt, int64_t disp, const char *label);
void a64_bl(struct code *c, const char *symbol);
void a64_blr(struct code *c, int rn);
void a64_ret(struct code *c);
void a64_svc(struct code *c);
void a64_brk(struct code *c);
void a64_dsb_ish(struct code *c);
void a64_dmb_ish(struct code *c);
void a64_isb(struct code *c);
void a64_mrs_ctr(struct code *c, int rt);
void a64_dc_cvau(struct code *c, int rt);
void a64_ic_ivau(struct code *c, int rt);

#endif
