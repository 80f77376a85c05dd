/* SPDX-License-Identifier: Apache-2.0 */
/* The IR's instructions in A64. x16 and x17 are scratch: no temp lives in them. */
#include "rtgc/arm64/emit.h"

#define ZERO_INLINE 128 /* bytes of a buffer that are cleared without a loop */

static const uint8_t conds[NCCS] = {A64_EQ, A64_NE, A64_LT, A64_GE, A64_GT,
                                    A64_LE, A64_LO, A64_HS, A64_HI, A64_LS};

void arm64_move(struct code *c, int dst, int src)
{
    a64_mov(c, dst, src);
}

void arm64_swap(struct code *c, int a, int b)
{
    a64_mov(c, IP0, a);
    a64_mov(c, a, b);
    a64_mov(c, b, IP0);
}

/* A bitmask, or movz or movn of one half-word and movk of the others that differ. */
void arm64_constant(struct code *c, int dst, int64_t value)
{
    uint64_t v = (uint64_t)value;
    uint32_t fields;
    int zeros = 0, ones = 0;
    for (int s = 0; s < 64; s += 16) {
        zeros += (v >> s & 0xffff) == 0;
        ones += (v >> s & 0xffff) == 0xffff;
    }
    if (zeros < 3 && ones < 3 && a64_bitmask(v, &fields)) {
        a64_logic_imm(c, 1, dst, XZR, v);
        return;
    }
    bool inverted = ones > zeros, first = true;
    uint16_t skip = inverted ? 0xffff : 0;
    for (int s = 0; s < 64; s += 16) {
        uint16_t half = (uint16_t)(v >> s);
        if (half == skip)
            continue;
        if (first)
            a64_mov_wide(c, inverted ? 0 : 2, dst, inverted ? (uint16_t)~half : half, s);
        else
            a64_mov_wide(c, 3, dst, half, s);
        first = false;
    }
    if (first)
        a64_mov_wide(c, inverted ? 0 : 2, dst, 0, 0);
}

void arm64_address(struct code *c, int dst, int32_t sym, int64_t offset)
{
    const char *text = code_symbol(c, sym, offset);
    if (!c->far) {
        code_reloc(c, RELOC_ADR, sym, offset);
        a64_adr(c, dst, text);
        return;
    }
    code_reloc(c, RELOC_ADRP, sym, offset);
    a64_adrp(c, dst, text);
    code_reloc(c, RELOC_LO12, sym, offset);
    a64_add_lo12(c, dst, dst, text);
}

/* dst = rn + value; dst differs from rn, or the value fits an immediate. */
static void add_constant(struct code *c, int dst, int rn, int64_t value)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    int op = value < 0 ? 2 : 0;
    if (a64_addsub_fits((int64_t)size)) {
        a64_addsub_imm(c, op, dst, rn, (uint32_t)size);
    } else if (size < 1 << 24) {
        a64_addsub_imm(c, op, dst, rn, (uint32_t)size & ~4095u);
        a64_addsub_imm(c, op, dst, dst, (uint32_t)size & 4095);
    } else {
        arm64_constant(c, IP1, value);
        if (rn == SP) {
            a64_addsub_imm(c, 0, dst, SP, 0);
            rn = dst;
        }
        a64_addsub_reg(c, 0, dst, rn, IP1);
    }
}

void arm64_slot_address(struct code *c, int dst, int64_t offset)
{
    add_constant(c, dst, SP, offset);
}

void arm64_slot_load(struct code *c, int dst, int64_t offset)
{
    if (!a64_disp_fits(offset, 64)) {
        add_constant(c, dst, SP, offset & ~4095);
        a64_load(c, 64, dst, dst, offset & 4095);
        return;
    }
    a64_load(c, 64, dst, SP, offset);
}

/* The stack pointer plus the far part of an offset goes to the scratch register that does not hold
 * src. */
void arm64_slot_store(struct code *c, int src, int64_t offset)
{
    int base = src == IP0 ? IP1 : IP0;
    if (a64_disp_fits(offset, 64)) {
        a64_store(c, 64, src, SP, offset);
        return;
    }
    add_constant(c, base, SP, offset & ~4095);
    a64_store(c, 64, src, base, offset & 4095);
}

/* The registers the prologue saves, in pairs; the link register last. */
static int saved_list(const struct emit *e, int *regs)
{
    int n = 0;
    for (int r = 19; r <= 29; r++)
        if (e->saved >> r & 1)
            regs[n++] = r;
    if (e->calls)
        regs[n++] = LR;
    return n;
}

int64_t arm64_saved_bytes(const struct emit *e)
{
    int regs[16];
    return saved_list(e, regs) * 8;
}

static void save_or_restore(struct emit *e, const int *regs, int n, int from, bool load)
{
    for (int i = from; i < n; i += 2)
        if (i + 1 < n)
            a64_pair(e->code, load, 2, regs[i], regs[i + 1], SP, i * 8);
        else if (load)
            a64_load(e->code, 64, regs[i], SP, i * 8);
        else
            a64_store(e->code, 64, regs[i], SP, i * 8);
}

/* Whether the first save can move the stack pointer by itself. */
static bool indexed(const struct emit *e, int n)
{
    return n >= 2 ? e->frame_bytes <= 504 : n == 1 && e->frame_bytes <= 240;
}

void arm64_prologue(struct emit *e)
{
    int regs[16], n = e->func->no_return ? 0 : saved_list(e, regs);
    struct code *c = e->code;
    if (indexed(e, n) && n >= 2) {
        a64_pair(c, false, 3, regs[0], regs[1], SP, -e->frame_bytes);
        save_or_restore(e, regs, n, 2, false);
    } else if (indexed(e, n)) {
        a64_single_index(c, false, true, regs[0], SP, -e->frame_bytes);
    } else if (e->frame_bytes) {
        add_constant(c, SP, SP, -e->frame_bytes);
        save_or_restore(e, regs, n, 0, false);
    }
}

void arm64_epilogue(struct emit *e)
{
    int regs[16], n = saved_list(e, regs);
    struct code *c = e->code;
    if (indexed(e, n) && n >= 2) {
        save_or_restore(e, regs, n, 2, true);
        a64_pair(c, true, 1, regs[0], regs[1], SP, e->frame_bytes);
    } else if (indexed(e, n)) {
        a64_single_index(c, true, false, regs[0], SP, e->frame_bytes);
    } else if (e->frame_bytes) {
        save_or_restore(e, regs, n, 0, true);
        add_constant(c, SP, SP, e->frame_bytes);
    }
    a64_ret(c);
}

static void compare(struct emit *e, struct opnd a, struct opnd b)
{
    struct code *c = e->code;
    int ra = emit_operand(e, a, 0);
    if (b.kind == OPND_INT && a64_addsub_fits(b.val) && b.val >= 0)
        a64_addsub_imm(c, 3, XZR, ra, (uint32_t)b.val);
    else if (b.kind == OPND_INT && b.val)
        a64_addsub_imm(c, 1, XZR, ra, (uint32_t)-b.val);
    else
        a64_addsub_reg(c, 3, XZR, ra, emit_operand(e, b, 1));
}

static void add_sub(struct emit *e, const struct ins *i, int d, int ra)
{
    bool subtract = i->op == OP_SUB;
    if (i->b.kind == OPND_INT && i->b.val) {
        int64_t v = i->b.val;
        a64_addsub_imm(e->code, v < 0 ? 2 : 0, d, ra, (uint32_t)(v < 0 ? -v : v));
        return;
    }
    a64_addsub_reg(e->code, subtract ? 2 : 0, d, ra, emit_operand(e, i->b, 1));
}

static void logic(struct emit *e, const struct ins *i, int d, int ra)
{
    int op = i->op == OP_AND ? 0 : i->op == OP_OR ? 1 : 2;
    if (opnd_is_int(i->b, -1))
        a64_logic_reg(e->code, 1, true, d, XZR, ra);
    else if (i->b.kind == OPND_INT && i->b.val)
        a64_logic_imm(e->code, op, d, ra, (uint64_t)i->b.val);
    else
        a64_logic_reg(e->code, op, false, d, ra, emit_operand(e, i->b, 1));
}

static void shift(struct emit *e, const struct ins *i, int d, int ra)
{
    struct code *c = e->code;
    if (i->b.kind == OPND_INT) {
        a64_shift_imm(c, i->op, d, ra, (int)(i->b.val & 63));
        return;
    }
    int rb = emit_operand(e, i->b, 1);
    if (i->op == OP_SAR) {
        int count = ra == IP0 ? IP1 : IP0;
        if (rb == count) { /* both spilled: count in x17 is compared with 63 in place */
            a64_addsub_imm(c, 3, XZR, rb, 63);
            a64_bcond(c, A64_LS, 8, ". + 8");
            a64_mov_wide(c, 2, rb, 63, 0);
            a64_shift_reg(c, OP_SAR, d, ra, rb);
            return;
        }
        a64_mov_wide(c, 2, count, 63, 0);
        a64_addsub_imm(c, 3, XZR, rb, 63);
        a64_csel(c, count, rb, count, A64_LS);
        a64_shift_reg(c, OP_SAR, d, ra, count);
        return;
    }
    a64_addsub_imm(c, 3, XZR, rb, 63);
    a64_shift_reg(c, i->op, d, ra, rb);
    a64_csel(c, d, d, XZR, A64_LS);
}

static void remainder_(struct emit *e, const struct ins *i, int d, int ra)
{
    int rb = emit_operand(e, i->b, 1);
    int quotient = ra != IP0   ? IP0
                   : rb != IP1 ? IP1
                               : d; /* at most both scratch registers hold operands */
    if (quotient == d && (d == ra || d == rb)) {
        /* a - a / b * b with both operands in scratch: the quotient is needed once only */
        a64_pair(e->code, false, 3, 0, 1, SP, -16);
        a64_div(e->code, i->op == OP_REM, 0, ra, rb);
        a64_msub(e->code, IP0, 0, rb, ra);
        a64_pair(e->code, true, 1, 0, 1, SP, 16);
        if (d != IP0)
            a64_mov(e->code, d, IP0);
        return;
    }
    a64_div(e->code, i->op == OP_REM, quotient, ra, rb);
    a64_msub(e->code, d, quotient, rb, ra);
}

static void arithmetic(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    int ra = emit_operand(e, i->a, 0), d = emit_result(e, i->dst, 0);
    switch (i->op) {
    case OP_ADD:
    case OP_SUB:
        add_sub(e, i, d, ra);
        break;
    case OP_AND:
    case OP_OR:
    case OP_XOR:
        logic(e, i, d, ra);
        break;
    case OP_MUL:
        a64_mul(c, d, ra, emit_operand(e, i->b, 1));
        break;
    case OP_DIV:
    case OP_UDIV:
        a64_div(c, i->op == OP_DIV, d, ra, emit_operand(e, i->b, 1));
        break;
    case OP_REM:
    case OP_UREM:
        remainder_(e, i, d, ra);
        break;
    case OP_SX:
    case OP_ZX:
        a64_extend(c, i->op == OP_SX, i->bits, d, ra);
        break;
    default:
        shift(e, i, d, ra);
    }
    emit_result_done(e, i->dst, d);
}

/* A base and a displacement that the instruction can hold; a far one goes through x16. */
static int near_base(struct emit *e, const struct ins *i, int64_t *disp)
{
    int base = emit_base(e, i, disp);
    if (a64_disp_fits(*disp, i->bits))
        return base;
    add_constant(e->code, IP0, base, *disp);
    *disp = 0;
    return IP0;
}

static void load(struct emit *e, const struct ins *i)
{
    int64_t disp;
    int base = near_base(e, i, &disp), d = emit_result(e, i->dst, 1);
    a64_load(e->code, i->bits, d, base, disp);
    emit_result_done(e, i->dst, d);
}

static void store(struct emit *e, const struct ins *i)
{
    int64_t disp;
    int base = near_base(e, i, &disp);
    a64_store(e->code, i->bits, emit_operand(e, i->b, 1), base, disp);
}

/* Clears a slot, whose size is a multiple of 8. */
static void zero(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    int64_t at = e->slot_at[i->a.id] + i->a.val, n = i->disp;
    if (n <= ZERO_INLINE && at + n <= 504) {
        for (; n >= 16; n -= 16, at += 16)
            a64_pair(c, false, 2, XZR, XZR, SP, at);
        if (n)
            a64_store(c, 64, XZR, SP, at);
        return;
    }
    add_constant(c, IP0, SP, at);
    arm64_constant(c, IP1, n / 16);
    a64_pair(c, false, 1, XZR, XZR, IP0, 16);
    a64_addsub_imm(c, 3, IP1, IP1, 1);
    a64_bcond(c, A64_NE, -8, ". - 8");
    if (n % 16)
        a64_store(c, 64, XZR, IP0, 0);
}

/* For each cache line of [x16, end): op. The line's size is 4 << (a field of CTR_EL0 in x9). */
static void cache_lines(struct code *c, int base, int end, int field,
                        void (*op)(struct code *, int))
{
    a64_ubfx(c, 10, 9, field, 4);
    a64_mov_wide(c, 2, 11, 4, 0);
    a64_shift_reg(c, OP_SHL, 10, 11, 10);
    a64_addsub_imm(c, 2, 11, 10, 1);
    a64_logic_reg(c, 0, true, IP0, base, 11);
    op(c, IP0);
    a64_addsub_reg(c, 0, IP0, IP0, 10);
    a64_addsub_reg(c, 3, XZR, IP0, end);
    a64_bcond(c, A64_LO, -12, ". - 12");
    a64_dsb_ish(c);
}

/* B2.4.4: clean data to the point of unification, then invalidate instructions. x9 to x13 are
 * clobbered. */
static void flush(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    a64_mov(c, 12, emit_operand(e, i->a, 0));
    a64_addsub_reg(c, 0, 13, 12, emit_operand(e, i->b, 1));
    a64_mrs_ctr(c, 9);
    cache_lines(c, 12, 13, 16, a64_dc_cvau);
    cache_lines(c, 12, 13, 0, a64_ic_ivau);
    a64_isb(c);
}

static void set(struct emit *e, const struct ins *i)
{
    compare(e, i->a, i->b);
    int d = emit_result(e, i->dst, 0);
    a64_cset(e->code, d, conds[i->cc]);
    emit_result_done(e, i->dst, d);
}

void arm64_ins(struct emit *e, const struct ins *i)
{
    switch (i->op) {
    case OP_LOAD:
        load(e, i);
        break;
    case OP_STORE:
        store(e, i);
        break;
    case OP_SET:
        set(e, i);
        break;
    case OP_ZERO:
        zero(e, i);
        break;
    case OP_ISB:
        a64_dsb_ish(e->code);
        a64_isb(e->code);
        break;
    case OP_FENCE:
        a64_dmb_ish(e->code);
        break;
    case OP_FLUSH:
        flush(e, i);
        break;
    default:
        arithmetic(e, i);
    }
}

void arm64_call(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    if (i->op == OP_SYSCALL) {
        a64_svc(c);
    } else if (i->op == OP_CALLI) {
        a64_blr(c, emit_operand(e, i->a, 0));
    } else {
        code_reloc(c, RELOC_BL, i->fn, 0);
        a64_bl(c, code_symbol(c, i->fn, 0));
    }
}

void arm64_compare(struct emit *e, const struct term *t, struct branch *b)
{
    b->cc = t->cc;
    if (opnd_is_int(t->b, 0) && (t->cc == CC_EQ || t->cc == CC_NE)) {
        b->kind = BRANCH_REGS;
        b->ra = (uint8_t)emit_operand(e, t->a, 0);
        return;
    }
    b->kind = BRANCH_FLAGS;
    compare(e, t->a, t->b);
}

void arm64_branch(struct code *c, const struct branch *b, int reach, int64_t disp,
                  const char *label)
{
    bool far = reach > 0;
    enum cc cc = far ? b->cc ^ 1u : b->cc;
    int64_t first = far ? 8 : disp;
    const char *text = far ? ". + 8" : label;
    if (b->kind == BRANCH_REGS)
        a64_cbz(c, cc == CC_NE, b->ra, first, text);
    else if (b->kind == BRANCH_FLAGS)
        a64_bcond(c, conds[cc], first, text);
    if (b->kind == BRANCH_ALWAYS)
        a64_b(c, disp, label);
    else if (far)
        a64_b(c, disp - 4, label);
}
