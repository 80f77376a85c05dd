/* SPDX-License-Identifier: Apache-2.0 */
/* RV64IMC: each function appends one instruction, bytes and text (RISC-V Unprivileged ISA, RV32I to
 * M, and C). The text is that of the 4-byte form: an assembler that knows C shortens what we
 * shorten. */
#ifndef RTGC_RISCV64_ENC_H
#define RTGC_RISCV64_ENC_H

#include "rtgc/code.h"

#define RV_ELF_FLAGS 1 /* EF_RISCV_RVC */

enum {
    ZERO = 0,
    RA = 1,
    SP = 2,
    S0 = 8,
    S1 = 9,
    A0 = 10,
    A7 = 17,
    S2 = 18,
    S11 = 27,
    T3 = 28,
    T4 = 29,
    T5 = 30,
    T6 = 31
};

enum rv_op { /* funct7 << 3 | funct3 of OP */
             RV_ADD = 0,
             RV_SLL = 1,
             RV_SLT = 2,
             RV_SLTU = 3,
             RV_XOR = 4,
             RV_SRL = 5,
             RV_OR = 6,
             RV_AND = 7,
             RV_MUL = 8 | 0,
             RV_DIV = 8 | 4,
             RV_DIVU = 8 | 5,
             RV_REM = 8 | 6,
             RV_REMU = 8 | 7,
             RV_SUB = 256 | 0,
             RV_SRA = 256 | 5,
};

static inline bool rv_fits12(int64_t v)
{
    return v >= -2048 && v <= 2047;
}

void rv_op(struct code *c, enum rv_op op, int rd, int rs1, int rs2);
void rv_imm(struct code *c, enum rv_op op, int rd, int rs1,
            int imm); /* ADD SLT SLTU XOR OR AND, and shifts by 0 to 63 */
void rv_addiw(struct code *c, int rd, int rs1, int imm);
void rv_lui(struct code *c, int rd, int32_t imm20);
void rv_auipc_pair(struct code *c, int rd,
                   const char *symbol); /* lla: 8 bytes, relocated together */
void rv_load(struct code *c, int bits, int rd, int rs1, int imm); /* zero-extends */
void rv_store(struct code *c, int bits, int rs2, int rs1, int imm);

/* Branches and jumps come in two lengths, which the caller chooses: 2 bytes reach 256 bytes (and 2
 * KiB), 4 bytes 4 KiB (and 1 MiB). Only comparisons of A0 and its like with zero have the short
 * form. */
bool rv_branch_shortens(enum cc cc, int rs1, int rs2);
bool rv_branch_reaches(int64_t disp, bool small);
bool rv_j_reaches(int64_t disp, bool small);
void rv_branch(struct code *c, enum cc cc, int rs1, int rs2, bool small, int64_t disp,
               const char *label); /* EQ NE LT GE ULT UGE */
void rv_j(struct code *c, bool small, int64_t disp, const char *label);
void rv_jal(struct code *c, const char *symbol);
void rv_call_far(struct code *c,
                 const char *symbol); /* auipc and jalr: 8 bytes, relocated together */
void rv_jalr(struct code *c, int rd, int rs1);
void rv_ecall(struct code *c);
void rv_ebreak(struct code *c);
void rv_fence(struct code *c);
void rv_fence_i(struct code *c);

#endif
