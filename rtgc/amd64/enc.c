/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/amd64/enc.h"

#include <inttypes.h>
#include <string.h>

static const char *const q[16] = {"%rax", "%rcx", "%rdx", "%rbx", "%rsp", "%rbp", "%rsi", "%rdi",
                                  "%r8",  "%r9",  "%r10", "%r11", "%r12", "%r13", "%r14", "%r15"};
static const char *const l[16] = {"%eax",  "%ecx",  "%edx",  "%ebx", "%esp",  "%ebp",
                                  "%esi",  "%edi",  "%r8d",  "%r9d", "%r10d", "%r11d",
                                  "%r12d", "%r13d", "%r14d", "%r15d"};
static const char *const w[16] = {"%ax",   "%cx",   "%dx",   "%bx",  "%sp",   "%bp",
                                  "%si",   "%di",   "%r8w",  "%r9w", "%r10w", "%r11w",
                                  "%r12w", "%r13w", "%r14w", "%r15w"};
static const char *const b[16] = {"%al",   "%cl",   "%dl",   "%bl",  "%spl",  "%bpl",
                                  "%sil",  "%dil",  "%r8b",  "%r9b", "%r10b", "%r11b",
                                  "%r12b", "%r13b", "%r14b", "%r15b"};
static const char *const cc_names[] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                       "s", "ns", "p", "np", "l", "ge", "le", "g"};
static const char *const alu_names[] = {"add", "or", "adc", "sbb", "and", "sub", "xor", "cmp"};

static const char *reg(int bits, int r)
{
    return bits == 64 ? q[r] : bits == 32 ? l[r] : bits == 16 ? w[r] : b[r];
}

static char suffix(int bits)
{
    return bits == 64 ? 'q' : bits == 32 ? 'l' : bits == 16 ? 'w' : 'b';
}

/* An instruction while its bytes are put together. */
struct x86 {
    uint8_t at[16];
    size_t n;
};

static void byte(struct x86 *x, unsigned v)
{
    x->at[x->n++] = (uint8_t)v;
}

static void imm32(struct x86 *x, int64_t v)
{
    for (int i = 0; i < 32; i += 8)
        byte(x, (unsigned)(v >> i) & 0xff);
}

/* REX for the reg and rm fields; a byte register above bl needs one too. */
static void rex(struct x86 *x, bool wide, int r, int rm, bool force)
{
    unsigned v = 0x40u | (wide ? 8u : 0) | (r >= 8 ? 4u : 0) | (rm >= 8 ? 1u : 0);
    if (v != 0x40 || force)
        byte(x, v);
}

static void modrm_reg(struct x86 *x, int r, int rm)
{
    byte(x, 0xc0u | (unsigned)(r & 7) << 3 | (unsigned)(rm & 7));
}

static bool fits8(int64_t v)
{
    return v >= -128 && v <= 127;
}

/* The memory operand; `behind` bytes of immediate follow it. A symbol's relocation is at the field
 * itself. */
static void modrm_mem(struct code *c, struct x86 *x, int r, struct x86_mem m, int behind)
{
    unsigned field = (unsigned)(r & 7) << 3;
    if (m.is_sym) {
        byte(x, field | 5);
        struct reloc reloc = {.at = c->bytes.n + x->n,
                              .kind = RELOC_PC32,
                              .sym = m.sym,
                              .addend = m.disp - 4 - behind};
        vec_push(&c->unit->arena, &c->relocs, reloc);
        imm32(x, 0);
        return;
    }
    bool none = m.disp == 0 && (m.base & 7) != RBP, small = fits8(m.disp);
    byte(x, (none ? 0 : small ? 0x40u : 0x80u) | field | (unsigned)(m.base & 7));
    if ((m.base & 7) == RSP)
        byte(x, 0x24);
    if (small && !none)
        byte(x, (unsigned)m.disp & 0xff);
    else if (!none)
        imm32(x, m.disp);
}

static const char *mem_text(struct code *c, struct x86_mem m)
{
    if (!c->want_text)
        return "";
    if (m.is_sym)
        return arena_printf(&c->unit->arena, "%s(%%rip)", code_symbol(c, m.sym, m.disp));
    if (!m.disp)
        return arena_printf(&c->unit->arena, "(%s)", q[m.base]);
    return arena_printf(&c->unit->arena, "%" PRId64 "(%s)", m.disp, q[m.base]);
}

static int mem_base(struct x86_mem m)
{
    return m.is_sym ? 0 : m.base;
}

void x86_alu(struct code *c, enum x86_alu op, int bits, int dst, int src)
{
    struct x86 x = {0};
    rex(&x, bits == 64, src, dst, false);
    byte(&x, (unsigned)op << 3 | 1);
    modrm_reg(&x, src, dst);
    code_put(c, x.at, x.n, "%s%c %s, %s", alu_names[op], suffix(bits), reg(bits, src),
             reg(bits, dst));
}

void x86_alu_imm(struct code *c, enum x86_alu op, int bits, int dst, int32_t imm)
{
    struct x86 x = {0};
    rex(&x, bits == 64, 0, dst, false);
    if (fits8(imm)) {
        byte(&x, 0x83);
        modrm_reg(&x, (int)op, dst);
        byte(&x, (unsigned)imm & 0xff);
    } else {
        if (dst == RAX) {
            byte(&x, (unsigned)op << 3 | 5);
        } else {
            byte(&x, 0x81);
            modrm_reg(&x, (int)op, dst);
        }
        imm32(&x, imm);
    }
    code_put(c, x.at, x.n, "%s%c $%d, %s", alu_names[op], suffix(bits), imm, reg(bits, dst));
}

void x86_test(struct code *c, int a, int r)
{
    struct x86 x = {0};
    rex(&x, true, r, a, false);
    byte(&x, 0x85);
    modrm_reg(&x, r, a);
    code_put(c, x.at, x.n, "testq %s, %s", q[r], q[a]);
}

void x86_mov(struct code *c, int dst, int src)
{
    struct x86 x = {0};
    rex(&x, true, src, dst, false);
    byte(&x, 0x89);
    modrm_reg(&x, src, dst);
    code_put(c, x.at, x.n, "movq %s, %s", q[src], q[dst]);
}

void x86_mov_imm(struct code *c, int dst, int64_t imm)
{
    struct x86 x = {0};
    if (imm >= 0 && imm <= UINT32_MAX) {
        rex(&x, false, 0, dst, false);
        byte(&x, 0xb8u | (unsigned)(dst & 7));
        imm32(&x, imm);
        code_put(c, x.at, x.n, "movl $%" PRId64 ", %s", imm, l[dst]);
    } else if (imm >= INT32_MIN && imm < 0) {
        rex(&x, true, 0, dst, false);
        byte(&x, 0xc7);
        modrm_reg(&x, 0, dst);
        imm32(&x, imm);
        code_put(c, x.at, x.n, "movq $%" PRId64 ", %s", imm, q[dst]);
    } else {
        rex(&x, true, 0, dst, false);
        byte(&x, 0xb8u | (unsigned)(dst & 7));
        imm32(&x, imm);
        imm32(&x, imm >> 32);
        code_put(c, x.at, x.n, "movabsq $%" PRId64 ", %s", imm, q[dst]);
    }
}

void x86_mov_address(struct code *c, int dst, int32_t sym, int64_t offset)
{
    struct x86 x = {0};
    rex(&x, false, 0, dst, false);
    byte(&x, 0xb8u | (unsigned)(dst & 7));
    struct reloc r = {.at = c->bytes.n + x.n, .kind = RELOC_ABS32, .sym = sym, .addend = offset};
    vec_push(&c->unit->arena, &c->relocs, r);
    imm32(&x, 0);
    code_put(c, x.at, x.n, "movl $%s, %s", code_symbol(c, sym, offset), l[dst]);
}

void x86_imul(struct code *c, int dst, int src)
{
    struct x86 x = {0};
    rex(&x, true, dst, src, false);
    byte(&x, 0x0f);
    byte(&x, 0xaf);
    modrm_reg(&x, dst, src);
    code_put(c, x.at, x.n, "imulq %s, %s", q[src], q[dst]);
}

void x86_imul_imm(struct code *c, int dst, int src, int32_t imm)
{
    struct x86 x = {0};
    rex(&x, true, dst, src, false);
    byte(&x, fits8(imm) ? 0x6b : 0x69);
    modrm_reg(&x, dst, src);
    if (fits8(imm))
        byte(&x, (unsigned)imm & 0xff);
    else
        imm32(&x, imm);
    code_put(c, x.at, x.n, "imulq $%d, %s, %s", imm, q[src], q[dst]);
}

void x86_one(struct code *c, enum x86_one op, int r)
{
    static const char *const names[] = {"", "", "notq", "negq", "", "", "divq", "idivq"};
    struct x86 x = {0};
    rex(&x, true, 0, r, false);
    byte(&x, 0xf7);
    modrm_reg(&x, (int)op, r);
    code_put(c, x.at, x.n, "%s %s", names[op], q[r]);
}

static int shift_field(enum ir_op op)
{
    return op == OP_SHL ? 4 : op == OP_SHR ? 5 : 7;
}

static const char *shift_name(enum ir_op op)
{
    return op == OP_SHL ? "shlq" : op == OP_SHR ? "shrq" : "sarq";
}

void x86_shift_imm(struct code *c, enum ir_op op, int r, int count)
{
    struct x86 x = {0};
    rex(&x, true, 0, r, false);
    byte(&x, count == 1 ? 0xd1 : 0xc1);
    modrm_reg(&x, shift_field(op), r);
    if (count == 1) {
        code_put(c, x.at, x.n, "%s %s", shift_name(op), q[r]);
        return;
    }
    byte(&x, (unsigned)count);
    code_put(c, x.at, x.n, "%s $%d, %s", shift_name(op), count, q[r]);
}

void x86_shift_cl(struct code *c, enum ir_op op, int r)
{
    struct x86 x = {0};
    rex(&x, true, 0, r, false);
    byte(&x, 0xd3);
    modrm_reg(&x, shift_field(op), r);
    code_put(c, x.at, x.n, "%s %%cl, %s", shift_name(op), q[r]);
}

void x86_extend(struct code *c, bool is_signed, int bits, int dst, int src)
{
    struct x86 x = {0};
    rex(&x, is_signed, bits == 32 && !is_signed ? src : dst, bits == 32 && !is_signed ? dst : src,
        bits == 8 && src >= RSP);
    if (bits == 32 && !is_signed) {
        byte(&x, 0x89);
        modrm_reg(&x, src, dst);
        code_put(c, x.at, x.n, "movl %s, %s", l[src], l[dst]);
    } else if (bits == 32) {
        byte(&x, 0x63);
        modrm_reg(&x, dst, src);
        code_put(c, x.at, x.n, "movslq %s, %s", l[src], q[dst]);
    } else {
        byte(&x, 0x0f);
        byte(&x, (is_signed ? 0xbeu : 0xb6u) | (bits == 16));
        modrm_reg(&x, dst, src);
        code_put(c, x.at, x.n, "mov%c%c%c %s, %s", is_signed ? 's' : 'z', suffix(bits),
                 is_signed ? 'q' : 'l', reg(bits, src), is_signed ? q[dst] : l[dst]);
    }
}

void x86_lea(struct code *c, int dst, struct x86_mem m)
{
    struct x86 x = {0};
    rex(&x, true, dst, mem_base(m), false);
    byte(&x, 0x8d);
    modrm_mem(c, &x, dst, m, 0);
    code_put(c, x.at, x.n, "leaq %s, %s", mem_text(c, m), q[dst]);
}

void x86_lea_index(struct code *c, int dst, int base, int index)
{
    struct x86 x = {0};
    if (index == RSP ||
        (base & 7) == RBP) { /* rsp is no index, rbp as base would need a displacement */
        int t = base;
        base = index;
        index = t;
    }
    bool disp = (base & 7) == RBP;
    byte(&x, 0x48u | (dst >= 8 ? 4u : 0) | (index >= 8 ? 2u : 0) | (base >= 8 ? 1u : 0));
    byte(&x, 0x8d);
    byte(&x, (disp ? 0x44u : 4u) | (unsigned)(dst & 7) << 3);
    byte(&x, (unsigned)(index & 7) << 3 | (unsigned)(base & 7));
    if (disp)
        byte(&x, 0);
    code_put(c, x.at, x.n, "leaq (%s,%s), %s", q[base], q[index], q[dst]);
}

void x86_load(struct code *c, int bits, int dst, struct x86_mem m)
{
    struct x86 x = {0};
    rex(&x, bits == 64, dst, mem_base(m), false);
    if (bits < 32) {
        byte(&x, 0x0f);
        byte(&x, bits == 8 ? 0xb6 : 0xb7);
    } else {
        byte(&x, 0x8b);
    }
    modrm_mem(c, &x, dst, m, 0);
    if (bits < 32)
        code_put(c, x.at, x.n, "movz%cl %s, %s", suffix(bits), mem_text(c, m), l[dst]);
    else
        code_put(c, x.at, x.n, "mov%c %s, %s", suffix(bits), mem_text(c, m), reg(bits, dst));
}

void x86_store(struct code *c, int bits, int src, struct x86_mem m)
{
    struct x86 x = {0};
    if (bits == 16)
        byte(&x, 0x66);
    rex(&x, bits == 64, src, mem_base(m), bits == 8 && src >= RSP);
    byte(&x, bits == 8 ? 0x88 : 0x89);
    modrm_mem(c, &x, src, m, 0);
    code_put(c, x.at, x.n, "mov%c %s, %s", suffix(bits), reg(bits, src), mem_text(c, m));
}

void x86_store_imm(struct code *c, int bits, int32_t imm, struct x86_mem m)
{
    struct x86 x = {0};
    int bytes = bits == 8 ? 1 : bits == 16 ? 2 : 4;
    if (bits == 16)
        byte(&x, 0x66);
    rex(&x, bits == 64, 0, mem_base(m), false);
    byte(&x, bits == 8 ? 0xc6 : 0xc7);
    modrm_mem(c, &x, 0, m, bytes);
    for (int i = 0; i < bytes; i++)
        byte(&x, (unsigned)(imm >> (8 * i)) & 0xff);
    int32_t shown = bits == 8 ? (int8_t)imm : bits == 16 ? (int16_t)imm : imm;
    code_put(c, x.at, x.n, "mov%c $%d, %s", suffix(bits), shown, mem_text(c, m));
}

void x86_setcc(struct code *c, enum x86_cc cc, int r)
{
    struct x86 x = {0};
    rex(&x, false, 0, r, r >= RSP);
    byte(&x, 0x0f);
    byte(&x, 0x90u | cc);
    modrm_reg(&x, 0, r);
    code_put(c, x.at, x.n, "set%s %s", cc_names[cc], b[r]);
}

void x86_cqo(struct code *c)
{
    code_put(c, "\x48\x99", 2, "cqto");
}

void x86_xchg(struct code *c, int r, int s)
{
    struct x86 x = {0};
    if (r == RAX || s == RAX) { /* the short form */
        int other = r == RAX ? s : r;
        rex(&x, true, 0, other, false);
        byte(&x, 0x90u | (unsigned)(other & 7));
        code_put(c, x.at, x.n, "xchgq %s, %%rax", q[other]);
        return;
    }
    rex(&x, true, s, r, false);
    byte(&x, 0x87);
    modrm_reg(&x, s, r);
    code_put(c, x.at, x.n, "xchgq %s, %s", q[r], q[s]);
}

static void push_pop(struct code *c, unsigned opcode, const char *name, int r)
{
    struct x86 x = {0};
    rex(&x, false, 0, r, false);
    byte(&x, opcode | (unsigned)(r & 7));
    code_put(c, x.at, x.n, "%s %s", name, q[r]);
}

void x86_push(struct code *c, int r)
{
    push_pop(c, 0x50, "pushq", r);
}

void x86_pop(struct code *c, int r)
{
    push_pop(c, 0x58, "popq", r);
}

void x86_jmp(struct code *c, bool far, int64_t disp, const char *label)
{
    struct x86 x = {0};
    byte(&x, far ? 0xe9 : 0xeb);
    if (far)
        imm32(&x, disp - 5);
    else
        byte(&x, (unsigned)(disp - 2) & 0xff);
    code_put(c, x.at, x.n, "jmp %s", label);
}

void x86_jcc(struct code *c, enum x86_cc cc, bool far, int64_t disp, const char *label)
{
    struct x86 x = {0};
    if (far) {
        byte(&x, 0x0f);
        byte(&x, 0x80u | cc);
        imm32(&x, disp - 6);
    } else {
        byte(&x, 0x70u | cc);
        byte(&x, (unsigned)(disp - 2) & 0xff);
    }
    code_put(c, x.at, x.n, "j%s %s", cc_names[cc], label);
}

void x86_call(struct code *c, int32_t sym)
{
    struct reloc r = {.at = c->bytes.n + 1, .kind = RELOC_PC32, .sym = sym, .addend = -4};
    vec_push(&c->unit->arena, &c->relocs, r);
    code_put(c, "\xe8\0\0\0", 5, "callq %s", code_symbol(c, sym, 0));
}

void x86_call_reg(struct code *c, int r)
{
    struct x86 x = {0};
    rex(&x, false, 0, r, false);
    byte(&x, 0xff);
    modrm_reg(&x, 2, r);
    code_put(c, x.at, x.n, "callq *%s", q[r]);
}

void x86_ret(struct code *c)
{
    code_put(c, "\xc3", 1, "retq");
}

void x86_syscall(struct code *c)
{
    code_put(c, "\x0f\x05", 2, "syscall");
}

void x86_mfence(struct code *c)
{
    code_put(c, "\x0f\xae\xf0", 3, "mfence");
}

void x86_ud2(struct code *c)
{
    code_put(c, "\x0f\x0b", 2, "ud2");
}

void x86_rep_stosq(struct code *c)
{
    code_put(c, "\xf3\x48\xab", 3, "rep stosq %%rax, %%es:(%%rdi)");
}
