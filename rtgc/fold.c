/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/fold.h"

static int64_t divide(enum ir_op op, int64_t a, int64_t b)
{
    uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
    switch (op) {
    case OP_DIV:
        return b == 0 ? 0 : b == -1 ? (int64_t)-ua : a / b;
    case OP_REM:
        return b == 0 ? a : b == -1 ? 0 : a % b;
    case OP_UDIV:
        return b == 0 ? 0 : (int64_t)(ua / ub);
    default:
        return b == 0 ? a : (int64_t)(ua % ub);
    }
}

static int64_t shift(enum ir_op op, int64_t a, uint64_t n)
{
    if (op == OP_SAR)
        return a >> MIN(n, 63);
    if (n > 63)
        return 0;
    return op == OP_SHL ? (int64_t)((uint64_t)a << n) : (int64_t)((uint64_t)a >> n);
}

static int64_t extend(enum ir_op op, int64_t a, int64_t bits)
{
    int up = 64 - (int)bits;
    int64_t v = (int64_t)((uint64_t)a << up);
    return op == OP_SX ? v >> up : (int64_t)((uint64_t)v >> up);
}

int64_t fold_value(enum ir_op op, int64_t a, int64_t b)
{
    uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
    switch (op) {
    case OP_ADD:
        return (int64_t)(ua + ub);
    case OP_SUB:
        return (int64_t)(ua - ub);
    case OP_MUL:
        return (int64_t)(ua * ub);
    case OP_AND:
        return a & b;
    case OP_OR:
        return a | b;
    case OP_XOR:
        return a ^ b;
    case OP_SHL:
    case OP_SHR:
    case OP_SAR:
        return shift(op, a, ub);
    case OP_SX:
    case OP_ZX:
        return extend(op, a, b);
    default:
        return divide(op, a, b);
    }
}

static bool become_move(struct ins *i, struct opnd a)
{
    i->op = OP_MOV;
    i->bits = 0;
    i->a = a;
    i->b = (struct opnd){0};
    return true;
}

static bool become(struct ins *i, enum ir_op op, int64_t b)
{
    i->op = op;
    i->b = opnd_int(b);
    return true;
}

static int log2_of(uint64_t v)
{
    return v && !(v & (v - 1)) ? __builtin_ctzll(v) : -1;
}

static bool fold_arithmetic(struct ins *i, int64_t b)
{
    int power = log2_of((uint64_t)b);
    switch (i->op) {
    case OP_SUB:
        return become(i, OP_ADD, (int64_t) - (uint64_t)b);
    case OP_ADD:
    case OP_OR:
    case OP_XOR:
        return b == 0 && become_move(i, i->a);
    case OP_AND:
        return b == 0 ? become_move(i, opnd_int(0)) : b == -1 && become_move(i, i->a);
    case OP_MUL:
        if (b == 0)
            return become_move(i, opnd_int(0));
        return power == 0 ? become_move(i, i->a) : power > 0 && become(i, OP_SHL, power);
    case OP_DIV:
        return b == 0 ? become_move(i, opnd_int(0)) : b == 1 && become_move(i, i->a);
    case OP_UDIV:
        if (b == 0)
            return become_move(i, opnd_int(0));
        return power == 0 ? become_move(i, i->a) : power > 0 && become(i, OP_SHR, power);
    case OP_REM:
        return b == 0 ? become_move(i, i->a) : (b == 1 || b == -1) && become_move(i, opnd_int(0));
    case OP_UREM:
        if (b == 0)
            return become_move(i, i->a);
        return power >= 0 && become(i, OP_AND, b - 1);
    default:
        if ((uint64_t)b > 63)
            return i->op == OP_SAR ? become(i, OP_SAR, 63) : become_move(i, opnd_int(0));
        return b == 0 && become_move(i, i->a);
    }
}

static bool is_arithmetic(enum ir_op op)
{
    return op >= OP_ADD && op <= OP_SAR;
}

/* An address plus a constant is an address. */
static bool fold_address(struct ins *i)
{
    bool address = i->a.kind == OPND_SYM || i->a.kind == OPND_SLOT;
    if (i->op != OP_ADD || !address || i->b.kind != OPND_INT)
        return false;
    struct opnd sum = i->a;
    sum.val = (int64_t)((uint64_t)sum.val + (uint64_t)i->b.val);
    return sum.val >= INT32_MIN && sum.val <= INT32_MAX && become_move(i, sum);
}

static bool fold_same(struct ins *i)
{
    if (i->a.kind != OPND_TEMP || !opnd_same(i->a, i->b))
        return false;
    switch (i->op) {
    case OP_SUB:
    case OP_XOR:
        return become_move(i, opnd_int(0));
    case OP_AND:
    case OP_OR:
        return become_move(i, i->a);
    case OP_SET:
        return become_move(i, opnd_int(cc_holds(i->cc, 0, 0)));
    default:
        return false;
    }
}

static void constant_right(struct ins *i)
{
    struct opnd a = i->a;
    bool swaps = a.kind != OPND_TEMP && i->b.kind == OPND_TEMP;
    bool both = a.kind == OPND_INT && (i->b.kind == OPND_SYM || i->b.kind == OPND_SLOT);
    if ((!swaps && !both) || (!(ir_ops[i->op].flags & OP_IS_C) && i->op != OP_SET))
        return;
    i->a = i->b;
    i->b = a;
    if (i->op == OP_SET)
        i->cc = (uint8_t)cc_swap(i->cc);
}

bool fold_ins(struct ins *i)
{
    constant_right(i);
    bool ints = i->a.kind == OPND_INT && i->b.kind == OPND_INT;
    if ((i->op == OP_SX || i->op == OP_ZX) && i->a.kind == OPND_INT)
        return become_move(i, opnd_int(fold_value(i->op, i->a.val, i->bits)));
    if (i->op == OP_SET && ints)
        return become_move(i, opnd_int(cc_holds(i->cc, i->a.val, i->b.val)));
    if (is_arithmetic(i->op) && ints)
        return become_move(i, opnd_int(fold_value(i->op, i->a.val, i->b.val)));
    if (fold_address(i) || fold_same(i))
        return true;
    return is_arithmetic(i->op) && i->b.kind == OPND_INT && fold_arithmetic(i, i->b.val);
}
