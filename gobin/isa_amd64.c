/* SPDX-License-Identifier: Apache-2.0 */
/* The x86-64 forms that Go emits around barriers. Source: Intel's manual, volume 2, chapter 2
 * (ModRM, REX) and the opcode maps. Sizes of other instructions aren't known here: walk amd64 code
 * by the disassembler, or search it bytewise. */
#include "gobin/isa.h"

enum { SP = 4, RIP_MODRM = 5, SIB_MODRM = 4, NO_INDEX = 4 };

struct cursor {
    struct span code;
    size_t at;
    uint8_t rex;
    bool truncated;
};

static uint8_t next_byte(struct cursor *c)
{
    if (c->at < c->code.size)
        return c->code.data[c->at++];
    c->truncated = true;
    return 0;
}

static int64_t next_signed(struct cursor *c, unsigned size_bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size_bytes; i++)
        value |= (uint64_t)next_byte(c) << 8 * i;
    return sign_extend(value, 8 * size_bytes);
}

static bool rex_w(const struct cursor *c)
{
    return c->rex & 8;
}

struct modrm {
    uint8_t reg;
    uint8_t rm; /* register, or base of the address */
    bool memory, indexed;
    int64_t disp; /* with rm == REG_PC: from the end of the instruction */
};

static struct modrm next_modrm(struct cursor *c)
{
    uint8_t byte = next_byte(c), mod = byte >> 6, rm = byte & 7;
    struct modrm m = {.reg = (uint8_t)((byte >> 3 & 7) | (c->rex & 4) << 1), .memory = mod != 3};
    m.rm = (uint8_t)(rm | (c->rex & 1) << 3);
    if (!m.memory)
        return m;
    bool wide = mod == 2;
    if (rm == SIB_MODRM) {
        uint8_t sib = next_byte(c);
        m.indexed = (sib >> 3 & 7) != NO_INDEX || (c->rex & 2);
        m.rm = (uint8_t)((sib & 7) | (c->rex & 1) << 3);
        if (mod == 0 && (sib & 7) == RIP_MODRM)
            m.rm = REG_ZERO, wide = true;
    } else if (mod == 0 && rm == RIP_MODRM) {
        m.rm = REG_PC, wide = true;
    }
    if (mod == 1 || wide)
        m.disp = next_signed(c, wide ? 4 : 1);
    return m;
}

/* Fills the address part; called when the whole instruction has been read. */
static void set_address(struct insn *i, const struct modrm *m, const struct cursor *c, vaddr_t pc)
{
    i->rn = m->rm, i->imm = m->disp, i->indexed = m->indexed;
    if (m->rm == REG_PC)
        i->imm = (int64_t)(pc + c->at + (uint64_t)m->disp);
}

static void decode_mov(struct insn *i, struct cursor *c, uint8_t op, vaddr_t pc)
{
    struct modrm m = next_modrm(c);
    bool load = op == 0x8b;
    i->width_bytes = rex_w(c) ? 8 : 4;
    if (m.memory) {
        i->kind = load ? INSN_LOAD : INSN_STORE, i->rd = m.reg;
        set_address(i, &m, c, pc);
    } else {
        i->kind = INSN_MOVE, i->rd = load ? m.reg : m.rm, i->rn = load ? m.rm : m.reg;
    }
}

static void decode_lea(struct insn *i, struct cursor *c, vaddr_t pc)
{
    struct modrm m = next_modrm(c);
    i->rd = m.reg;
    set_address(i, &m, c, pc);
    if (!m.indexed)
        i->kind = m.rm == REG_PC ? INSN_ADDRESS : INSN_ADD;
}

/* Group 1 with an immediate: add, sub, cmp. */
static void decode_arithmetic(struct insn *i, struct cursor *c, uint8_t op, vaddr_t pc)
{
    struct modrm m = next_modrm(c);
    int64_t imm = next_signed(c, op == 0x83 ? 1 : 4);
    unsigned which = m.reg & 7;
    if (m.memory && which == 7 && imm == 0 && m.rm == REG_PC && !rex_w(c)) {
        set_address(i, &m, c, pc);
        i->kind = INSN_TEST, i->width_bytes = 4;
    } else if (!m.memory && rex_w(c) && (which == 0 || which == 5)) {
        i->kind = INSN_ADD, i->rd = i->rn = m.rm, i->imm = which == 5 ? -imm : imm;
    } else if (!m.memory && which != 7) {
        i->rd = m.rm;
    }
}

static void decode_store_immediate(struct insn *i, struct cursor *c, vaddr_t pc)
{
    struct modrm m = next_modrm(c);
    int64_t imm = next_signed(c, 4);
    i->width_bytes = rex_w(c) ? 8 : 4;
    if (m.memory) {
        i->kind = INSN_STORE, i->rd = imm == 0 ? REG_ZERO : REG_NONE;
        set_address(i, &m, c, pc);
    } else {
        i->kind = INSN_SET, i->rd = m.rm, i->imm = imm;
    }
}

static void decode_xor(struct insn *i, struct cursor *c)
{
    struct modrm m = next_modrm(c);
    if (m.memory)
        c->truncated = true; /* not a form we know */
    i->rd = m.rm;
    if (m.reg == m.rm)
        i->kind = INSN_SET;
}

static void set_target(struct insn *i, enum insn_kind kind, int64_t offset, const struct cursor *c,
                       vaddr_t pc)
{
    i->kind = kind, i->imm = (int64_t)(pc + c->at + (uint64_t)offset);
}

static bool decode_two_byte(struct insn *i, struct cursor *c, vaddr_t pc)
{
    uint8_t op = next_byte(c);
    if (op == 0x05) {
        i->kind = INSN_SYSCALL;
    } else if ((op & 0xf0) == 0x80) {
        int64_t offset = next_signed(c, 4);
        set_target(i, INSN_BRANCH, offset, c, pc);
    } else {
        return false;
    }
    return true;
}

static bool decode_opcode(struct insn *i, struct cursor *c, uint8_t op, vaddr_t pc)
{
    int64_t offset;
    switch (op) {
    case 0x89:
    case 0x8b:
        decode_mov(i, c, op, pc);
        return true;
    case 0x8d:
        decode_lea(i, c, pc);
        return true;
    case 0x81:
    case 0x83:
        decode_arithmetic(i, c, op, pc);
        return true;
    case 0xc7:
        decode_store_immediate(i, c, pc);
        return true;
    case 0x31:
    case 0x33:
        decode_xor(i, c);
        return true;
    case 0xc3:
        i->kind = INSN_RETURN;
        return true;
    case 0xe8:
    case 0xe9:
        offset = next_signed(c, 4);
        set_target(i, op == 0xe8 ? INSN_CALL : INSN_JUMP, offset, c, pc);
        return true;
    case 0xeb:
        offset = next_signed(c, 1);
        set_target(i, INSN_JUMP, offset, c, pc);
        return true;
    case 0x0f:
        return decode_two_byte(i, c, pc);
    }
    if ((op & 0xf8) == 0xb8) {
        i->kind = INSN_SET, i->rd = (uint8_t)((op & 7) | (c->rex & 1) << 3);
        i->imm = next_signed(c, rex_w(c) ? 8 : 4);
        return true;
    }
    if ((op & 0xf0) == 0x70) {
        offset = next_signed(c, 1);
        set_target(i, INSN_BRANCH, offset, c, pc);
        return true;
    }
    return false;
}

static void decode(struct span code, vaddr_t pc, struct insn *out)
{
    struct cursor c = {.code = code};
    *out = insn_other(0);
    uint8_t op = next_byte(&c);
    if ((op & 0xf0) == 0x40) {
        c.rex = op;
        op = next_byte(&c);
    }
    struct insn i = insn_other(0);
    if (!decode_opcode(&i, &c, op, pc) || c.truncated)
        return;
    if (c.rex && i.kind >= INSN_BRANCH) /* nobody writes one before a branch: it's the end of
                                           another instruction */
        return;
    i.size_bytes = (uint8_t)c.at;
    *out = i;
}

static const char *const registers[REG_COUNT] = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9",  "r10", "r11",
    "r12", "r13", "r14", "r15", "?",   "?",   "?",   "?",   "?",  "?",   "?",   "?",
    "?",   "?",   "?",   "?",   "?",   "?",   "?",   "?",   "0",  "rip",
};

const struct isa isa_amd64 = {
    .decode = decode,
    .registers = registers,
    .triple = "x86_64-linux-gnu",
    .sizes_known = false,
    .sp = SP,
    .g = 14,
    .argument = 0,
    .syscall_number = 0,
    .buffer = 11,
    .slot = 7,
    .value = 0,
    .link_register = false,
};
