/* SPDX-License-Identifier: Apache-2.0 */
/* The IR's instructions in RV64IMC. t5 and t6 hold spilled operands, t4 is scratch within an
 * instruction: no temp lives there. */
#include "rtgc/riscv64/emit.h"

#define ZERO_INLINE 64 /* bytes of a buffer that are cleared without a loop */

void riscv64_move(struct code *c, int dst, int src)
{
    rv_imm(c, RV_ADD, dst, src, 0);
}

void riscv64_swap(struct code *c, int a, int b)
{
    riscv64_move(c, T4, a);
    riscv64_move(c, a, b);
    riscv64_move(c, b, T4);
}

/* lui and addiw make 32 bits; more come from a smaller constant, shifted, plus 12 bits. */
void riscv64_constant(struct code *c, int dst, int64_t v)
{
    int low = (int)((uint64_t)v << 52 >> 52);
    low = low >= 2048 ? low - 4096 : low;
    if (rv_fits12(v)) {
        rv_imm(c, RV_ADD, dst, ZERO, (int)v);
        return;
    }
    if (v >= INT32_MIN && v <= INT32_MAX) {
        rv_lui(c, dst, (int32_t)((uint64_t)(v - low) >> 12));
        if (low)
            rv_addiw(c, dst, dst, low);
        return;
    }
    int64_t high = (int64_t)((uint64_t)v - (uint64_t)(int64_t)low);
    int shift = __builtin_ctzll((uint64_t)high);
    riscv64_constant(c, dst, high >> shift);
    rv_imm(c, RV_SLL, dst, dst, shift);
    if (low)
        rv_imm(c, RV_ADD, dst, dst, low);
}

void riscv64_address(struct code *c, int dst, int32_t sym, int64_t offset)
{
    code_reloc(c, RELOC_PCREL, sym, offset);
    rv_auipc_pair(c, dst, code_symbol(c, sym, offset));
}

/* dst = rs + value; t4 is used when the value is large. */
static void add_constant(struct code *c, int dst, int rs, int64_t value)
{
    if (rv_fits12(value)) {
        rv_imm(c, RV_ADD, dst, rs, (int)value);
        return;
    }
    riscv64_constant(c, T4, value);
    rv_op(c, RV_ADD, dst, rs, T4);
}

void riscv64_slot_address(struct code *c, int dst, int64_t offset)
{
    add_constant(c, dst, SP, offset);
}

void riscv64_slot_load(struct code *c, int dst, int64_t offset)
{
    if (rv_fits12(offset)) {
        rv_load(c, 64, dst, SP, (int)offset);
        return;
    }
    add_constant(c, dst, SP, offset);
    rv_load(c, 64, dst, dst, 0);
}

void riscv64_slot_store(struct code *c, int src, int64_t offset)
{
    if (rv_fits12(offset)) {
        rv_store(c, 64, src, SP, (int)offset);
        return;
    }
    add_constant(c, T4, SP, offset);
    rv_store(c, 64, src, T4, 0);
}

static int saved_list(const struct emit *e, int *regs)
{
    int n = 0;
    if (e->calls && !e->func->no_return)
        regs[n++] = RA;
    for (int r = S0; r <= S11; r++)
        if (e->saved >> r & 1)
            regs[n++] = r;
    return n;
}

int64_t riscv64_saved_bytes(const struct emit *e)
{
    int regs[16];
    return saved_list(e, regs) * 8;
}

void riscv64_prologue(struct emit *e)
{
    int regs[16], n = saved_list(e, regs);
    if (e->frame_bytes)
        add_constant(e->code, SP, SP, -e->frame_bytes);
    for (int i = 0; i < n; i++)
        rv_store(e->code, 64, regs[i], SP, i * 8);
}

void riscv64_epilogue(struct emit *e)
{
    int regs[16], n = saved_list(e, regs);
    for (int i = 0; i < n; i++)
        rv_load(e->code, 64, regs[i], SP, i * 8);
    if (e->frame_bytes)
        add_constant(e->code, SP, SP, e->frame_bytes);
    rv_jalr(e->code, ZERO, RA);
}

static enum rv_op op_of(enum ir_op op)
{
    switch (op) {
    case OP_SUB:
        return RV_SUB;
    case OP_MUL:
        return RV_MUL;
    case OP_DIV:
        return RV_DIV;
    case OP_UDIV:
        return RV_DIVU;
    case OP_REM:
        return RV_REM;
    case OP_UREM:
        return RV_REMU;
    case OP_AND:
        return RV_AND;
    case OP_OR:
        return RV_OR;
    case OP_XOR:
        return RV_XOR;
    case OP_SHL:
        return RV_SLL;
    case OP_SHR:
        return RV_SRL;
    case OP_SAR:
        return RV_SRA;
    default:
        return RV_ADD;
    }
}

/* Counts of 64 and more: shl and shr are masked to 0, sar gets all ones as its count. */
static void shift(struct code *c, enum ir_op op, int d, int ra, int rb)
{
    rv_imm(c, RV_SLTU, T4, rb, 64);
    if (op == OP_SAR) {
        rv_imm(c, RV_ADD, T4, T4, -1);
        rv_op(c, RV_OR, T4, T4, rb);
        rv_op(c, RV_SRA, d, ra, T4);
        return;
    }
    rv_op(c, RV_SUB, T4, ZERO, T4);
    rv_op(c, op_of(op), d, ra, rb);
    rv_op(c, RV_AND, d, d, T4);
}

/* The machine's quotient by 0 is -1; ours is 0. Its remainder by 0 is the dividend, as ours. */
static void divide(struct emit *e, const struct ins *i, int d, int ra)
{
    struct code *c = e->code;
    bool quotient = i->op == OP_DIV || i->op == OP_UDIV;
    int rb = T6;
    if (i->b.kind == OPND_INT)
        riscv64_constant(c, T6, i->b.val);
    else
        rb = emit_operand(e, i->b, 1);
    if (!quotient || i->b.kind == OPND_INT) {
        rv_op(c, op_of(i->op), d, ra, rb);
        return;
    }
    rv_op(c, RV_SLTU, T4, ZERO, rb);
    rv_op(c, RV_SUB, T4, ZERO, T4);
    rv_op(c, op_of(i->op), d, ra, rb);
    rv_op(c, RV_AND, d, d, T4);
}

static void extend(struct code *c, bool is_signed, int bits, int d, int ra)
{
    if (is_signed && bits == 32) {
        rv_addiw(c, d, ra, 0);
    } else if (!is_signed && bits == 8) {
        rv_imm(c, RV_AND, d, ra, 255);
    } else {
        rv_imm(c, RV_SLL, d, ra, 64 - bits);
        rv_imm(c, is_signed ? RV_SRA : RV_SRL, d, d, 64 - bits);
    }
}

static void arithmetic(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    int ra = emit_operand(e, i->a, 0), d = emit_result(e, i->dst, 0);
    switch (i->op) {
    case OP_SX:
    case OP_ZX:
        extend(c, i->op == OP_SX, i->bits, d, ra);
        break;
    case OP_DIV:
    case OP_UDIV:
    case OP_REM:
    case OP_UREM:
        divide(e, i, d, ra);
        break;
    case OP_SHL:
    case OP_SHR:
    case OP_SAR:
        if (i->b.kind == OPND_INT)
            rv_imm(c, op_of(i->op), d, ra, (int)(i->b.val & 63));
        else
            shift(c, i->op, d, ra, emit_operand(e, i->b, 1));
        break;
    default:
        if (i->b.kind == OPND_INT && i->b.val)
            rv_imm(c, op_of(i->op), d, ra, (int)i->b.val);
        else
            rv_op(c, op_of(i->op), d, ra, emit_operand(e, i->b, 1));
    }
    emit_result_done(e, i->dst, d);
}

static int near_base(struct emit *e, const struct ins *i, int64_t *disp)
{
    int base = emit_base(e, i, disp);
    if (rv_fits12(*disp))
        return base;
    add_constant(e->code, T4, base, *disp);
    *disp = 0;
    return T4;
}

static void load(struct emit *e, const struct ins *i)
{
    int64_t disp;
    int base = near_base(e, i, &disp), d = emit_result(e, i->dst, 0);
    rv_load(e->code, i->bits, d, base, (int)disp);
    emit_result_done(e, i->dst, d);
}

/* The value first when it is in memory: loading it may need t4, which may hold the base. */
static void store(struct emit *e, const struct ins *i)
{
    int64_t disp;
    int value = emit_operand(e, i->b, 1), base = near_base(e, i, &disp);
    rv_store(e->code, i->bits, value, base, (int)disp);
}

/* Clears a slot, whose size is a multiple of 8. */
static void zero(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    int64_t at = e->slot_at[i->a.id] + i->a.val, n = i->disp;
    if (n <= ZERO_INLINE && at + n <= 2040) {
        for (; n > 0; n -= 8, at += 8)
            rv_store(c, 64, ZERO, SP, (int)at);
        return;
    }
    add_constant(c, T5, SP, at);
    riscv64_constant(c, T6, n);
    rv_op(c, RV_ADD, T6, T6, T5);
    size_t start = c->bytes.n;
    code_label(c, "1");
    rv_store(c, 64, ZERO, T5, 0);
    rv_imm(c, RV_ADD, T5, T5, 8);
    rv_branch(c, CC_ULT, T5, T6, false, -(int64_t)(c->bytes.n - start), "1b");
}

/* d = a cc b for the conditions the machine has no instruction for: the opposite, turned over. */
static void set(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    int ra = emit_operand(e, i->a, 0), d = emit_result(e, i->dst, 0);
    bool swaps = i->cc == CC_GT || i->cc == CC_LE || i->cc == CC_UGT || i->cc == CC_ULE;
    bool is_unsigned = i->cc >= CC_ULT,
         turned = i->cc == CC_GE || i->cc == CC_LE || i->cc == CC_UGE || i->cc == CC_ULE;
    enum rv_op slt = is_unsigned ? RV_SLTU : RV_SLT;
    bool imm = i->b.kind == OPND_INT && i->b.val;
    if (i->cc == CC_EQ || i->cc == CC_NE) {
        if (imm)
            rv_imm(c, RV_ADD, T4, ra, (int)-i->b.val);
        else
            rv_op(c, RV_SUB, T4, ra, emit_operand(e, i->b, 1));
        if (i->cc == CC_EQ)
            rv_imm(c, RV_SLTU, d, T4, 1);
        else
            rv_op(c, RV_SLTU, d, ZERO, T4);
    } else if (imm) {
        rv_imm(c, slt, d, ra, (int)i->b.val);
    } else {
        int rb = emit_operand(e, i->b, 1);
        rv_op(c, slt, d, swaps ? rb : ra, swaps ? ra : rb);
    }
    if (turned)
        rv_imm(c, RV_XOR, d, d, 1);
    emit_result_done(e, i->dst, d);
}

void riscv64_ins(struct emit *e, const struct ins *i)
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
    case OP_FLUSH: /* this hart's; other harts need Linux's riscv_flush_icache */
        rv_fence(e->code);
        rv_fence_i(e->code);
        break;
    case OP_FENCE:
        rv_fence(e->code);
        break;
    default:
        arithmetic(e, i);
    }
}

void riscv64_call(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    if (i->op == OP_SYSCALL) {
        rv_ecall(c);
    } else if (i->op == OP_CALLI) {
        rv_jalr(c, RA, emit_operand(e, i->a, 0));
    } else if (c->far) {
        code_reloc(c, RELOC_PCREL, i->fn, 0);
        rv_call_far(c, code_symbol(c, i->fn, 0));
    } else {
        code_reloc(c, RELOC_JAL, i->fn, 0);
        rv_jal(c, code_symbol(c, i->fn, 0));
    }
}

void riscv64_compare(struct emit *e, const struct term *t, struct branch *b)
{
    b->kind = BRANCH_REGS;
    b->cc = t->cc;
    b->ra = (uint8_t)emit_operand(e, t->a, 0);
    b->rb = (uint8_t)emit_operand(e, t->b, 1);
}

/* The machine's own conditions: the others have their operands swapped. */
static struct branch turned(const struct branch *b, bool opposite)
{
    struct branch t = *b;
    t.cc = opposite ? b->cc ^ 1u : b->cc;
    if (t.cc == CC_GT || t.cc == CC_LE || t.cc == CC_UGT || t.cc == CC_ULE)
        t = (struct branch){t.kind, cc_swap(t.cc), t.rb, t.ra};
    return t;
}

/* A conditional branch has three forms: 2 bytes where there is such an instruction, 4 bytes, and
 * the opposite around a jump. A jump has two. */
static bool has_small(const struct branch *b, bool opposite)
{
    struct branch t = turned(b, opposite);
    return rv_branch_shortens(t.cc, t.ra, t.rb);
}

unsigned riscv64_branch_bytes(const struct branch *b, int reach)
{
    if (b->kind == BRANCH_ALWAYS)
        return reach ? 4 : 2;
    if (reach < 2)
        return !reach && has_small(b, false) ? 2 : 4;
    return has_small(b, true) ? 6 : 8;
}

bool riscv64_branch_reaches(const struct branch *b, int reach, int64_t disp)
{
    if (b->kind == BRANCH_ALWAYS)
        return reach || rv_j_reaches(disp, true);
    return reach > 1 || rv_branch_reaches(disp, !reach && has_small(b, false));
}

void riscv64_branch(struct code *c, const struct branch *b, int reach, int64_t disp,
                    const char *label)
{
    if (b->kind == BRANCH_ALWAYS) {
        rv_j(c, !reach, disp, label);
        return;
    }
    bool far = reach > 1, small = reach != 1 && has_small(b, far);
    struct branch t = turned(b, far);
    int64_t size = small ? 2 : 4;
    rv_branch(c, t.cc, t.ra, t.rb, small, far ? size + 4 : disp, far ? "2f" : label);
    if (!far)
        return;
    rv_j(c, false, disp - size, label);
    code_label(c, "2");
}
