/* SPDX-License-Identifier: Apache-2.0 */
/* The IR's instructions in x86-64. No register is scratch by itself: instructions say in targ.c
 * which they destroy. */
#include "rtgc/amd64/emit.h"

static const uint8_t conds[NCCS] = {X86_E,  X86_NE, X86_L,  X86_GE, X86_G,
                                    X86_LE, X86_B,  X86_AE, X86_A,  X86_BE};

static struct x86_mem stack(int64_t offset)
{
    return (struct x86_mem){.base = RSP, .disp = offset};
}

void amd64_constant(struct code *c, int dst, int64_t value)
{
    if (value == 0)
        x86_alu(c, X86_XOR, 32, dst, dst);
    else if (value == -1)
        x86_alu_imm(c, X86_OR, 64, dst, -1);
    else
        x86_mov_imm(c, dst, value);
}

void amd64_address(struct code *c, int dst, int32_t sym, int64_t offset)
{
    if (c->fixed_base)
        x86_mov_address(c, dst, sym, offset);
    else
        x86_lea(c, dst, (struct x86_mem){.is_sym = true, .sym = sym, .disp = offset});
}

void amd64_slot_address(struct code *c, int dst, int64_t offset)
{
    if (offset)
        x86_lea(c, dst, stack(offset));
    else
        x86_mov(c, dst, RSP);
}

void amd64_slot_load(struct code *c, int dst, int64_t offset)
{
    x86_load(c, 64, dst, stack(offset));
}

void amd64_slot_store(struct code *c, int src, int64_t offset)
{
    x86_store(c, 64, src, stack(offset));
}

int64_t amd64_saved_bytes(const struct emit *e)
{
    (void)e; /* pushed above the frame */
    return 0;
}

void amd64_prologue(struct emit *e)
{
    for (int r = 0; r < 16; r++)
        if (e->saved >> r & 1)
            x86_push(e->code, r);
    if (e->frame_bytes)
        x86_alu_imm(e->code, X86_SUB, 64, RSP, (int32_t)e->frame_bytes);
}

void amd64_epilogue(struct emit *e)
{
    if (e->frame_bytes)
        x86_alu_imm(e->code, X86_ADD, 64, RSP, (int32_t)e->frame_bytes);
    for (int r = 16; r-- > 0;)
        if (e->saved >> r & 1)
            x86_pop(e->code, r);
    x86_ret(e->code);
}

static void move(struct emit *e, int d, int s)
{
    if (d != s)
        x86_mov(e->code, d, s);
}

static enum x86_alu alu(enum ir_op op)
{
    switch (op) {
    case OP_ADD:
        return X86_ADD;
    case OP_SUB:
        return X86_SUB;
    case OP_AND:
        return X86_AND;
    case OP_OR:
        return X86_OR;
    default:
        return X86_XOR;
    }
}

static void alu_imm(struct emit *e, const struct ins *i, int d, int ra)
{
    struct code *c = e->code;
    int64_t v = i->b.val;
    if (i->op == OP_ADD && d != ra) {
        x86_lea(c, d, (struct x86_mem){.base = ra, .disp = v});
    } else if (i->op == OP_AND && (v == 0xff || v == 0xffff || v == 0xffffffff)) {
        x86_extend(c, false, v == 0xff ? 8 : v == 0xffff ? 16 : 32, d, ra);
    } else if (i->op == OP_MUL) {
        x86_imul_imm(c, d, ra, (int32_t)v);
    } else if (i->op == OP_XOR && v == -1) {
        move(e, d, ra);
        x86_one(c, X86_NOT, d);
    } else {
        move(e, d, ra);
        x86_alu_imm(c, alu(i->op), i->op == OP_AND && v >= 0 ? 32 : 64, d, (int32_t)v);
    }
}

static void alu_reg(struct emit *e, const struct ins *i, int d, int ra, int rb)
{
    struct code *c = e->code;
    bool commutes = ir_ops[i->op].flags & OP_IS_C;
    if (d == rb && d != ra && commutes) {
        rb = ra;
        ra = d;
    }
    if (i->op == OP_ADD && d != ra) {
        x86_lea_index(c, d, ra, rb);
    } else if (i->op == OP_SUB && d == rb && d != ra) {
        x86_one(c, X86_NEG, d);
        x86_alu(c, X86_ADD, 64, d, ra);
    } else {
        move(e, d, ra);
        if (i->op == OP_MUL)
            x86_imul(c, d, rb);
        else
            x86_alu(c, alu(i->op), 64, d, rb);
    }
}

/* Counts of 64 and more: for shl and shr the result is masked away, for sar the count becomes 63.
 */
static void shift(struct emit *e, const struct ins *i, int d, int ra)
{
    struct code *c = e->code;
    if (i->b.kind == OPND_INT) {
        move(e, d, ra);
        x86_shift_imm(c, i->op, d, (int)(i->b.val & 63));
        return;
    }
    int rb = emit_operand(e, i->b, 1);
    move(e, d, ra);
    move(e, RCX, rb);
    if (i->op == OP_SAR) {
        x86_alu_imm(c, X86_CMP, 64, RCX, 63);
        x86_jcc(c, X86_BE, false, 7, ". + 7");
        x86_mov_imm(c, RCX, 63);
        x86_shift_cl(c, OP_SAR, d);
        return;
    }
    x86_shift_cl(c, i->op, d);
    x86_alu_imm(c, X86_CMP, 64, RCX, 64);
    x86_alu(c, X86_SBB, 64, RCX, RCX);
    x86_alu(c, X86_AND, 64, d, RCX);
}

/* The division proper, divisor known to be neither 0 nor, if signed, -1. */
static void divide_plain(struct code *c, bool is_signed, int rb)
{
    if (is_signed)
        x86_cqo(c);
    else
        x86_alu(c, X86_XOR, 32, RDX, RDX);
    x86_one(c, is_signed ? X86_IDIV : X86_DIV, rb);
}

/* A divisor in a register: 0 gives quotient 0 and the dividend as remainder; -1 must not reach
 * idiv. */
static void divide_checked(struct code *c, bool is_signed, bool remainder_wanted, int rb)
{
    x86_test(c, rb, rb);
    x86_jcc(c, X86_NE, false, remainder_wanted ? 7 : 6, remainder_wanted ? ". + 7" : ". + 6");
    if (remainder_wanted)
        x86_mov(c, RDX, RAX);
    else
        x86_alu(c, X86_XOR, 32, RAX, RAX);
    size_t plain = is_signed ? 5 : 5; /* cqto or xorl with the (i)div: 2 + 3 */
    size_t guard = is_signed ? 4 + 2 + (remainder_wanted ? 2 : 3) + 2 : 0;
    int64_t skip = 2 + (int64_t)(guard + plain);
    x86_jmp(c, false, skip, c->want_text ? arena_printf(&c->unit->arena, ". + %d", (int)skip) : "");
    if (is_signed) {
        x86_alu_imm(c, X86_CMP, 64, rb, -1);
        x86_jcc(c, X86_NE, false, remainder_wanted ? 6 : 7, remainder_wanted ? ". + 6" : ". + 7");
        if (remainder_wanted)
            x86_alu(c, X86_XOR, 32, RDX, RDX);
        else
            x86_one(c, X86_NEG, RAX);
        x86_jmp(c, false, 2 + (int64_t)plain, ". + 7");
    }
    divide_plain(c, is_signed, rb);
}

static void divide(struct emit *e, const struct ins *i, int d, int ra)
{
    bool is_signed = i->op == OP_DIV || i->op == OP_REM,
         remainder_wanted = i->op == OP_REM || i->op == OP_UREM;
    if (i->b.kind == OPND_INT) {
        move(e, RAX, ra);
        x86_mov_imm(e->code, RCX, i->b.val);
        divide_plain(e->code, is_signed, RCX);
    } else {
        int rb = emit_operand(e, i->b, 1);
        move(e, RAX, ra);
        divide_checked(e->code, is_signed, remainder_wanted, rb);
    }
    move(e, d, remainder_wanted ? RDX : RAX);
}

static void arithmetic(struct emit *e, const struct ins *i)
{
    int d = emit_result(e, i->dst, 0);
    if (i->op == OP_SUB && opnd_is_int(i->a, 0)) {
        move(e, d, emit_operand(e, i->b, 0));
        x86_one(e->code, X86_NEG, d);
        emit_result_done(e, i->dst, d);
        return;
    }
    int ra = emit_operand(e, i->a, 0);
    switch (i->op) {
    case OP_SHL:
    case OP_SHR:
    case OP_SAR:
        shift(e, i, d, ra);
        break;
    case OP_DIV:
    case OP_UDIV:
    case OP_REM:
    case OP_UREM:
        divide(e, i, d, ra);
        break;
    case OP_SX:
    case OP_ZX:
        x86_extend(e->code, i->op == OP_SX, i->bits, d, ra);
        break;
    default:
        if (i->b.kind == OPND_INT)
            alu_imm(e, i, d, ra);
        else
            alu_reg(e, i, d, ra, emit_operand(e, i->b, 1));
    }
    emit_result_done(e, i->dst, d);
}

static struct x86_mem memory(struct emit *e, const struct ins *i)
{
    struct x86_mem m = {0};
    if (i->a.kind == OPND_SYM) {
        m.is_sym = true;
        m.sym = i->a.id;
        m.disp = i->a.val + i->disp;
        return m;
    }
    m.base = emit_base(e, i, &m.disp);
    return m;
}

static void store(struct emit *e, const struct ins *i)
{
    struct x86_mem m = memory(e, i);
    if (i->b.kind == OPND_INT)
        x86_store_imm(e->code, i->bits, (int32_t)i->b.val, m);
    else
        x86_store(e->code, i->bits, emit_operand(e, i->b, 1), m);
}

/* Clears a slot, whose size is a multiple of 8. */
static void zero(struct emit *e, const struct ins *i)
{
    struct code *c = e->code;
    int64_t at = e->slot_at[i->a.id] + i->a.val, n = i->disp;
    x86_alu(c, X86_XOR, 32, RAX, RAX);
    if (n <= ZERO_INLINE) {
        for (; n > 0; n -= 8, at += 8)
            x86_store(c, 64, RAX, stack(at));
        return;
    }
    amd64_slot_address(c, RDI, at);
    x86_mov_imm(c, RCX, n / 8);
    x86_rep_stosq(c);
}

static void compare(struct emit *e, struct opnd a, struct opnd b)
{
    int ra = emit_operand(e, a, 0);
    if (opnd_is_int(b, 0))
        x86_test(e->code, ra, ra);
    else if (b.kind == OPND_INT)
        x86_alu_imm(e->code, X86_CMP, 64, ra, (int32_t)b.val);
    else
        x86_alu(e->code, X86_CMP, 64, ra, emit_operand(e, b, 1));
}

static void set(struct emit *e, const struct ins *i)
{
    compare(e, i->a, i->b);
    int d = emit_result(e, i->dst, 0);
    x86_setcc(e->code, conds[i->cc], d);
    x86_extend(e->code, false, 8, d, d);
    emit_result_done(e, i->dst, d);
}

void amd64_ins(struct emit *e, const struct ins *i)
{
    int d;
    switch (i->op) {
    case OP_LOAD: {
        struct x86_mem m = memory(e, i);
        d = emit_result(e, i->dst, 0);
        x86_load(e->code, i->bits, d, m);
        emit_result_done(e, i->dst, d);
        break;
    }
    case OP_STORE:
        store(e, i);
        break;
    case OP_SET:
        set(e, i);
        break;
    case OP_ZERO:
        zero(e, i);
        break;
    case OP_FENCE:
        x86_mfence(e->code);
        break;
    case OP_ISB:
    case OP_FLUSH: /* instruction fetch sees stores (SDM volume 3, 12.6) */
        break;
    default:
        arithmetic(e, i);
    }
}

void amd64_call(struct emit *e, const struct ins *i)
{
    if (i->op == OP_SYSCALL)
        x86_syscall(e->code);
    else if (i->op == OP_CALLI)
        x86_call_reg(e->code, emit_operand(e, i->a, 0));
    else
        x86_call(e->code, i->fn);
}

void amd64_compare(struct emit *e, const struct term *t, struct branch *b)
{
    b->kind = BRANCH_FLAGS;
    b->cc = t->cc;
    compare(e, t->a, t->b);
}

void amd64_branch(struct code *c, const struct branch *b, int reach, int64_t disp,
                  const char *label)
{
    bool far = reach > 0;
    if (b->kind == BRANCH_ALWAYS)
        x86_jmp(c, far, disp, label);
    else
        x86_jcc(c, conds[b->cc], far, disp, label);
}
