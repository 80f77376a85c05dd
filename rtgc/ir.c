/* SPDX-License-Identifier: Apache-2.0 */
/* Building the IR, and its text form. */
#include "rtgc/ir.h"

#include <inttypes.h>
#include <string.h>

#define D OP_IS_D
#define P OP_IS_P
#define C OP_IS_C
const struct ir_op_info ir_ops[NOPS] = {
#define OP(name, text, operands, flags) {text, operands, flags},
#include "rtgc/ops.def"
};
#undef D
#undef P
#undef C

const char *const ir_cc_names[NCCS] = {"eq", "ne",  "lt",  "ge",  "gt",
                                       "le", "ult", "uge", "ugt", "ule"};

enum cc cc_swap(enum cc cc)
{
    static const uint8_t swapped[NCCS] = {CC_EQ, CC_NE,  CC_GT,  CC_LE,  CC_LT,
                                          CC_GE, CC_UGT, CC_ULE, CC_ULT, CC_UGE};
    return swapped[cc];
}

bool cc_holds(enum cc cc, int64_t a, int64_t b)
{
    uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
    bool base[NCCS / 2] = {a == b, a<b, a> b, ua<ub, ua> ub};
    return base[cc / 2] != (cc & 1);
}

struct opnd opnd_temp(int32_t t)
{
    return (struct opnd){.kind = OPND_TEMP, .id = t};
}

struct opnd opnd_int(int64_t v)
{
    return (struct opnd){.kind = OPND_INT, .val = v};
}

struct opnd opnd_sym(int32_t s, int64_t offset)
{
    return (struct opnd){.kind = OPND_SYM, .id = s, .val = offset};
}

struct opnd opnd_slot(int32_t s, int64_t offset)
{
    return (struct opnd){.kind = OPND_SLOT, .id = s, .val = offset};
}

bool opnd_same(struct opnd a, struct opnd b)
{
    return a.kind == b.kind && a.id == b.id && a.val == b.val;
}

struct func *func_new(struct unit *u, const char *name)
{
    struct func *f = arena_alloc(&u->arena, sizeof *f);
    f->name = name;
    return f;
}

int32_t func_temp(struct unit *u, struct func *f, const char *name)
{
    struct temp t = {.name = name};
    vec_push(&u->arena, &f->temps, t);
    return (int32_t)f->temps.n - 1;
}

int32_t func_slot(struct unit *u, struct func *f, int64_t size_bytes, int64_t align)
{
    struct slot s = {.size_bytes = size_bytes, .align = align};
    vec_push(&u->arena, &f->slots, s);
    return (int32_t)f->slots.n - 1;
}

int32_t func_block(struct unit *u, struct func *f)
{
    struct block *b = arena_alloc(&u->arena, sizeof *b);
    vec_push(&u->arena, &f->blocks, b);
    return (int32_t)f->blocks.n - 1;
}

int32_t ir_sym(struct ir *ir, enum irsym_kind kind, const char *name)
{
    struct irsym s = {.kind = kind, .name = name, .align = 1};
    vec_push(&ir->unit->arena, &ir->syms, s);
    return (int32_t)ir->syms.n - 1;
}

static size_t pool_place(const struct ir *ir, const char *bytes, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)bytes[i]) * 16777619u;
    size_t at = h & (ir->pool_cap - 1);
    for (; ir->pool[at] >= 0; at = (at + 1) & (ir->pool_cap - 1)) {
        const struct irsym *s = &ir->syms.at[ir->pool[at]];
        if ((size_t)s->size_bytes == n && (n == 0 || memcmp(s->bytes, bytes, n) == 0))
            break;
    }
    return at;
}

static void pool_grow(struct ir *ir)
{
    int32_t *old = ir->pool;
    size_t old_cap = ir->pool_cap;
    ir->pool_cap = old_cap ? old_cap * 2 : 64;
    ir->pool = arena_alloc(&ir->unit->arena, ir->pool_cap * sizeof *ir->pool);
    memset(ir->pool, 0xff, ir->pool_cap * sizeof *ir->pool);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i] >= 0)
            ir->pool[pool_place(ir, ir->syms.at[old[i]].bytes,
                                (size_t)ir->syms.at[old[i]].size_bytes)] = old[i];
}

int32_t ir_data(struct ir *ir, const char *bytes, size_t n)
{
    if (ir->npool * 2 >= ir->pool_cap)
        pool_grow(ir);
    size_t at = pool_place(ir, bytes, n);
    if (ir->pool[at] >= 0)
        return ir->pool[at];
    int32_t s = ir_sym(ir, IRSYM_DATA, arena_printf(&ir->unit->arena, ".%zu", ir->npool++));
    ir->syms.at[s].bytes = bytes;
    ir->syms.at[s].size_bytes = (int64_t)n;
    return ir->pool[at] = s;
}

struct opnd *ins_operand(struct ins *i, int n)
{
    if (n == 0)
        return &i->a;
    if (n == 1)
        return &i->b;
    return n - 2 < i->nargs ? &i->args[n - 2] : NULL;
}

static void print_temp(const struct func *f, int32_t t, struct buf *out)
{
    if (f->temps.at[t].name)
        buf_printf(out, "%%%s.%d", f->temps.at[t].name, t);
    else
        buf_printf(out, "%%%d", t);
}

static void print_opnd(const struct ir *ir, const struct func *f, struct opnd o, struct buf *out)
{
    switch (o.kind) {
    case OPND_TEMP:
        print_temp(f, o.id, out);
        break;
    case OPND_INT:
        buf_printf(out, "%" PRId64, o.val);
        break;
    case OPND_SYM:
        buf_printf(out, "$%s", ir->syms.at[o.id].name);
        break;
    case OPND_SLOT:
        buf_printf(out, "&%d", o.id);
        break;
    case OPND_NONE:
        buf_printf(out, "_");
    }
    if ((o.kind == OPND_SYM || o.kind == OPND_SLOT) && o.val)
        buf_printf(out, "%+" PRId64, o.val);
}

static void print_ins(const struct ir *ir, const struct func *f, const struct ins *i,
                      struct buf *out)
{
    const char *separator = " ";
    buf_printf(out, "\t");
    if (i->dst >= 0) {
        print_temp(f, i->dst, out);
        buf_printf(out, " = ");
    }
    buf_printf(out, "%s", ir_ops[i->op].text);
    if (i->bits)
        buf_printf(out, ".%d", i->bits);
    if (i->op == OP_SET)
        buf_printf(out, ".%s", ir_cc_names[i->cc]);
    if (i->op == OP_CALL)
        buf_printf(out, " $%s", ir->syms.at[i->fn].name), separator = ", ";
    for (int k = 0; k < ir_ops[i->op].operands; k++, separator = ", ") {
        buf_printf(out, "%s", separator);
        print_opnd(ir, f, k ? i->b : i->a, out);
    }
    for (int k = 0; k < i->nargs; k++, separator = ", ") {
        buf_printf(out, "%s", separator);
        print_opnd(ir, f, i->args[k], out);
    }
    if (i->disp)
        buf_printf(out, "%s[%d]", separator, i->disp);
    buf_printf(out, "\n");
}

static void print_term(const struct ir *ir, const struct func *f, const struct term *t,
                       struct buf *out)
{
    switch (t->kind) {
    case TERM_JMP:
        buf_printf(out, "\tjmp @%d\n", t->to[0]);
        break;
    case TERM_BR:
        buf_printf(out, "\tbr.%s ", ir_cc_names[t->cc]);
        print_opnd(ir, f, t->a, out);
        buf_printf(out, ", ");
        print_opnd(ir, f, t->b, out);
        buf_printf(out, " @%d @%d\n", t->to[0], t->to[1]);
        break;
    case TERM_RET:
        buf_printf(out, "\tret ");
        print_opnd(ir, f, t->a, out);
        buf_printf(out, "\n");
        break;
    default:
        buf_printf(out, "\tstop\n");
    }
}

static void print_reg(const struct func *f, int32_t t, struct buf *out)
{
    if (f->reg && f->reg[t] != -2) {
        buf_printf(out, "\t# ");
        print_temp(f, t, out);
        buf_printf(out, f->reg[t] >= 0 ? " is in register %d\n" : " is in slot %d\n",
                   f->reg[t] >= 0 ? f->reg[t] : f->spill[t]);
    }
}

void ir_print_func(const struct ir *ir, const struct func *f, struct buf *out)
{
    buf_printf(out, "func $%s", f->name);
    for (size_t i = 0; i < f->params.n; i++) {
        buf_printf(out, " ");
        print_temp(f, f->params.at[i], out);
    }
    buf_printf(out, "%s%s {\n", f->has_result ? " result" : "", f->no_return ? " noreturn" : "");
    for (size_t i = 0; i < f->slots.n; i++)
        buf_printf(out, "\tslot &%zu %" PRId64 " align %" PRId64 "\n", i, f->slots.at[i].size_bytes,
                   f->slots.at[i].align);
    for (size_t i = 0; i < f->temps.n; i++)
        print_reg(f, (int32_t)i, out);
    for (size_t i = 0; i < f->order.n; i++) {
        const struct block *b = f->blocks.at[f->order.at[i]];
        buf_printf(out, "@%d\n", f->order.at[i]);
        for (size_t k = 0; k < b->ins.n; k++)
            print_ins(ir, f, &b->ins.at[k], out);
        print_term(ir, f, &b->term, out);
    }
    buf_printf(out, "}\n");
}

static void print_bytes(const char *s, int64_t n, struct buf *out)
{
    buf_printf(out, "\"");
    for (int64_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)s[i];
        if (c == '\n')
            buf_bytes(out, "\\n", 2);
        else if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            buf_printf(out, "\\x%02x", c);
        else
            buf_bytes(out, &s[i], 1);
    }
    buf_printf(out, "\"");
}

static void print_data(const struct ir *ir, const struct irsym *s, struct buf *out)
{
    if (s->kind == IRSYM_BSS) {
        buf_printf(out, "bss $%s %" PRId64 " align %" PRId64 "\n", s->name, s->size_bytes,
                   s->align);
        return;
    }
    buf_printf(out, "data $%s align %" PRId64 " ", s->name, s->align);
    print_bytes(s->bytes, s->size_bytes, out);
    for (size_t i = 0; i < s->relocs.n; i++)
        buf_printf(out, " %" PRId64 ":$%s", s->relocs.at[i].at,
                   ir->syms.at[s->relocs.at[i].sym].name);
    buf_printf(out, "\n");
}

void ir_print_data(const struct ir *ir, struct buf *out)
{
    if (ir->entry >= 0)
        buf_printf(out, "entry $%s\n", ir->syms.at[ir->entry].name);
    for (size_t i = 0; i < ir->syms.n; i++)
        if (ir->syms.at[i].kind != IRSYM_FUNC)
            print_data(ir, &ir->syms.at[i], out);
}

void ir_print(const struct ir *ir, struct buf *out)
{
    ir_print_data(ir, out);
    for (size_t i = 0; i < ir->syms.n; i++)
        if (ir->syms.at[i].kind == IRSYM_FUNC && ir->syms.at[i].func)
            ir_print_func(ir, ir->syms.at[i].func, out);
}
