/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions. A value of a narrow type is kept sign- or zero-extended in its 64-bit temp. */
#include "rtgc/lower.h"

struct opnd lower_string(struct lowerer *l, const char *s, size_t n)
{
    char *z = arena_strndup(&l->unit->arena, s, n);
    return opnd_sym(ir_data(l->ir, z, n + 1), 0);
}

int32_t lower_var(struct lowerer *l, struct sym *s)
{
    if (s->id < 0 && s->type == TYPE_BUFFER)
        s->id = func_slot(l->unit, l->func, ALIGN_UP(s->size_bytes, 8), 8);
    else if (s->id < 0)
        s->id = func_temp(l->unit, l->func, s->name);
    return s->id;
}

/* Brings a 64-bit result back into the range of t. */
struct opnd lower_narrow(struct lowerer *l, enum type t, struct opnd v, srcpos_t pos)
{
    int bits = type_bits(t);
    if (bits == 64 || t == TYPE_UNTYPED_INT)
        return v;
    struct opnd r = lower_op(l, type_signed(t) ? OP_SX : OP_ZX, v, (struct opnd){0}, pos);
    struct block *b = l->func->blocks.at[l->block];
    b->ins.at[b->ins.n - 1].bits = (uint8_t)bits;
    return r;
}

static struct opnd lower_name(struct lowerer *l, struct node *n)
{
    struct sym *s = n->sym;
    if (s->kind == SYM_GLOBAL) {
        struct opnd g = lower_global(l, s);
        return s->type == TYPE_BUFFER ? g : lower_load(l, 64, g, n->pos);
    }
    int32_t id = lower_var(l, s);
    return s->type == TYPE_BUFFER ? opnd_slot(id, 0) : opnd_temp(id);
}

static enum ir_op binary_op(enum tok op, bool is_signed)
{
    switch (op) {
    case TOK_ADD:
        return OP_ADD;
    case TOK_SUB:
        return OP_SUB;
    case TOK_MUL:
        return OP_MUL;
    case TOK_QUO:
        return is_signed ? OP_DIV : OP_UDIV;
    case TOK_REM:
        return is_signed ? OP_REM : OP_UREM;
    case TOK_OR:
        return OP_OR;
    case TOK_XOR:
        return OP_XOR;
    case TOK_SHL:
        return OP_SHL;
    case TOK_SHR:
        return is_signed ? OP_SAR : OP_SHR;
    default:
        return OP_AND;
    }
}

/* Whether an operation on values of t can leave t's range. */
static bool can_overflow(enum tok op)
{
    return op == TOK_ADD || op == TOK_SUB || op == TOK_MUL || op == TOK_QUO || op == TOK_SHL;
}

struct opnd lower_binary(struct lowerer *l, struct node *n, struct opnd a, struct opnd b)
{
    bool is_signed = type_signed(n->type) || n->type == TYPE_UNTYPED_INT;
    if (n->op == TOK_AND_NOT)
        b = lower_op(l, OP_XOR, b, opnd_int(-1), n->pos);
    struct opnd r = lower_op(l, binary_op(n->op, is_signed), a, b, n->pos);
    return can_overflow(n->op) ? lower_narrow(l, n->type, r, n->pos) : r;
}

static bool is_bool_op(const struct node *n)
{
    if (n->kind == NODE_UNARY)
        return n->op == TOK_NOT;
    return n->kind == NODE_BINARY && (n->op == TOK_LAND || n->op == TOK_LOR);
}

static bool is_comparison(const struct node *n)
{
    return n->kind == NODE_BINARY && (n->op == TOK_EQ || n->op == TOK_NE || n->op == TOK_LT ||
                                      n->op == TOK_LE || n->op == TOK_GT || n->op == TOK_GE);
}

static bool signed_comparison(const struct node *n)
{
    enum type a = n->a->type, b = n->b->type;
    bool address = a == TYPE_UINTPTR || b == TYPE_UINTPTR || a == TYPE_BUFFER || b == TYPE_BUFFER;
    return !address && (type_signed(a) || !type_integer(a) || type_untyped(a));
}

static enum cc comparison_cc(const struct node *n)
{
    bool s = signed_comparison(n);
    switch (n->op) {
    case TOK_EQ:
        return CC_EQ;
    case TOK_NE:
        return CC_NE;
    case TOK_LT:
        return s ? CC_LT : CC_ULT;
    case TOK_LE:
        return s ? CC_LE : CC_ULE;
    case TOK_GT:
        return s ? CC_GT : CC_UGT;
    default:
        return s ? CC_GE : CC_UGE;
    }
}

static void operands(struct lowerer *l, struct node *n, struct opnd *a, struct opnd *b)
{
    *a = lower_expr(l, n->a); /* no expression assigns a local, so it may stay a variable's temp */
    *b = lower_expr(l, n->b);
}

/* Short-circuit code for a condition: every path ends in yes or no. */
void lower_cond(struct lowerer *l, struct node *n, int32_t yes, int32_t no)
{
    struct opnd a, b;
    if (n->is_const) {
        lower_jump(l, n->value ? yes : no, n->pos);
    } else if (n->kind == NODE_UNARY && n->op == TOK_NOT) {
        lower_cond(l, n->a, no, yes);
    } else if (is_bool_op(n)) {
        int32_t rest = lower_block_new(l);
        lower_cond(l, n->a, n->op == TOK_LAND ? rest : yes, n->op == TOK_LAND ? no : rest);
        lower_block_start(l, rest);
        lower_cond(l, n->b, yes, no);
    } else if (is_comparison(n)) {
        operands(l, n, &a, &b);
        lower_branch(l, comparison_cc(n), a, b, yes, no, n->pos);
    } else {
        lower_branch(l, CC_NE, lower_expr(l, n), opnd_int(0), yes, no, n->pos);
    }
}

/* A condition's value: 1 or 0 by the way the code takes. */
static struct opnd bool_value(struct lowerer *l, struct node *n)
{
    int32_t yes = lower_block_new(l), no = lower_block_new(l), end = lower_block_new(l);
    int32_t r = func_temp(l->unit, l->func, NULL);
    lower_cond(l, n, yes, no);
    lower_block_start(l, yes);
    lower_move(l, r, opnd_int(1), n->pos);
    lower_jump(l, end, n->pos);
    lower_block_start(l, no);
    lower_move(l, r, opnd_int(0), n->pos);
    lower_block_start(l, end);
    return opnd_temp(r);
}

static struct opnd comparison_value(struct lowerer *l, struct node *n)
{
    struct opnd a, b;
    operands(l, n, &a, &b);
    struct ins *i = lower_ins(l, OP_SET, n->pos);
    i->dst = func_temp(l->unit, l->func, NULL);
    i->cc = (uint8_t)comparison_cc(n);
    i->a = a;
    i->b = b;
    return opnd_temp(i->dst);
}

/* The address that an INDEX reads or writes, and how many bits there. */
struct opnd lower_address(struct lowerer *l, struct node *n, int *bits)
{
    struct opnd base = lower_expr(l, n->a), index;
    bool word = n->a->type == TYPE_INT64 || n->a->type == TYPE_UINTPTR;
    *bits = word ? 64 : 8;
    if (n->b->is_const)
        index = opnd_int((int64_t)n->b->value);
    else
        index = lower_expr(l, n->b);
    if (index.kind == OPND_INT && (base.kind == OPND_SLOT || base.kind == OPND_SYM)) {
        base.val += index.val;
        return base;
    }
    return opnd_is_int(index, 0) ? base : lower_op(l, OP_ADD, base, index, n->pos);
}

static struct opnd unary(struct lowerer *l, struct node *n)
{
    int bits;
    if (n->op == TOK_AND)
        return lower_address(l, n->a, &bits);
    struct opnd a = lower_expr(l, n->a);
    if (n->op == TOK_SUB)
        return lower_narrow(l, n->type, lower_op(l, OP_SUB, opnd_int(0), a, n->pos), n->pos);
    if (n->op == TOK_XOR)
        return lower_narrow(l, n->type, lower_op(l, OP_XOR, a, opnd_int(-1), n->pos), n->pos);
    return a;
}

static struct opnd constant(struct lowerer *l, struct node *n)
{
    if (n->type == TYPE_STRING)
        return lower_string(l, n->str, n->str_bytes);
    return opnd_int((int64_t)n->value);
}

struct opnd lower_expr(struct lowerer *l, struct node *n)
{
    struct opnd a, b;
    int bits;
    if (n->is_const)
        return constant(l, n);
    if (is_bool_op(n))
        return bool_value(l, n);
    if (is_comparison(n))
        return comparison_value(l, n);
    switch (n->kind) {
    case NODE_NAME:
        return lower_name(l, n);
    case NODE_UNARY:
        return unary(l, n);
    case NODE_BINARY:
        operands(l, n, &a, &b);
        return lower_binary(l, n, a, b);
    case NODE_INDEX:
        a = lower_address(l, n, &bits);
        return lower_load(l, bits, a, n->pos);
    default:
        return lower_call(l, n);
    }
}
