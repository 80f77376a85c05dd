/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/riscv64/enc.h"

static const char *const x[32] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                  "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                  "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                  "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

static uint32_t fields(unsigned opcode, unsigned funct3, int rd, int rs1)
{
    return opcode | (uint32_t)rd << 7 | funct3 << 12 | (uint32_t)rs1 << 15;
}

static const char *op_name(enum rv_op op)
{
    static const char *const base[] = {"add", "sll", "slt", "sltu", "xor", "srl", "or", "and"};
    static const char *const mul[] = {"mul", "mulh", "mulhsu", "mulhu",
                                      "div", "divu", "rem",    "remu"};
    if (op == RV_SUB)
        return "sub";
    if (op == RV_SRA)
        return "sra";
    return op & 8 ? mul[op & 7] : base[op & 7];
}

void rv_op(struct code *c, enum rv_op op, int rd, int rs1, int rs2)
{
    uint32_t word = fields(0x33, op & 7, rd, rs1) | (uint32_t)rs2 << 20 | (uint32_t)(op >> 3) << 25;
    code_put32(c, word, "%s %s, %s, %s", op_name(op), x[rd], x[rs1], x[rs2]);
}

void rv_imm(struct code *c, enum rv_op op, int rd, int rs1, int imm)
{
    uint32_t value = ((uint32_t)imm & 0xfff) | (op == RV_SRA ? 0x400 : 0);
    const char *u = op == RV_SLTU ? "sltiu" : NULL;
    uint32_t word = fields(0x13, op & 7, rd, rs1) | value << 20;
    code_put32(c, word, "%s%s %s, %s, %d", u ? u : op_name(op), u ? "" : "i", x[rd], x[rs1], imm);
}

void rv_addiw(struct code *c, int rd, int rs1, int imm)
{
    code_put32(c, fields(0x1b, 0, rd, rs1) | ((uint32_t)imm & 0xfff) << 20, "addiw %s, %s, %d",
               x[rd], x[rs1], imm);
}

void rv_lui(struct code *c, int rd, int32_t imm20)
{
    uint32_t v = (uint32_t)imm20 & 0xfffff;
    code_put32(c, 0x37u | (uint32_t)rd << 7 | v << 12, "lui %s, %u", x[rd], v);
}

static void pair(struct code *c, uint32_t first, uint32_t second, const char *name, const char *rd,
                 const char *symbol)
{
    uint8_t b[8];
    for (int i = 0; i < 4; i++) {
        b[i] = (uint8_t)(first >> (8 * i));
        b[4 + i] = (uint8_t)(second >> (8 * i));
    }
    code_put(c, b, 8, "%s %s%s%s", name, rd, *rd ? ", " : "", symbol);
}

void rv_auipc_pair(struct code *c, int rd, const char *symbol)
{
    pair(c, 0x17u | (uint32_t)rd << 7, fields(0x13, 0, rd, rd), "lla", x[rd], symbol);
}

void rv_load(struct code *c, int bits, int rd, int rs1, int imm)
{
    static const char *const names[] = {"", "", "", "ld", "lbu", "lhu", "lwu"};
    unsigned f = bits == 8 ? 4 : bits == 16 ? 5 : bits == 32 ? 6 : 3;
    code_put32(c, fields(0x03, f, rd, rs1) | ((uint32_t)imm & 0xfff) << 20, "%s %s, %d(%s)",
               names[f], x[rd], imm, x[rs1]);
}

void rv_store(struct code *c, int bits, int rs2, int rs1, int imm)
{
    static const char letters[] = "bhwd";
    unsigned f = bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
    uint32_t v = (uint32_t)imm & 0xfff;
    uint32_t word = fields(0x23, f, (int)(v & 31), rs1) | (uint32_t)rs2 << 20 | v >> 5 << 25;
    code_put32(c, word, "s%c %s, %d(%s)", letters[f], x[rs2], imm, x[rs1]);
}

void rv_branch(struct code *c, enum cc cc, int rs1, int rs2, int64_t disp, const char *label)
{
    static const uint8_t funct[NCCS] = {
        [CC_EQ] = 0, [CC_NE] = 1, [CC_LT] = 4, [CC_GE] = 5, [CC_ULT] = 6, [CC_UGE] = 7};
    static const char *const names[] = {"beq", "bne", "", "", "blt", "bge", "bltu", "bgeu"};
    uint32_t v = (uint32_t)disp, f = funct[cc];
    uint32_t word = fields(0x63, f, 0, rs1) | (uint32_t)rs2 << 20;
    word |= (v >> 12 & 1) << 31 | (v >> 5 & 0x3f) << 25 | (v >> 1 & 15) << 8 | (v >> 11 & 1) << 7;
    code_put32(c, word, "%s %s, %s, %s", names[f], x[rs1], x[rs2], label);
}

static uint32_t jal_word(int rd, int64_t disp)
{
    uint32_t v = (uint32_t)disp;
    return 0x6fu | (uint32_t)rd << 7 | (v >> 20 & 1) << 31 | (v >> 1 & 0x3ff) << 21 |
           (v >> 11 & 1) << 20 | (v >> 12 & 0xff) << 12;
}

void rv_j(struct code *c, int64_t disp, const char *label)
{
    code_put32(c, jal_word(ZERO, disp), "j %s", label);
}

void rv_jal(struct code *c, const char *symbol)
{
    code_put32(c, jal_word(RA, 0), "jal ra, %s", symbol);
}

void rv_call_far(struct code *c, const char *symbol)
{
    pair(c, 0x17u | (uint32_t)RA << 7, fields(0x67, 0, RA, RA), "call", "", symbol);
}

void rv_jalr(struct code *c, int rd, int rs1)
{
    code_put32(c, fields(0x67, 0, rd, rs1), "jalr %s, 0(%s)", x[rd], x[rs1]);
}

void rv_ecall(struct code *c)
{
    code_put32(c, 0x00000073, "ecall");
}

void rv_ebreak(struct code *c)
{
    code_put32(c, 0x00100073, "ebreak");
}

void rv_fence(struct code *c)
{
    code_put32(c, 0x0330000f, "fence rw, rw");
}

void rv_fence_i(struct code *c)
{
    code_put32(c, 0x0000100f, "fence.i");
}
