/* SPDX-License-Identifier: Apache-2.0 */
/* x86-64 instructions: each function appends one, bytes and AT&T text. Registers are their
 * encodings (Intel SDM volume 2). */
#ifndef RTGC_AMD64_ENC_H
#define RTGC_AMD64_ENC_H

#include "rtgc/code.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };
enum x86_alu { X86_ADD, X86_OR, X86_ADC, X86_SBB, X86_AND, X86_SUB, X86_XOR, X86_CMP };
enum x86_cc {
    X86_O,
    X86_NO,
    X86_B,
    X86_AE,
    X86_E,
    X86_NE,
    X86_BE,
    X86_A,
    X86_S,
    X86_NS,
    X86_P,
    X86_NP,
    X86_L,
    X86_GE,
    X86_LE,
    X86_G
};
enum x86_one { X86_NOT = 2, X86_NEG = 3, X86_DIV = 6, X86_IDIV = 7 };
enum { RELOC_PC32 = 1, RELOC_ABS32 };

/* A place in memory: base + disp, or a symbol. */
struct x86_mem {
    int base;
    int64_t disp;
    bool is_sym;
    int32_t sym;
};

void x86_alu(struct code *c, enum x86_alu op, int bits, int dst, int src);
void x86_alu_imm(struct code *c, enum x86_alu op, int bits, int dst, int32_t imm);
void x86_test(struct code *c, int a, int b);
void x86_mov(struct code *c, int dst, int src);
void x86_mov_imm(struct code *c, int dst, int64_t imm); /* shortest; changes no flags */
void x86_mov_address(struct code *c, int dst, int32_t sym, int64_t offset); /* 32 bits, absolute */
void x86_imul(struct code *c, int dst, int src);
void x86_imul_imm(struct code *c, int dst, int src, int32_t imm);
void x86_one(struct code *c, enum x86_one op, int reg);
void x86_shift_imm(struct code *c, enum ir_op op, int reg, int count);
void x86_shift_cl(struct code *c, enum ir_op op, int reg);
void x86_extend(struct code *c, bool is_signed, int bits, int dst, int src);
void x86_lea(struct code *c, int dst, struct x86_mem m);
void x86_lea_index(struct code *c, int dst, int base, int index);
void x86_load(struct code *c, int bits, int dst, struct x86_mem m); /* zero-extends */
void x86_store(struct code *c, int bits, int src, struct x86_mem m);
void x86_store_imm(struct code *c, int bits, int32_t imm, struct x86_mem m);
void x86_setcc(struct code *c, enum x86_cc cc, int reg);
void x86_cqo(struct code *c);
void x86_xchg(struct code *c, int a, int b);
void x86_push(struct code *c, int reg);
void x86_pop(struct code *c, int reg);
void x86_jmp(struct code *c, bool far, int64_t disp,
             const char *label); /* disp from the instruction's start */
void x86_jcc(struct code *c, enum x86_cc cc, bool far, int64_t disp, const char *label);
void x86_call(struct code *c, int32_t sym);
void x86_call_reg(struct code *c, int reg);
void x86_ret(struct code *c);
void x86_syscall(struct code *c);
void x86_mfence(struct code *c);
void x86_ud2(struct code *c);
void x86_rep_stosq(struct code *c);

#endif
