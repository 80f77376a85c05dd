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

static uint32_t bits(uint32_t v, int from, int n)
{
    return v >> from & ((1u << n) - 1);
}

static bool is_short_reg(int r) /* the eight registers that three bits name */
{
    return r >= S0 && r <= A0 + 5;
}

/* An instruction of the C extension has a register twice, or registers and immediates that are
 * small. The functions below return the 2 bytes that do what a 4-byte instruction does, or 0. */

static uint32_t half(unsigned quadrant, unsigned funct3, int rd, uint32_t low5, uint32_t bit12)
{
    return quadrant | funct3 << 13 | bit12 << 12 | (uint32_t)rd << 7 | low5 << 2;
}

/* The same with an immediate of 6 bits. */
static uint32_t half_imm(unsigned quadrant, unsigned funct3, int rd, uint32_t imm)
{
    return half(quadrant, funct3, rd, bits(imm, 0, 5), bits(imm, 5, 1));
}

static bool fits6(int32_t imm)
{
    return imm >= -32 && imm < 32;
}

static uint32_t shorten_stack_add(int rd, int32_t imm)
{
    uint32_t v = (uint32_t)imm;
    if (rd == SP && imm % 16 == 0 && imm >= -512 && imm < 512)
        return half(1, 3, SP,
                    bits(v, 4, 1) << 4 | bits(v, 6, 1) << 3 | bits(v, 7, 2) << 1 | bits(v, 5, 1),
                    bits(v, 9, 1));
    if (is_short_reg(rd) && imm % 4 == 0 && imm > 0 && imm < 1024)
        return bits(v, 4, 2) << 11 | bits(v, 6, 4) << 7 | bits(v, 2, 1) << 6 | bits(v, 3, 1) << 5 |
               (uint32_t)(rd - S0) << 2;
    return 0;
}

static uint32_t shorten_add_imm(int rd, int rs1, int32_t imm)
{
    uint32_t v = (uint32_t)imm;
    if (rs1 == ZERO)
        return fits6(imm) ? half_imm(1, 2, rd, v) : 0; /* c.li */
    if (rd == rs1 && imm && fits6(imm))
        return half_imm(1, 0, rd, v); /* c.addi */
    if (imm == 0)
        return half(2, 4, rd, (uint32_t)rs1, 0); /* c.mv */
    return rs1 == SP ? shorten_stack_add(rd, imm) : 0;
}

/* Shifts and andi; imm has bit 10 set in srai. */
static uint32_t shorten_imm(unsigned funct3, int rd, int rs1, int32_t imm)
{
    uint32_t v = (uint32_t)imm, count = bits(v, 0, 6);
    if (funct3 == RV_ADD)
        return shorten_add_imm(rd, rs1, imm);
    if (rd != rs1)
        return 0;
    if (funct3 == RV_SLL && count)
        return half_imm(2, 0, rd, v);
    if (!is_short_reg(rd))
        return 0;
    if (funct3 == RV_SRL && count) /* and RV_SRA */
        return half_imm(1, 4, rd - S0 + 8 * (int)bits(v, 10, 1), v);
    if (funct3 == RV_AND && fits6(imm))
        return half_imm(1, 4, rd - S0 + 16, v);
    return 0;
}

static uint32_t shorten_op(enum rv_op op, int rd, int rs1, int rs2)
{
    static const uint8_t numbers[] = {[RV_XOR] = 1, [RV_OR] = 2, [RV_AND] = 3};
    bool turns = op == RV_ADD || op == RV_XOR || op == RV_OR || op == RV_AND;
    if (op == RV_ADD && (rs1 == ZERO) != (rs2 == ZERO))
        return half(2, 4, rd, (uint32_t)(rs1 + rs2), 0); /* c.mv */
    if (turns && rd == rs2 && rd != rs1) {
        rs2 = rs1;
        rs1 = rd;
    }
    if (rd != rs1 || rs2 == ZERO)
        return 0;
    if (op == RV_ADD)
        return half(2, 4, rd, (uint32_t)rs2, 1);
    if (!is_short_reg(rd) || !is_short_reg(rs2) || !(op == RV_SUB || (turns && op != RV_ADD)))
        return 0;
    unsigned number = op == RV_SUB ? 0 : numbers[op];
    return half(1, 4, rd - S0 + 24, number << 3 | (uint32_t)(rs2 - S0), 0);
}

/* ld, sd, and sw, whose funct3 is 2. */
static uint32_t shorten_memory(bool is_store, bool is_word, int reg, int base, int32_t imm)
{
    uint32_t v = (uint32_t)imm;
    int size = is_word ? 4 : 8;
    unsigned funct3 = (is_word ? 2 : 3) + (is_store ? 4 : 0);
    if (imm < 0 || imm % size)
        return 0;
    if (base == SP && imm < 64 * size && (is_store || reg != ZERO)) {
        if (is_word)
            return half(2, funct3, (int)(bits(v, 2, 3) << 2 | bits(v, 6, 2)), (uint32_t)reg,
                        bits(v, 5, 1));
        if (is_store)
            return half(2, funct3, (int)(bits(v, 3, 2) << 3 | bits(v, 6, 3)), (uint32_t)reg,
                        bits(v, 5, 1));
        return half(2, funct3, reg, bits(v, 3, 2) << 3 | bits(v, 6, 3), bits(v, 5, 1));
    }
    if (!is_short_reg(base) || !is_short_reg(reg) || imm >= 32 * size)
        return 0;
    uint32_t offset = is_word ? bits(v, 2, 1) << 1 | bits(v, 6, 1) : bits(v, 6, 2);
    return half(0, funct3, (int)bits(v, 3, 2) << 3 | (base - S0),
                offset << 3 | (uint32_t)(reg - S0), bits(v, 5, 1));
}

static uint32_t shorten(uint32_t word)
{
    int rd = (int)bits(word, 7, 5), rs1 = (int)bits(word, 15, 5), rs2 = (int)bits(word, 20, 5);
    unsigned funct3 = bits(word, 12, 3);
    int32_t imm = (int32_t)word >> 20;
    if (word == 0x00100073)
        return 0x9002; /* ebreak */
    switch (bits(word, 0, 7)) {
    case 0x13:
        return rd ? shorten_imm(funct3, rd, rs1, imm) : 0;
    case 0x1b:
        return rd && rd == rs1 && fits6(imm) ? half_imm(1, 1, rd, (uint32_t)imm) : 0;
    case 0x33:
        return !rd ? 0 : shorten_op((enum rv_op)(funct3 | bits(word, 25, 7) << 3), rd, rs1, rs2);
    case 0x37:
        imm = (int32_t)word >> 12;
        return rd && rd != SP && imm && fits6(imm) ? half_imm(1, 3, rd, (uint32_t)imm) : 0;
    case 0x03:
        return funct3 == 3 ? shorten_memory(false, false, rd, rs1, imm) : 0;
    case 0x23:
        return funct3 >= 2 ? shorten_memory(true, funct3 == 2, rs2, rs1,
                                            (int32_t)((uint32_t)imm & ~31u) | rd)
                           : 0;
    case 0x67:
        return imm ? 0 : half(2, 4, rs1, 0, rd == RA);
    default:
        return 0;
    }
}

static void put(struct code *c, uint32_t word, const char *format, ...) PRINTF_LIKE(3, 4);

static void put(struct code *c, uint32_t word, const char *format, ...)
{
    uint32_t small = shorten(word);
    va_list ap;
    va_start(ap, format);
    code_vput(c, small ? &small : &word, small ? 2 : 4, format, ap);
    va_end(ap);
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
    put(c, word, "%s %s, %s, %s", op_name(op), x[rd], x[rs1], x[rs2]);
}

void rv_imm(struct code *c, enum rv_op op, int rd, int rs1, int imm)
{
    uint32_t value = ((uint32_t)imm & 0xfff) | (op == RV_SRA ? 0x400 : 0);
    const char *u = op == RV_SLTU ? "sltiu" : NULL;
    uint32_t word = fields(0x13, op & 7, rd, rs1) | value << 20;
    put(c, word, "%s%s %s, %s, %d", u ? u : op_name(op), u ? "" : "i", x[rd], x[rs1], imm);
}

void rv_addiw(struct code *c, int rd, int rs1, int imm)
{
    put(c, fields(0x1b, 0, rd, rs1) | ((uint32_t)imm & 0xfff) << 20, "addiw %s, %s, %d", x[rd],
        x[rs1], imm);
}

void rv_lui(struct code *c, int rd, int32_t imm20)
{
    uint32_t v = (uint32_t)imm20 & 0xfffff;
    put(c, 0x37u | (uint32_t)rd << 7 | v << 12, "lui %s, %u", x[rd], v);
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
    put(c, fields(0x03, f, rd, rs1) | ((uint32_t)imm & 0xfff) << 20, "%s %s, %d(%s)", names[f],
        x[rd], imm, x[rs1]);
}

void rv_store(struct code *c, int bits, int rs2, int rs1, int imm)
{
    static const char letters[] = "bhwd";
    unsigned f = bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
    uint32_t v = (uint32_t)imm & 0xfff;
    uint32_t word = fields(0x23, f, (int)(v & 31), rs1) | (uint32_t)rs2 << 20 | v >> 5 << 25;
    put(c, word, "s%c %s, %d(%s)", letters[f], x[rs2], imm, x[rs1]);
}

bool rv_branch_shortens(enum cc cc, int rs1, int rs2)
{
    return (cc == CC_EQ || cc == CC_NE) && rs2 == ZERO && is_short_reg(rs1);
}

bool rv_branch_reaches(int64_t disp, bool small)
{
    int64_t limit = small ? 256 : 4096;
    return disp >= -limit && disp < limit;
}

bool rv_j_reaches(int64_t disp, bool small)
{
    int64_t limit = small ? 2048 : 1 << 20;
    return disp >= -limit && disp < limit;
}

static uint32_t branch_word(unsigned funct3, int rs1, int rs2, uint32_t v)
{
    return fields(0x63, funct3, 0, rs1) | (uint32_t)rs2 << 20 | bits(v, 12, 1) << 31 |
           bits(v, 5, 6) << 25 | bits(v, 1, 4) << 8 | bits(v, 11, 1) << 7;
}

static uint32_t branch_half(unsigned funct3, int rs1, uint32_t v)
{
    return 0xc001 | funct3 << 13 | bits(v, 8, 1) << 12 | bits(v, 3, 2) << 10 |
           (uint32_t)(rs1 - S0) << 7 | bits(v, 6, 2) << 5 | bits(v, 1, 2) << 3 | bits(v, 5, 1) << 2;
}

void rv_branch(struct code *c, enum cc cc, int rs1, int rs2, bool small, int64_t disp,
               const char *label)
{
    static const uint8_t funct[NCCS] = {
        [CC_EQ] = 0, [CC_NE] = 1, [CC_LT] = 4, [CC_GE] = 5, [CC_ULT] = 6, [CC_UGE] = 7};
    static const char *const names[] = {"beq", "bne", "", "", "blt", "bge", "bltu", "bgeu"};
    uint32_t v = (uint32_t)disp, f = funct[cc];
    uint32_t word = small ? branch_half(f, rs1, v) : branch_word(f, rs1, rs2, v);
    code_put(c, &word, small ? 2 : 4, "%s %s, %s, %s", names[f], x[rs1], x[rs2], label);
}

static uint32_t jal_word(int rd, uint32_t v)
{
    return 0x6fu | (uint32_t)rd << 7 | bits(v, 20, 1) << 31 | bits(v, 1, 10) << 21 |
           bits(v, 11, 1) << 20 | bits(v, 12, 8) << 12;
}

static uint32_t j_half(uint32_t v)
{
    return 0xa001 | bits(v, 11, 1) << 12 | bits(v, 4, 1) << 11 | bits(v, 8, 2) << 9 |
           bits(v, 10, 1) << 8 | bits(v, 6, 1) << 7 | bits(v, 7, 1) << 6 | bits(v, 1, 3) << 3 |
           bits(v, 5, 1) << 2;
}

void rv_j(struct code *c, bool small, int64_t disp, const char *label)
{
    uint32_t word = small ? j_half((uint32_t)disp) : jal_word(ZERO, (uint32_t)disp);
    code_put(c, &word, small ? 2 : 4, "j %s", label);
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
    put(c, fields(0x67, 0, rd, rs1), "jalr %s, 0(%s)", x[rd], x[rs1]);
}

void rv_ecall(struct code *c)
{
    put(c, 0x00000073, "ecall");
}

void rv_ebreak(struct code *c)
{
    put(c, 0x00100073, "ebreak");
}

void rv_fence(struct code *c)
{
    put(c, 0x0330000f, "fence rw, rw");
}

void rv_fence_i(struct code *c)
{
    put(c, 0x0000100f, "fence.i");
}
