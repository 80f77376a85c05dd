/* SPDX-License-Identifier: Apache-2.0 */
/* RV64IC. Source: the RISC-V unprivileged manual, chapters "RV32I", "RV64I" and "C". Register 0 is
 * REG_ZERO. */
#include "gobin/isa.h"

enum { RA = 1, SP = 2 };

static uint32_t field(uint32_t w, unsigned low, unsigned bits)
{
    return w >> low & ((1u << bits) - 1);
}

static uint8_t reg(uint32_t number)
{
    return number ? (uint8_t)number : REG_ZERO;
}

static void set_add(struct insn *i, uint8_t rd, uint8_t rn, int64_t imm)
{
    i->kind = rn == REG_ZERO ? INSN_SET : imm == 0 ? INSN_MOVE : INSN_ADD;
    i->rd = rd, i->rn = rn, i->imm = imm;
}

static void set_memory(struct insn *i, enum insn_kind kind, uint8_t rd, uint8_t rn, int64_t imm,
                       uint8_t width)
{
    i->kind = kind, i->rd = rd, i->rn = rn, i->imm = imm, i->width_bytes = width;
}

static void set_indirect(struct insn *i, uint8_t rd, uint8_t rn, int64_t imm)
{
    bool plain = imm == 0 && rd == REG_ZERO && rn == RA;
    i->kind = plain ? INSN_RETURN : rd == REG_ZERO ? INSN_JUMP : INSN_CALL;
    i->rn = rn;
}

static int64_t jal_offset(uint32_t w)
{
    return sign_extend((uint64_t)field(w, 31, 1) << 20 | field(w, 12, 8) << 12 |
                           field(w, 20, 1) << 11 | field(w, 21, 10) << 1,
                       21);
}

static int64_t branch_offset(uint32_t w)
{
    return sign_extend((uint64_t)field(w, 31, 1) << 12 | field(w, 7, 1) << 11 |
                           field(w, 25, 6) << 5 | field(w, 8, 4) << 1,
                       13);
}

static void decode_wide(uint32_t w, vaddr_t pc, struct insn *i)
{
    uint8_t rd = reg(field(w, 7, 5)), rs1 = reg(field(w, 15, 5)), rs2 = reg(field(w, 20, 5));
    int64_t imm = sign_extend(field(w, 20, 12), 12), upper = sign_extend(w & 0xfffff000, 32);
    unsigned f3 = field(w, 12, 3);
    i->rd = rd;
    switch (field(w, 0, 7)) {
    case 0x17: /* auipc */
        i->kind = INSN_ADDRESS, i->imm = (int64_t)(pc + (uint64_t)upper);
        break;
    case 0x37: /* lui */
        i->kind = INSN_SET, i->imm = upper;
        break;
    case 0x13: /* addi */
    case 0x1b: /* addiw */
        if (f3 == 0)
            set_add(i, rd, rs1, imm);
        break;
    case 0x33: /* add */
        if (f3 == 0 && field(w, 25, 7) == 0)
            i->kind = INSN_ADD_REG, i->rn = rs1, i->rm = rs2;
        break;
    case 0x03:
        set_memory(i, INSN_LOAD, rd, rs1, imm, (uint8_t)(1u << (f3 & 3)));
        break;
    case 0x23:
        set_memory(i, INSN_STORE, rs2, rs1, sign_extend(field(w, 25, 7) << 5 | field(w, 7, 5), 12),
                   (uint8_t)(1u << (f3 & 3)));
        break;
    case 0x63:
        i->kind = INSN_BRANCH, i->imm = (int64_t)(pc + (uint64_t)branch_offset(w));
        i->rd = f3 > 1 ? REG_NONE : rs2 == REG_ZERO ? rs1 : rs1 == REG_ZERO ? rs2 : REG_NONE;
        break;
    case 0x6f: /* jal */
        i->kind = rd == REG_ZERO ? INSN_JUMP : INSN_CALL,
        i->imm = (int64_t)(pc + (uint64_t)jal_offset(w));
        break;
    case 0x67: /* jalr */
        set_indirect(i, rd, rs1, imm);
        break;
    case 0x73:
        i->kind = w == 0x73 ? INSN_SYSCALL : INSN_OTHER;
        break;
    case 0x27: /* float stores write no general register */
        i->rd = REG_NONE;
        break;
    }
}

static int64_t cj_offset(uint32_t w)
{
    return sign_extend(field(w, 12, 1) << 11 | field(w, 8, 1) << 10 | field(w, 9, 2) << 8 |
                           field(w, 6, 1) << 7 | field(w, 7, 1) << 6 | field(w, 2, 1) << 5 |
                           field(w, 11, 1) << 4 | field(w, 3, 3) << 1,
                       12);
}

static int64_t cb_offset(uint32_t w)
{
    return sign_extend(field(w, 12, 1) << 8 | field(w, 5, 2) << 6 | field(w, 2, 1) << 5 |
                           field(w, 10, 2) << 3 | field(w, 3, 2) << 1,
                       9);
}

/* Quadrant 0: loads and stores of the registers x8 to x15. */
static void decode_c0(uint32_t w, struct insn *i)
{
    uint8_t rd = (uint8_t)(8 + field(w, 2, 3)), rn = (uint8_t)(8 + field(w, 7, 3));
    int64_t imm8 = field(w, 10, 3) << 3 | field(w, 5, 2) << 6;
    int64_t imm4 = field(w, 10, 3) << 3 | field(w, 6, 1) << 2 | field(w, 5, 1) << 6;
    switch (field(w, 13, 3)) {
    case 0: /* c.addi4spn */
        set_add(i, rd, SP,
                field(w, 11, 2) << 4 | field(w, 7, 4) << 6 | field(w, 6, 1) << 2 |
                    field(w, 5, 1) << 3);
        break;
    case 2:
        set_memory(i, INSN_LOAD, rd, rn, imm4, 4);
        break;
    case 3:
        set_memory(i, INSN_LOAD, rd, rn, imm8, 8);
        break;
    case 6:
        set_memory(i, INSN_STORE, rd, rn, imm4, 4);
        break;
    case 7:
        set_memory(i, INSN_STORE, rd, rn, imm8, 8);
        break;
    }
}

static void decode_c1(uint32_t w, vaddr_t pc, struct insn *i)
{
    uint8_t rd = reg(field(w, 7, 5)), small = (uint8_t)(8 + field(w, 7, 3));
    int64_t imm = sign_extend(field(w, 12, 1) << 5 | field(w, 2, 5), 6);
    switch (field(w, 13, 3)) {
    case 0: /* c.addi */
    case 1: /* c.addiw */
        set_add(i, rd, rd, imm);
        break;
    case 2: /* c.li */
        set_add(i, rd, REG_ZERO, imm);
        break;
    case 3:
        if (rd == SP) /* c.addi16sp */
            set_add(i, SP, SP,
                    sign_extend(field(w, 12, 1) << 9 | field(w, 3, 2) << 7 | field(w, 5, 1) << 6 |
                                    field(w, 2, 1) << 5 | field(w, 6, 1) << 4,
                                10));
        else /* c.lui */
            i->kind = INSN_SET, i->rd = rd, i->imm = imm * 4096;
        break;
    case 4:
        i->rd = small;
        break;
    case 5:
        i->kind = INSN_JUMP, i->imm = (int64_t)(pc + (uint64_t)cj_offset(w));
        break;
    case 6:
    case 7:
        i->kind = INSN_BRANCH, i->rd = small, i->imm = (int64_t)(pc + (uint64_t)cb_offset(w));
        break;
    }
}

static void decode_c2(uint32_t w, struct insn *i)
{
    uint8_t rd = reg(field(w, 7, 5)), rs2 = reg(field(w, 2, 5));
    bool high = field(w, 12, 1);
    switch (field(w, 13, 3)) {
    case 2: /* c.lwsp */
        set_memory(i, INSN_LOAD, rd, SP, high << 5 | field(w, 4, 3) << 2 | field(w, 2, 2) << 6, 4);
        break;
    case 3: /* c.ldsp */
        set_memory(i, INSN_LOAD, rd, SP, high << 5 | field(w, 5, 2) << 3 | field(w, 2, 3) << 6, 8);
        break;
    case 4:
        if (rs2 == REG_ZERO) /* c.jr, c.jalr */
            set_indirect(i, high ? RA : REG_ZERO, rd, 0);
        else if (high) /* c.add */
            i->kind = INSN_ADD_REG, i->rd = rd, i->rn = rd, i->rm = rs2;
        else /* c.mv */
            i->kind = INSN_MOVE, i->rd = rd, i->rn = rs2;
        break;
    case 6: /* c.swsp */
        set_memory(i, INSN_STORE, rs2, SP, field(w, 9, 4) << 2 | field(w, 7, 2) << 6, 4);
        break;
    case 7: /* c.sdsp */
        set_memory(i, INSN_STORE, rs2, SP, field(w, 10, 3) << 3 | field(w, 7, 3) << 6, 8);
        break;
    case 0:
        i->rd = rd;
        break;
    }
}

static void decode(struct span code, vaddr_t pc, struct insn *out)
{
    uint16_t low;
    uint32_t w;
    *out = insn_other(2);
    if (!span_u16(code, 0, &low))
        return;
    switch (low & 3) {
    case 0:
        decode_c0(low, out);
        break;
    case 1:
        decode_c1(low, pc, out);
        break;
    case 2:
        decode_c2(low, out);
        break;
    default:
        out->size_bytes = 4;
        if (span_u32(code, 0, &w))
            decode_wide(w, pc, out);
    }
}

static const char *const registers[REG_COUNT] = {
    "zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2", "s0",   "s1", "a0", "a1",
    "a2",   "a3", "a4",  "a5",  "a6", "a7", "s2", "s3", "s4",   "s5", "s6", "s7",
    "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6", "zero", "pc",
};

const struct isa isa_riscv64 = {
    .decode = decode,
    .registers = registers,
    .triple = "riscv64-linux-gnu",
    .sizes_known = true,
    .sp = SP,
    .g = 27,
    .argument = 10,
    .syscall_number = 17,
    .buffer = 24,
    .slot = 5,
    .value = 6,
    .link_register = true,
};
