/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/arm64/enc.h"

#include <inttypes.h>

static const char *const xn[32] = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",
                                   "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
                                   "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
                                   "x24", "x25", "x26", "x27", "x28", "x29", "x30", "sp"};
static const char *const conds[] = {"eq", "ne", "hs", "lo", "mi", "pl", "vs",
                                    "vc", "hi", "ls", "ge", "lt", "gt", "le"};

/* 31 is the zero register in most places, the stack pointer in some. */
static const char *xz(int r)
{
    return r == XZR ? "xzr" : xn[r];
}

static const char *wz(struct code *c, int r)
{
    if (!c->want_text)
        return "";
    return r == XZR ? "wzr" : arena_printf(&c->unit->arena, "w%d", r);
}

static uint32_t rdn(int rd, int rn)
{
    return (uint32_t)rd | (uint32_t)rn << 5;
}

static uint32_t rdnm(int rd, int rn, int rm)
{
    return rdn(rd, rn) | (uint32_t)rm << 16;
}

bool a64_addsub_fits(int64_t v)
{
    return (v >= 0 && v < 4096) || (v >= 0 && v < 1 << 24 && !(v & 4095));
}

void a64_addsub_imm(struct code *c, int op, int rd, int rn, uint32_t v)
{
    static const char *const text[] = {"add", "adds", "sub", "subs"};
    bool shifted = v >= 4096, flags = op & 1;
    uint32_t imm = shifted ? v >> 12 | 1u << 12 : v;
    uint32_t word = 0x91000000u | (uint32_t)op << 29 | imm << 10 | rdn(rd, rn);
    if (op == 3 && rd == XZR)
        code_put32(c, word, "cmp %s, #%u%s", xn[rn], imm & 4095, shifted ? ", lsl #12" : "");
    else
        code_put32(c, word, "%s %s, %s, #%u%s", text[op], flags ? xz(rd) : xn[rd], xn[rn],
                   imm & 4095, shifted ? ", lsl #12" : "");
}

void a64_addsub_reg(struct code *c, int op, int rd, int rn, int rm)
{
    static const char *const text[] = {"add", "adds", "sub", "subs"};
    uint32_t word = 0x8b000000u | (uint32_t)op << 29 | rdnm(rd, rn, rm);
    code_put32(c, word, "%s %s, %s, %s", text[op], xz(rd), xz(rn), xz(rm));
}

/* A bitmask immediate repeats an element of 2 to 64 bits that is a rotated run of ones (C6.2,
 * DecodeBitMasks). */
bool a64_bitmask(uint64_t v, uint32_t *fields)
{
    if (v == 0 || v == ~(uint64_t)0)
        return false;
    unsigned size = 64;
    while (size > 2) {
        unsigned half = size / 2;
        uint64_t mask = ((uint64_t)1 << half) - 1;
        if ((v & mask) != (v >> half & mask))
            break;
        size = half;
    }
    uint64_t mask = size == 64 ? ~(uint64_t)0 : ((uint64_t)1 << size) - 1;
    uint64_t element = v & mask;
    unsigned ones = (unsigned)__builtin_popcountll(element);
    for (unsigned rotate = 0; rotate < size; rotate++) {
        uint64_t run = ((uint64_t)1 << ones) - 1;
        uint64_t turned = rotate ? (run >> rotate | run << (size - rotate)) & mask : run;
        if (turned != element)
            continue;
        uint32_t imms = (~(size * 2 - 1) & 0x3f) | (ones - 1);
        *fields = (size == 64 ? 1u << 22 : 0) | rotate << 16 | (imms & 0x3f) << 10;
        return true;
    }
    return false;
}

void a64_logic_imm(struct code *c, int op, int rd, int rn, uint64_t v)
{
    static const char *const text[] = {"and", "orr", "eor"};
    uint32_t fields = 0;
    a64_bitmask(v, &fields);
    uint32_t word = 0x92000000u | (uint32_t)op << 29 | fields | rdn(rd, rn);
    code_put32(c, word, "%s %s, %s, #0x%" PRIx64, text[op], xn[rd], xz(rn), v);
}

void a64_logic_reg(struct code *c, int op, bool invert, int rd, int rn, int rm)
{
    static const char *const text[2][3] = {{"and", "orr", "eor"}, {"bic", "orn", "eon"}};
    uint32_t word = 0x8a000000u | (uint32_t)op << 29 | (invert ? 1u << 21 : 0) | rdnm(rd, rn, rm);
    code_put32(c, word, "%s %s, %s, %s", text[invert][op], xz(rd), xz(rn), xz(rm));
}

void a64_mov_wide(struct code *c, int op, int rd, uint16_t v, int shift)
{
    static const char *const text[] = {"movn", "", "movz", "movk"};
    uint32_t word = 0x92800000u | (uint32_t)op << 29 | (uint32_t)(shift / 16) << 21 |
                    (uint32_t)v << 5 | (uint32_t)rd;
    code_put32(c, word, "%s %s, #0x%x, lsl #%d", text[op], xz(rd), v, shift);
}

void a64_mov(struct code *c, int rd, int rm)
{
    code_put32(c, 0xaa0003e0u | (uint32_t)rm << 16 | (uint32_t)rd, "mov %s, %s", xz(rd), xz(rm));
}

static uint32_t bitfield(bool is_signed, int rd, int rn, int immr, int imms)
{
    return (is_signed ? 0x93400000u : 0xd3400000u) | (uint32_t)immr << 16 | (uint32_t)imms << 10 |
           rdn(rd, rn);
}

void a64_shift_imm(struct code *c, enum ir_op op, int rd, int rn, int n)
{
    if (op == OP_SHL)
        code_put32(c, bitfield(false, rd, rn, (64 - n) & 63, 63 - n), "lsl %s, %s, #%d", xz(rd),
                   xz(rn), n);
    else
        code_put32(c, bitfield(op == OP_SAR, rd, rn, n, 63), "%s %s, %s, #%d",
                   op == OP_SAR ? "asr" : "lsr", xz(rd), xz(rn), n);
}

void a64_ubfx(struct code *c, int rd, int rn, int lsb, int bits)
{
    code_put32(c, bitfield(false, rd, rn, lsb, lsb + bits - 1), "ubfx %s, %s, #%d, #%d", xz(rd),
               xz(rn), lsb, bits);
}

void a64_extend(struct code *c, bool is_signed, int bits, int rd, int rn)
{
    char letter = bits == 8 ? 'b' : bits == 16 ? 'h' : 'w';
    if (is_signed)
        code_put32(c, bitfield(true, rd, rn, 0, bits - 1), "sxt%c %s, %s", letter, xz(rd),
                   wz(c, rn));
    else if (bits == 32)
        code_put32(c, 0x2a0003e0u | (uint32_t)rn << 16 | (uint32_t)rd, "mov %s, %s", wz(c, rd),
                   wz(c, rn));
    else
        code_put32(c, 0x53000000u | (uint32_t)(bits - 1) << 10 | rdn(rd, rn), "uxt%c %s, %s",
                   letter, wz(c, rd), wz(c, rn));
}

void a64_shift_reg(struct code *c, enum ir_op op, int rd, int rn, int rm)
{
    uint32_t kind = op == OP_SHL ? 0 : op == OP_SHR ? 1 : 2;
    static const char *const text[] = {"lsl", "lsr", "asr"};
    code_put32(c, 0x9ac02000u | kind << 10 | rdnm(rd, rn, rm), "%s %s, %s, %s", text[kind], xz(rd),
               xz(rn), xz(rm));
}

void a64_mul(struct code *c, int rd, int rn, int rm)
{
    code_put32(c, 0x9b007c00u | rdnm(rd, rn, rm), "mul %s, %s, %s", xz(rd), xz(rn), xz(rm));
}

void a64_div(struct code *c, bool is_signed, int rd, int rn, int rm)
{
    uint32_t word = (is_signed ? 0x9ac00c00u : 0x9ac00800u) | rdnm(rd, rn, rm);
    code_put32(c, word, "%s %s, %s, %s", is_signed ? "sdiv" : "udiv", xz(rd), xz(rn), xz(rm));
}

void a64_msub(struct code *c, int rd, int rn, int rm, int ra)
{
    code_put32(c, 0x9b008000u | (uint32_t)ra << 10 | rdnm(rd, rn, rm), "msub %s, %s, %s, %s",
               xz(rd), xz(rn), xz(rm), xz(ra));
}

void a64_cset(struct code *c, int rd, enum a64_cond cond)
{
    code_put32(c, 0x9a9f07e0u | (uint32_t)(cond ^ 1) << 12 | (uint32_t)rd, "cset %s, %s", xz(rd),
               conds[cond]);
}

void a64_csel(struct code *c, int rd, int rn, int rm, enum a64_cond cond)
{
    code_put32(c, 0x9a800000u | (uint32_t)cond << 12 | rdnm(rd, rn, rm), "csel %s, %s, %s, %s",
               xz(rd), xz(rn), xz(rm), conds[cond]);
}

static int size_field(int bits)
{
    return bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
}

static bool scaled(int64_t disp, int bits)
{
    int64_t bytes = bits / 8;
    return disp >= 0 && disp % bytes == 0 && disp / bytes < 4096;
}

bool a64_disp_fits(int64_t disp, int bits)
{
    return scaled(disp, bits) || (disp >= -256 && disp < 256);
}

static void memory(struct code *c, bool load, int bits, int rt, int rn, int64_t disp)
{
    static const char suffix[] = "bh";
    int size = size_field(bits);
    bool s = scaled(disp, bits);
    uint32_t word = (uint32_t)size << 30 | (load ? 1u << 22 : 0) | rdn(rt, rn);
    word |= s ? 0x39000000u | (uint32_t)(disp / (bits / 8)) << 10
              : 0x38000000u | ((uint32_t)disp & 0x1ff) << 12;
    code_put32(c, word, "%s%sr%.*s %s, [%s, #%" PRId64 "]", load ? "ld" : "st", s ? "" : "u",
               size < 2, &suffix[size & 1], size == 3 ? xz(rt) : wz(c, rt), xn[rn], disp);
}

void a64_load(struct code *c, int bits, int rt, int rn, int64_t disp)
{
    memory(c, true, bits, rt, rn, disp);
}

void a64_store(struct code *c, int bits, int rt, int rn, int64_t disp)
{
    memory(c, false, bits, rt, rn, disp);
}

void a64_pair(struct code *c, bool load, int mode, int rt, int rt2, int rn, int64_t disp)
{
    uint32_t word = 0xa8000000u | (uint32_t)mode << 23 | (load ? 1u << 22 : 0) |
                    ((uint32_t)(disp / 8) & 0x7f) << 15 | (uint32_t)rt2 << 10 | rdn(rt, rn);
    const char *op = load ? "ldp" : "stp";
    if (mode == 1)
        code_put32(c, word, "%s %s, %s, [%s], #%" PRId64, op, xz(rt), xz(rt2), xn[rn], disp);
    else
        code_put32(c, word, "%s %s, %s, [%s, #%" PRId64 "]%s", op, xz(rt), xz(rt2), xn[rn], disp,
                   mode == 3 ? "!" : "");
}

void a64_single_index(struct code *c, bool load, bool pre, int rt, int rn, int64_t disp)
{
    uint32_t word = (load ? 0xf8400400u : 0xf8000400u) | (pre ? 0x800u : 0) |
                    ((uint32_t)disp & 0x1ff) << 12 | rdn(rt, rn);
    const char *op = load ? "ldr" : "str";
    if (pre)
        code_put32(c, word, "%s %s, [%s, #%" PRId64 "]!", op, xz(rt), xn[rn], disp);
    else
        code_put32(c, word, "%s %s, [%s], #%" PRId64, op, xz(rt), xn[rn], disp);
}

void a64_adr(struct code *c, int rd, const char *symbol)
{
    code_put32(c, 0x10000000u | (uint32_t)rd, "adr %s, %s", xn[rd], symbol);
}

void a64_adrp(struct code *c, int rd, const char *symbol)
{
    code_put32(c, 0x90000000u | (uint32_t)rd, "adrp %s, %s", xn[rd], symbol);
}

void a64_add_lo12(struct code *c, int rd, int rn, const char *symbol)
{
    code_put32(c, 0x91000000u | rdn(rd, rn), "add %s, %s, :lo12:%s", xn[rd], xn[rn], symbol);
}

void a64_b(struct code *c, int64_t disp, const char *label)
{
    code_put32(c, 0x14000000u | ((uint32_t)(disp / 4) & 0x3ffffff), "b %s", label);
}

void a64_bcond(struct code *c, enum a64_cond cond, int64_t disp, const char *label)
{
    code_put32(c, 0x54000000u | ((uint32_t)(disp / 4) & 0x7ffff) << 5 | cond, "b.%s %s",
               conds[cond], label);
}

void a64_cbz(struct code *c, bool nonzero, int rt, int64_t disp, const char *label)
{
    code_put32(c,
               (nonzero ? 0xb5000000u : 0xb4000000u) | ((uint32_t)(disp / 4) & 0x7ffff) << 5 |
                   (uint32_t)rt,
               "%s %s, %s", nonzero ? "cbnz" : "cbz", xz(rt), label);
}

void a64_bl(struct code *c, const char *symbol)
{
    code_put32(c, 0x94000000u, "bl %s", symbol);
}

void a64_blr(struct code *c, int rn)
{
    code_put32(c, 0xd63f0000u | (uint32_t)rn << 5, "blr %s", xz(rn));
}

void a64_ret(struct code *c)
{
    code_put32(c, 0xd65f03c0u, "ret");
}

void a64_svc(struct code *c)
{
    code_put32(c, 0xd4000001u, "svc #0");
}

void a64_brk(struct code *c)
{
    code_put32(c, 0xd4200000u, "brk #0");
}

void a64_dsb_ish(struct code *c)
{
    code_put32(c, 0xd5033b9fu, "dsb ish");
}

void a64_dmb_ish(struct code *c)
{
    code_put32(c, 0xd5033bbfu, "dmb ish");
}

void a64_isb(struct code *c)
{
    code_put32(c, 0xd5033fdfu, "isb");
}

void a64_mrs_ctr(struct code *c, int rt)
{
    code_put32(c, 0xd53b0020u | (uint32_t)rt, "mrs %s, ctr_el0", xz(rt));
}

void a64_dc_cvau(struct code *c, int rt)
{
    code_put32(c, 0xd50b7b20u | (uint32_t)rt, "dc cvau, %s", xz(rt));
}

void a64_ic_ivau(struct code *c, int rt)
{
    code_put32(c, 0xd50b7520u | (uint32_t)rt, "ic ivau, %s", xz(rt));
}
