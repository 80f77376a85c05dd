/* SPDX-License-Identifier: Apache-2.0 */
/* A64. Source: Arm Architecture Reference Manual, C4.1 (encodings). Register 31 is sp here; where
 * it means zero it is REG_ZERO. */
#include "gobin/isa.h"

enum { SP = 31 };

static uint32_t field(uint32_t w, unsigned low, unsigned bits)
{
    return w >> low & ((1u << bits) - 1);
}

static uint8_t zero_or(uint32_t reg)
{
    return reg == SP ? REG_ZERO : (uint8_t)reg;
}

/* DecodeBitMasks for the forms that are one run of ones repeated: N, immr, imms in bits 22..10. */
static bool bitmask(uint32_t w, uint64_t *out)
{
    uint32_t n = field(w, 22, 1), immr = field(w, 16, 6), imms = field(w, 10, 6);
    uint32_t combined = n << 6 | (~imms & 0x3f);
    if (combined < 2)
        return false;
    unsigned size = 1u << (31 - __builtin_clz(combined));
    unsigned ones = (imms & (size - 1)) + 1, rotate = immr & (size - 1);
    if (ones == size)
        return false;
    uint64_t element = (1ull << ones) - 1;
    uint64_t mask = size == 64 ? ~0ull : (1ull << size) - 1;
    if (rotate)
        element = (element >> rotate | element << (size - rotate)) & mask;
    for (unsigned width = size; width < 64; width *= 2)
        element |= element << width;
    *out = element;
    return true;
}

static void decode_immediate(uint32_t w, vaddr_t pc, struct insn *i)
{
    uint8_t rd = (uint8_t)field(w, 0, 5), rn = (uint8_t)field(w, 5, 5);
    int64_t page = sign_extend((uint64_t)field(w, 5, 19) << 2 | field(w, 29, 2), 21);
    uint64_t mask;
    if ((w & 0x9f000000) == 0x90000000) { /* adrp */
        i->kind = INSN_ADDRESS, i->rd = zero_or(rd),
        i->imm = (int64_t)((pc & ~0xfffull) + ((uint64_t)page << 12));
    } else if ((w & 0x9f000000) == 0x10000000) { /* adr */
        i->kind = INSN_ADDRESS, i->rd = zero_or(rd), i->imm = (int64_t)(pc + (uint64_t)page);
    } else if ((w & 0xbf800000) == 0x91000000) { /* add, sub: 64-bit */
        i->imm = (int64_t)field(w, 10, 12) << (field(w, 22, 1) ? 12 : 0);
        i->kind = INSN_ADD, i->rd = rd, i->rn = rn;
        if (field(w, 30, 1))
            i->imm = -i->imm;
    } else if ((w & 0x7f800000) == 0x52800000) { /* movz */
        i->kind = INSN_SET, i->rd = zero_or(rd),
        i->imm = (int64_t)((uint64_t)field(w, 5, 16) << 16 * field(w, 21, 2));
    } else if ((w & 0x7f8003e0) == 0x320003e0 && bitmask(w, &mask)) { /* orr rd, zr, #mask */
        i->kind = INSN_SET, i->rd = rd, i->imm = (int64_t)(w >> 31 ? mask : (uint32_t)mask);
    }
}

static void decode_memory(uint32_t w, struct insn *i)
{
    unsigned size = field(w, 30, 2);
    bool vector = field(w, 26, 1);
    i->rd = zero_or(field(w, 0, 5)), i->rn = (uint8_t)field(w, 5, 5);
    i->width_bytes = (uint8_t)(1u << size);
    if ((w & 0x3a000000) == 0x28000000) { /* ldp, stp */
        unsigned shift = size == 2 ? 3 : 2, mode = field(w, 23, 2);
        i->kind = field(w, 22, 1) ? INSN_LOAD : INSN_STORE;
        i->rd2 = zero_or(field(w, 10, 5)), i->width_bytes = (uint8_t)(1u << shift);
        i->imm = sign_extend(field(w, 15, 7), 7) * (1 << shift), i->writeback = mode & 1;
    } else if ((w & 0x3b000000) == 0x39000000) { /* unsigned offset */
        i->kind = field(w, 22, 2) ? INSN_LOAD : INSN_STORE, i->imm = (int64_t)field(w, 10, 12)
                                                                     << size;
    } else if ((w & 0x3b200000) == 0x38000000) { /* unscaled, pre- and post-indexed */
        i->kind = field(w, 22, 2) ? INSN_LOAD : INSN_STORE,
        i->imm = sign_extend(field(w, 12, 9), 9);
        i->writeback = field(w, 10, 1);
    } else if ((w & 0x3b200c00) == 0x38200800) { /* register offset */
        i->kind = field(w, 22, 2) ? INSN_LOAD : INSN_STORE, i->indexed = true,
        i->rm = (uint8_t)field(w, 16, 5);
    } else {
        *i = insn_other(4);
        return;
    }
    if (vector) /* the data isn't in a general register */
        i->rd = REG_NONE, i->rd2 = REG_NONE, i->indexed = true;
}

static void decode_branch(uint32_t w, vaddr_t pc, struct insn *i)
{
    uint64_t near = pc + (uint64_t)sign_extend((uint64_t)field(w, 5, 19) << 2, 21);
    if ((w & 0x7c000000) == 0x14000000) { /* b, bl */
        i->kind = w >> 31 ? INSN_CALL : INSN_JUMP;
        i->imm = (int64_t)(pc + (uint64_t)sign_extend((uint64_t)field(w, 0, 26) << 2, 28));
    } else if ((w & 0x7e000000) == 0x34000000) { /* cbz, cbnz */
        i->kind = INSN_BRANCH, i->rd = zero_or(field(w, 0, 5)), i->imm = (int64_t)near;
    } else if ((w & 0x7e000000) == 0x36000000) { /* tbz, tbnz */
        i->kind = INSN_BRANCH,
        i->imm = (int64_t)(pc + (uint64_t)sign_extend((uint64_t)field(w, 5, 14) << 2, 16));
    } else if ((w & 0xff000010) == 0x54000000) { /* b.cond */
        i->kind = INSN_BRANCH, i->imm = (int64_t)near;
    } else if ((w & 0xfffffc1f) == 0xd65f0000) {
        i->kind = INSN_RETURN;
    } else if ((w & 0xffdffc1f) == 0xd61f0000) { /* br, blr */
        i->kind = field(w, 21, 1) ? INSN_CALL : INSN_JUMP, i->rn = (uint8_t)field(w, 5, 5);
    } else if ((w & 0xffe0001f) == 0xd4000001) {
        i->kind = INSN_SYSCALL;
    }
}

static void decode_register(uint32_t w, struct insn *i)
{
    uint8_t rd = zero_or(field(w, 0, 5)), rn = zero_or(field(w, 5, 5)),
            rm = zero_or(field(w, 16, 5));
    if ((w & 0xffe0fc00) == 0xaa000000 && rn == REG_ZERO) /* orr rd, zr, rm */
        i->kind = INSN_MOVE, i->rd = rd, i->rn = rm;
    else if ((w & 0xffe0fc00) == 0x8b000000)
        i->kind = INSN_ADD_REG, i->rd = rd, i->rn = rn, i->rm = rm;
    else
        i->rd = rd;
}

static void decode(struct span code, vaddr_t pc, struct insn *out)
{
    uint32_t w;
    *out = insn_other(4);
    if (!span_u32(code, 0, &w))
        return;
    switch (field(w, 25, 4)) {
    case 0x8:
    case 0x9:
        decode_immediate(w, pc, out);
        break;
    case 0xa:
    case 0xb:
        decode_branch(w, pc, out);
        break;
    case 0x4:
    case 0x6:
    case 0xc:
    case 0xe:
        decode_memory(w, out);
        break;
    case 0x5:
    case 0xd:
        decode_register(w, out);
        break;
    }
}

/* The groups are those of table C4-1. */
static bool may_change(struct span code, uint8_t reg)
{
    uint32_t w;
    if (!span_u32(code, 0, &w))
        return true;
    uint32_t rd = field(w, 0, 5), rn = field(w, 5, 5);
    switch (field(w, 25, 4)) {
    case 0x8: /* immediates, branches and system, registers, vectors */
    case 0x9:
    case 0xa:
    case 0xb:
    case 0x5:
    case 0xd:
    case 0x7:
    case 0xf:
        return rd == reg;
    case 0x4: /* memory: atomics and exclusives have results in any field */
    case 0x6:
    case 0xc:
    case 0xe:
        return rn == reg || rd == reg || field(w, 10, 5) == reg || field(w, 16, 5) == reg;
    default:
        return true;
    }
}

static bool may_store(struct span code)
{
    uint32_t w;
    return !span_u32(code, 0, &w) || (field(w, 25, 4) & 5) == 4 || field(w, 25, 4) < 4;
}

/* What `next` looks for. Distances are in instructions or pages, from the code's start: 32 bits of
 * them reach further than a file is long. */
struct quarry {
    uint32_t low, span;           /* targets of calls */
    uint32_t page_low, page_span; /* pages of addresses */
    uint32_t in_page;             /* where in its page the code starts */
};

static inline bool matches(const struct quarry *q, enum insn_kind kind, uint32_t w, uint32_t index)
{
    uint32_t call = index + (uint32_t)((int32_t)(w << 6) >> 6);
    uint32_t page =
        ((q->in_page + index) >> 10) + ((uint32_t)((int32_t)(w << 8) >> 13) << 2 | (w >> 29 & 3));
    switch (kind) {
    case INSN_SYSCALL:
        return (w & 0xffe0001f) == 0xd4000001;
    case INSN_ADDRESS: /* adr reaches 1 MiB: any of them */
        return (((w & 0x9f000000) == 0x90000000) & (page - q->page_low <= q->page_span)) |
               ((w & 0x9f000000) == 0x10000000);
    default:
        return ((w & 0x7c000000) == 0x14000000) & (call - q->low <= q->span);
    }
}

/* Most blocks hold nothing of the kind; without branches the compiler tests several words at once.
 */
static inline size_t next_of(const struct quarry *q, enum insn_kind kind, struct span code,
                             size_t at)
{
    enum { BLOCK = 64 };
    for (; at + 4 * BLOCK <= code.size; at += 4 * BLOCK) {
        uint32_t w[BLOCK], hits = 0;
        memcpy(w, code.data + at, sizeof(w));
        for (uint32_t k = 0; k < BLOCK; k++)
            hits |= matches(q, kind, w[k], (uint32_t)(at / 4) + k);
        if (hits)
            break;
    }
    for (uint32_t w; span_u32(code, at, &w); at += 4)
        if (matches(q, kind, w, (uint32_t)(at / 4)))
            return at;
    return code.size;
}

static size_t next(struct span code, vaddr_t pc, size_t at, enum insn_kind kind, vaddr_t low,
                   vaddr_t high)
{
    struct quarry q = {.low = (uint32_t)((low - pc) / 4),
                       .span = (uint32_t)((high - low) / 4),
                       .in_page = (uint32_t)(pc & 0xfff) / 4,
                       .page_low = (uint32_t)((low >> 12) - (pc >> 12)),
                       .page_span = (uint32_t)((high >> 12) - (low >> 12))};
    if (kind == INSN_SYSCALL)
        return next_of(&q, INSN_SYSCALL, code, at);
    return kind == INSN_ADDRESS ? next_of(&q, INSN_ADDRESS, code, at)
                                : next_of(&q, INSN_CALL, code, at);
}

static const char *const registers[REG_COUNT] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10", "x11",
    "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
    "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp",  "xzr", "pc",
};

const struct isa isa_arm64 = {
    .decode = decode,
    .may_change = may_change,
    .may_store = may_store,
    .next = next,
    .registers = registers,
    .triple = "aarch64-linux-gnu",
    .sizes_known = true,
    .sp = SP,
    .g = 28,
    .argument = 0,
    .syscall_number = 8,
    .buffer = 25,
    .slot = 2,
    .value = 3,
    .link_register = true,
};
