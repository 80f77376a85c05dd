/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: types, and the values of constants. Constants are exact until they get a type, as in
 * Go. */
#include "rtgc/check.h"

#include <string.h>

#define WIDE_LIMIT                                                                                \
    ((wide_t)1 << 110) /* constants stay below this, so that one operation cannot overflow wide_t \
                        */

enum type default_type(enum type t)
{
    switch (t) {
    case TYPE_UNTYPED_INT:
        return TYPE_INT64;
    case TYPE_UNTYPED_RUNE:
        return TYPE_INT32;
    case TYPE_UNTYPED_BOOL:
        return TYPE_BOOL;
    default:
        return t;
    }
}

/* uintptr and int64 stand for each other, so uintptr takes negative constants too. */
bool const_fits(wide_t v, enum type t)
{
    int bits = type_bits(t);
    wide_t one = 1;
    if (!type_integer(t) || type_untyped(t))
        return true;
    if (t == TYPE_UINTPTR)
        return v >= -(one << 63) && v < one << 64;
    if (type_signed(t))
        return v >= -(one << (bits - 1)) && v < one << (bits - 1);
    return v >= 0 && v < one << bits;
}

static void complain_overflow(struct checker *c, const struct node *n, enum type t)
{
    bool printable = n->value >= INT64_MIN && n->value <= INT64_MAX;
    if (printable)
        unit_error(c->unit, n->pos, "constant %lld overflows %s", (long long)n->value,
                   type_name(t));
    else
        unit_error(c->unit, n->pos, "the constant overflows %s", type_name(t));
}

void const_convert(struct checker *c, struct node *n, enum type t)
{
    if (!type_untyped(n->type) || t == TYPE_BAD)
        return;
    if ((n->type == TYPE_UNTYPED_BOOL) != (t == TYPE_BOOL) || t == TYPE_STRING || t == TYPE_BUFFER)
        return;
    if (n->is_const && !const_fits(n->value, t))
        complain_overflow(c, n, t);
    n->type = t;
}

static bool same_type(enum type a, enum type b)
{
    bool words = (a == TYPE_INT64 || a == TYPE_UINTPTR) && (b == TYPE_INT64 || b == TYPE_UINTPTR);
    return a == b || words || a == TYPE_BAD || b == TYPE_BAD ||
           (a == TYPE_BUFFER && (b == TYPE_UINTPTR || b == TYPE_INT64));
}

void check_assignable(struct checker *c, struct node *n, enum type t, const char *where)
{
    const_convert(c, n, t);
    if (!same_type(n->type, t))
        unit_error(c->unit, n->pos, "cannot use a value of type %s as %s in %s", type_name(n->type),
                   type_name(t), where);
}

static void set_const(struct node *n, enum type t, wide_t v)
{
    n->type = t;
    n->is_const = true;
    n->value = v;
}

static void name_expr(struct checker *c, struct node *n)
{
    if (c->iota >= 0 && !strcmp(n->name, "iota")) {
        set_const(n, TYPE_UNTYPED_INT, c->iota);
        return;
    }
    struct sym *s = scope_find(c, n->name);
    n->type = TYPE_BAD;
    n->sym = s;
    if (!strcmp(n->name, "_"))
        unit_error(c->unit, n->pos, "cannot use _ as a value");
    else if (!s && !strcmp(n->name, "GOARCH"))
        *n = (struct node){.kind = NODE_STRING,
                           .pos = n->pos,
                           .next = n->next,
                           .type = TYPE_STRING,
                           .is_const = true,
                           .str = c->unit->options->arch,
                           .str_bytes = strlen(c->unit->options->arch)};
    else if (!s)
        unit_error(c->unit, n->pos, "undefined: %s", n->name);
    else if (s->kind == SYM_FUNC || s->kind == SYM_TYPE)
        unit_error(c->unit, n->pos, "%s is a %s, not a value", n->name,
                   s->kind == SYM_FUNC ? "function; call it" : "type");
    else
        n->type = s->type;
    if (!s || s->kind != SYM_CONST) {
        if (s)
            s->read = true;
        return;
    }
    n->is_const = true;
    n->value = s->value;
    n->str = s->str;
    n->str_bytes = s->str_bytes;
}

/* runtime.NAME outside a call: a constant or GOARCH. */
static void select_expr(struct checker *c, struct node *n)
{
    int64_t v;
    n->type = TYPE_BAD;
    if (n->a->kind != NODE_NAME || strcmp(n->a->name, "runtime") != 0 ||
        scope_find(c, n->a->name)) {
        unit_error(c->unit, n->pos, "only runtime has members: there are no structs in RTG");
    } else if (!strcmp(n->name, "GOARCH")) {
        n->type = TYPE_STRING;
        n->is_const = true;
        n->str = c->unit->options->arch;
        n->str_bytes = strlen(n->str);
    } else if (constant_find(n->name, c->unit->options->arch, &v)) {
        set_const(n, TYPE_UNTYPED_INT, v);
    } else if (builtin_find(n->name, true)) {
        unit_error(c->unit, n->pos, "runtime.%s is a function; call it", n->name);
    } else {
        unit_error(c->unit, n->pos, "undefined: runtime.%s", n->name);
    }
}

/* &buf[i]: the address of a buffer's element. */
static void address_expr(struct checker *c, struct node *n)
{
    struct node *e = n->a;
    n->type = TYPE_BAD;
    if (e->kind == NODE_INDEX && e->a->kind == NODE_NAME) {
        check_expr(c, e, TYPE_NONE);
        struct sym *s = e->a->sym;
        if (!s || s->type == TYPE_BUFFER || s->type == TYPE_BAD) {
            n->type = s && s->type == TYPE_BUFFER ? TYPE_UINTPTR : TYPE_BAD;
            return;
        }
    }
    unit_error(c->unit, n->pos,
               "the address can only be taken of a buffer's element, as in &buf[0]");
}

static wide_t complement(wide_t v, enum type t)
{
    wide_t mask = ((wide_t)1 << type_bits(t)) - 1;
    bool is_unsigned = !type_untyped(t) && !type_signed(t) && t != TYPE_UINTPTR;
    return is_unsigned ? ~v & mask : ~v;
}

static void unary_expr(struct checker *c, struct node *n, enum type hint)
{
    if (n->op == TOK_AND) {
        address_expr(c, n);
        return;
    }
    struct node *a = n->a;
    n->type = check_expr(c, a, hint);
    if (n->op == TOK_NOT) {
        check_condition(c, a);
        n->type = a->type == TYPE_UNTYPED_BOOL || a->type == TYPE_BAD ? a->type : TYPE_BOOL;
    } else if (!type_integer(n->type) && n->type != TYPE_BAD) {
        unit_error(c->unit, n->pos, "operator %s is not defined on %s", tok_text(n->op),
                   type_name(n->type));
        n->type = TYPE_BAD;
    }
    if (!a->is_const || n->type == TYPE_BAD)
        return;
    wide_t v = n->op == TOK_NOT   ? !a->value
               : n->op == TOK_SUB ? -a->value
               : n->op == TOK_XOR ? complement(a->value, n->type)
                                  : a->value;
    set_const(n, n->type, v);
    if (!const_fits(v, n->type))
        complain_overflow(c, n, n->type);
}

static bool is_comparison(enum tok op)
{
    return op == TOK_EQ || op == TOK_NE || op == TOK_LT || op == TOK_LE || op == TOK_GT ||
           op == TOK_GE;
}

static bool compare(enum tok op, int order)
{
    switch (op) {
    case TOK_EQ:
        return order == 0;
    case TOK_NE:
        return order != 0;
    case TOK_LT:
        return order < 0;
    case TOK_LE:
        return order <= 0;
    case TOK_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool magnitude_ok(wide_t v)
{
    return v < WIDE_LIMIT && v > -WIDE_LIMIT;
}

/* a op b; false when the result is too large for a constant. */
static bool fold(enum tok op, wide_t a, wide_t b, wide_t *out)
{
    wide_t limit = WIDE_LIMIT;
    switch (op) {
    case TOK_ADD:
        *out = a + b;
        break;
    case TOK_SUB:
        *out = a - b;
        break;
    case TOK_MUL:
        if (a && b && limit / (a < 0 ? -a : a) < (b < 0 ? -b : b))
            return false;
        *out = a * b;
        break;
    case TOK_QUO:
        *out = a / b;
        break;
    case TOK_REM:
        *out = a % b;
        break;
    case TOK_AND:
        *out = a & b;
        break;
    case TOK_OR:
        *out = a | b;
        break;
    case TOK_XOR:
        *out = a ^ b;
        break;
    default:
        *out = a & ~b;
    }
    return magnitude_ok(*out);
}

static bool fold_shift(enum tok op, wide_t a, wide_t count, wide_t *out)
{
    if (op == TOK_SHR) {
        *out = count > 120 ? (a < 0 ? -1 : 0) : a >> (int)count;
        return true;
    }
    if (a && (count > 110 || (WIDE_LIMIT >> (int)count) <= (a < 0 ? -a : a)))
        return false;
    *out = a ? a * ((wide_t)1 << (int)count) : 0;
    return true;
}

static void finish_const(struct checker *c, struct node *n, bool ok, wide_t v)
{
    if (!ok) {
        unit_error(c->unit, n->pos, "the constant is too large");
        n->type = TYPE_BAD;
        return;
    }
    set_const(n, n->type, v);
    if (!const_fits(v, n->type))
        complain_overflow(c, n, n->type);
}

static void shift_expr(struct checker *c, struct node *n, enum type hint)
{
    struct node *a = n->a, *b = n->b;
    n->type = check_expr(c, a, hint);
    check_expr(c, b, TYPE_NONE);
    if (a->type == TYPE_BAD || b->type == TYPE_BAD) {
        n->type = TYPE_BAD;
        return;
    }
    if (!type_integer(a->type) || !type_integer(b->type)) {
        unit_error(c->unit, n->pos, "a shift needs integers, not %s and %s", type_name(a->type),
                   type_name(b->type));
        n->type = TYPE_BAD;
        return;
    }
    if (b->is_const && b->value < 0) {
        unit_error(c->unit, b->pos, "the shift count is negative");
        n->type = TYPE_BAD;
        return;
    }
    if (a->is_const && b->is_const) {
        wide_t v = 0;
        bool ok = fold_shift(n->op, a->value, b->value, &v);
        finish_const(c, n, ok, v);
        return;
    }
    if (type_untyped(a->type)) {
        n->type = type_integer(hint) && !type_untyped(hint) ? hint : TYPE_INT64;
        const_convert(c, a, n->type);
    }
    if (type_untyped(b->type))
        const_convert(c, b, TYPE_UINT64);
    if (b->is_const && b->value >= type_bits(n->type))
        unit_warn(c->unit, b->pos, "a shift of %s by %lld or more bits leaves nothing",
                  type_name(n->type), (long long)type_bits(n->type));
}

/* The common type of two operands; TYPE_BAD after a message. */
static enum type operand_type(struct checker *c, struct node *n)
{
    struct node *a = n->a, *b = n->b;
    if (type_untyped(a->type) && type_untyped(b->type)) {
        bool bools = a->type == TYPE_UNTYPED_BOOL;
        if (bools == (b->type == TYPE_UNTYPED_BOOL))
            return bools ? a->type : MAX(a->type, b->type);
    }
    const_convert(c, a, b->type == TYPE_BUFFER ? TYPE_UINTPTR : b->type);
    const_convert(c, b, a->type == TYPE_BUFFER ? TYPE_UINTPTR : a->type);
    if (a->type == TYPE_BAD || b->type == TYPE_BAD)
        return TYPE_BAD;
    enum type ta = a->type == TYPE_BUFFER ? TYPE_UINTPTR : a->type;
    enum type tb = b->type == TYPE_BUFFER ? TYPE_UINTPTR : b->type;
    if (ta == tb)
        return ta;
    if (same_type(ta, tb))
        return TYPE_UINTPTR;
    unit_error(c->unit, n->pos, "mismatched types %s and %s of the operands of %s", type_name(ta),
               type_name(tb), tok_text(n->op));
    return TYPE_BAD;
}

static void string_comparison(struct checker *c, struct node *n)
{
    struct node *a = n->a, *b = n->b;
    if (n->op != TOK_EQ && n->op != TOK_NE) {
        unit_error(c->unit, n->pos, "strings can only be compared by == and !=");
    } else if (!a->is_const || !b->is_const) {
        unit_error(c->unit, n->pos,
                   "strings can only be compared where both are constants: a string "
                   "variable is an address");
    } else {
        bool equal = a->str_bytes == b->str_bytes && !memcmp(a->str, b->str, a->str_bytes);
        set_const(n, TYPE_UNTYPED_BOOL, equal == (n->op == TOK_EQ));
    }
}

/* An unsigned value against 0: half of these comparisons cannot come out but one way. */
static void warn_unsigned(struct checker *c, const struct node *n, enum type t)
{
    bool is_unsigned = type_integer(t) && !type_untyped(t) && !type_signed(t);
    if (is_unsigned && n->b->is_const && n->b->value <= 0 && (n->op == TOK_LT || n->op == TOK_GE))
        unit_warn(c->unit, n->pos, "a %s is never negative; convert it: int64(x) %s 0",
                  type_name(t), tok_text(n->op));
}

static void comparison(struct checker *c, struct node *n, enum type t)
{
    struct node *a = n->a, *b = n->b;
    n->type = TYPE_UNTYPED_BOOL;
    if (t == TYPE_STRING) {
        string_comparison(c, n);
    } else if (t == TYPE_BAD || t == TYPE_NONE || t == TYPE_LABEL) {
        if (t != TYPE_BAD)
            unit_error(c->unit, n->pos, "unsupported comparison of %s", type_name(t));
        n->type = TYPE_BAD;
    } else if ((t == TYPE_BOOL || t == TYPE_UNTYPED_BOOL) && n->op != TOK_EQ && n->op != TOK_NE) {
        unit_error(c->unit, n->pos, "bools can only be compared by == and !=");
    } else if (a->is_const && b->is_const) {
        int order = a->value < b->value ? -1 : a->value > b->value;
        set_const(n, TYPE_UNTYPED_BOOL, compare(n->op, order));
    } else {
        warn_unsigned(c, n, t);
    }
}

void check_comparison(struct checker *c, struct node *n)
{
    comparison(c, n, operand_type(c, n));
}

static void arithmetic(struct checker *c, struct node *n, enum type t)
{
    struct node *a = n->a, *b = n->b;
    n->type = t;
    if (t != TYPE_BAD && !type_integer(t)) {
        unit_error(c->unit, n->pos, "operator %s is not defined on %s", tok_text(n->op),
                   type_name(t));
        n->type = TYPE_BAD;
    }
    if (n->type == TYPE_BAD)
        return;
    if ((n->op == TOK_QUO || n->op == TOK_REM) && b->is_const && b->value == 0) {
        unit_error(c->unit, b->pos, "division by zero");
        n->type = TYPE_BAD;
    } else if (a->is_const && b->is_const) {
        wide_t v = 0;
        bool ok = fold(n->op, a->value, b->value, &v);
        finish_const(c, n, ok, v);
    }
}

/* && and ||: a constant left side decides whether the right side is dead code. */
static void logical(struct checker *c, struct node *n)
{
    bool is_and = n->op == TOK_LAND;
    check_condition(c, n->a);
    bool decided = n->a->is_const && (n->a->value != 0) != is_and;
    c->dead += decided;
    check_condition(c, n->b);
    c->dead -= decided;
    bool typed = n->a->type == TYPE_BOOL || n->b->type == TYPE_BOOL;
    n->type = typed ? TYPE_BOOL : TYPE_UNTYPED_BOOL;
    if (n->a->type == TYPE_BAD || n->b->type == TYPE_BAD)
        n->type = TYPE_BAD;
    else if (decided)
        set_const(n, n->type, !is_and);
    else if (n->a->is_const && n->b->is_const)
        set_const(n, n->type, n->b->value != 0);
}

static void binary_expr(struct checker *c, struct node *n, enum type hint)
{
    if (n->op == TOK_LAND || n->op == TOK_LOR) {
        logical(c, n);
        return;
    }
    if (n->op == TOK_SHL || n->op == TOK_SHR) {
        shift_expr(c, n, hint);
        return;
    }
    bool compares = is_comparison(n->op);
    check_expr(c, n->a, compares ? TYPE_NONE : hint);
    check_expr(c, n->b, compares ? n->a->type : hint);
    enum type t = operand_type(c, n);
    if (compares)
        comparison(c, n, t);
    else
        arithmetic(c, n, t);
}

/* buf[i] is a byte; p[k] of an address p is the 64-bit word k bytes on; s[i] of a string is a byte.
 */
static void index_expr(struct checker *c, struct node *n)
{
    enum type t = check_expr(c, n->a, TYPE_NONE);
    enum type i = check_value(c, n->b);
    const_convert(c, n->b, TYPE_INT64);
    n->type = TYPE_BAD;
    if (t == TYPE_BAD || i == TYPE_BAD)
        return;
    bool word = t == TYPE_INT64 || t == TYPE_UINTPTR;
    if (!word && t != TYPE_BUFFER && t != TYPE_STRING) {
        unit_error(c->unit, n->a->pos, "cannot index a value of type %s", type_name(t));
        return;
    }
    n->type = word ? TYPE_INT64 : TYPE_UINT8;
    if (!type_integer(i)) {
        unit_error(c->unit, n->b->pos, "an index must be an integer, not %s", type_name(i));
    } else if (word && !n->b->is_const) {
        unit_error(c->unit, n->b->pos, "the offset in p[k] must be constant; use runtime.Load64");
    } else if (t == TYPE_BUFFER && n->b->is_const && n->a->sym &&
               (n->b->value < 0 || n->b->value >= n->a->sym->size_bytes)) {
        unit_error(c->unit, n->b->pos, "index %lld is out of range of a buffer of %lld bytes",
                   (long long)n->b->value, (long long)n->a->sym->size_bytes);
    }
}

enum type check_expr(struct checker *c, struct node *n, enum type hint)
{
    switch (n->kind) {
    case NODE_INT:
        n->is_const = n->type != TYPE_BAD;
        break;
    case NODE_STRING:
        n->is_const = true;
        n->type = TYPE_STRING;
        break;
    case NODE_NAME:
        name_expr(c, n);
        break;
    case NODE_SELECT:
        select_expr(c, n);
        break;
    case NODE_UNARY:
        unary_expr(c, n, hint);
        break;
    case NODE_BINARY:
        binary_expr(c, n, hint);
        break;
    case NODE_INDEX:
        index_expr(c, n);
        break;
    default:
        check_call(c, n);
    }
    return n->type;
}

enum type check_value(struct checker *c, struct node *n)
{
    check_expr(c, n, TYPE_NONE);
    if (n->type != TYPE_NONE && n->type != TYPE_LABEL)
        return n->type;
    unit_error(c->unit, n->pos,
               n->type == TYPE_LABEL ? "a label is not a value" : "the call gives no value");
    return n->type = TYPE_BAD;
}

void check_condition(struct checker *c, struct node *n)
{
    enum type t = check_expr(c, n, TYPE_NONE);
    if (t == TYPE_BOOL || t == TYPE_UNTYPED_BOOL || t == TYPE_BAD || t == TYPE_INT64 ||
        t == TYPE_UINTPTR)
        return;
    if (t == TYPE_UNTYPED_INT && n->is_const)
        return;
    unit_error(c->unit, n->pos, "a value of type %s is not a condition", type_name(t));
    n->type = TYPE_BAD;
}
