/* SPDX-License-Identifier: Apache-2.0 */
/* The IR's text form to IR. Everything is checked, so that the passes may rely on it: what they
 * index is in range. */
#include <stdlib.h>
#include <string.h>

#include "rtgc/ir.h"

#define MAX_ID   1000000 /* of temps, blocks and slots in a text: they are array indexes */
#define MAX_SLOT ((int64_t)1 << 24)

struct reader {
    struct unit *unit;
    struct ir *ir;
    const struct source *file;
    const char *at, *end;
    struct func *func;
    VEC(bool) defined; /* blocks that have a body */
};

static void complain(struct reader *r, const char *what)
{
    unit_error(r->unit, r->file->start + (srcpos_t)(r->at - r->file->text), "%s", what);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',';
}

/* Blanks, commas and comments are between everything. */
static void skip(struct reader *r)
{
    for (; r->at < r->end; r->at++) {
        if (*r->at == '#')
            while (r->at < r->end && *r->at != '\n')
                r->at++;
        if (r->at >= r->end || !blank(*r->at))
            return;
    }
}

static bool got(struct reader *r, const char *word)
{
    skip(r);
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool expect(struct reader *r, const char *word)
{
    if (got(r, word))
        return true;
    complain(r, arena_printf(&r->unit->arena, "expected %s", word));
    return false;
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

static const char *read_name(struct reader *r)
{
    skip(r);
    const char *start = r->at;
    while (r->at < r->end && name_char(*r->at))
        r->at++;
    if (r->at == start)
        complain(r, "expected a name");
    return unit_intern(r->unit, start, (size_t)(r->at - start));
}

static int64_t read_number(struct reader *r, int64_t min, int64_t max)
{
    skip(r);
    const char *start = r->at;
    bool minus = r->at < r->end && *r->at == '-';
    uint64_t v = 0;
    if (r->at < r->end && (*r->at == '-' || *r->at == '+'))
        r->at++;
    const char *digits = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        v = r->at - digits < 19 ? v * 10 + (uint64_t)(*r->at - '0') : UINT64_MAX;
    uint64_t limit = minus ? (uint64_t)1 << 63 : INT64_MAX;
    int64_t n = minus ? (int64_t)-v : (int64_t)v;
    if (r->at == digits || v > limit || n < min || n > max) {
        r->at = start;
        complain(r, "expected a number in range");
        r->at = MAX(digits, start);
        return min > 0 ? min : 0;
    }
    return n;
}

static int32_t find_sym(struct reader *r, const char *name, enum irsym_kind kind)
{
    for (size_t i = 0; i < r->ir->syms.n; i++)
        if (r->ir->syms.at[i].name == name)
            return (int32_t)i;
    return ir_sym(r->ir, kind, name);
}

/* A symbol that is used: declared as a function until its definition says otherwise. */
static int32_t read_sym(struct reader *r)
{
    return find_sym(r, read_name(r), IRSYM_FUNC);
}

/* %3 or %name.3: the number counts. */
static int32_t read_temp(struct reader *r)
{
    const char *name = read_name(r), *dot = strrchr(name, '.');
    const char *digits = dot ? dot + 1 : name;
    char *rest;
    long id = strtol(digits, &rest, 10);
    if (*rest || rest == digits || id < 0 || id > MAX_ID) {
        complain(r, "a temp is %number or %name.number");
        id = 0;
    }
    while (r->func->temps.n <= (size_t)id)
        func_temp(r->unit, r->func, NULL);
    if (dot)
        r->func->temps.at[id].name = unit_intern(r->unit, name, (size_t)(dot - name));
    return (int32_t)id;
}

static int64_t read_offset(struct reader *r)
{
    if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
        return read_number(r, INT32_MIN, INT32_MAX);
    return 0;
}

static struct opnd read_opnd(struct reader *r)
{
    if (got(r, "%"))
        return opnd_temp(read_temp(r));
    if (got(r, "$")) {
        int32_t s = read_sym(r);
        int64_t offset = read_offset(r);
        return opnd_sym(s, offset);
    }
    if (got(r, "&")) {
        int64_t slot = read_number(r, 0, (int64_t)r->func->slots.n - 1);
        if (!r->func->slots.n)
            func_slot(r->unit, r->func, 8, 8);
        int64_t offset = read_offset(r);
        return opnd_slot((int32_t)slot, offset);
    }
    if (got(r, "_"))
        return (struct opnd){0};
    return opnd_int(read_number(r, INT64_MIN, INT64_MAX));
}

static bool more_operands(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == ','))
        r->at++;
    return r->at < r->end && *r->at != '\n' && *r->at != '\r' && *r->at != '[' && *r->at != '#' &&
           *r->at != '}';
}

static enum cc read_cc(struct reader *r)
{
    const char *name = read_name(r);
    for (int i = 0; i < NCCS; i++)
        if (strcmp(ir_cc_names[i], name) == 0)
            return (enum cc)i;
    complain(r, "unknown condition");
    return CC_EQ;
}

/* The operation's name with what is appended to it: load.32, set.lt. */
static bool read_op(struct reader *r, struct ins *i)
{
    skip(r);
    const char *start = r->at;
    while (r->at < r->end && *r->at >= 'a' && *r->at <= 'z')
        r->at++;
    size_t n = (size_t)(r->at - start);
    for (int op = 0; op < NOPS; op++) {
        if (strlen(ir_ops[op].text) != n || memcmp(ir_ops[op].text, start, n) != 0)
            continue;
        i->op = (uint8_t)op;
        bool sized = op == OP_LOAD || op == OP_STORE || op == OP_SX || op == OP_ZX;
        if (sized && expect(r, "."))
            i->bits = (uint8_t)read_number(r, 8, 64);
        if (sized && (i->bits & (i->bits - 1) || i->bits < 8 ||
                      (i->bits == 64 && op != OP_LOAD && op != OP_STORE)))
            complain(r, "the width is 8, 16, 32 or 64 bits"), i->bits = 8;
        if (op == OP_SET && expect(r, "."))
            i->cc = read_cc(r);
        return true;
    }
    r->at = start;
    complain(r, "unknown operation");
    return false;
}

static void check_zero(struct reader *r, const struct ins *i)
{
    bool slot = i->a.kind == OPND_SLOT;
    int64_t size = slot ? r->func->slots.at[i->a.id].size_bytes : 0;
    if (!slot || i->a.val || i->disp <= 0 || i->disp % 8 || i->disp > size)
        complain(r, "zero clears a multiple of 8 bytes of a slot");
}

static void check_operands(struct reader *r, const struct ins *i)
{
    bool memory = i->op == OP_LOAD || i->op == OP_STORE || i->op == OP_ZERO;
    for (int k = 0; k < ir_ops[i->op].operands; k++)
        if ((k ? i->b : i->a).kind == OPND_NONE)
            complain(r, "the operand is missing");
    if (i->op == OP_SYSCALL && i->a.kind != OPND_INT)
        complain(r, "a system call's number is a constant");
    if (i->disp && !memory)
        complain(r, "only memory operations have a displacement");
    if (i->dst >= 0 && !(ir_ops[i->op].flags & OP_IS_D))
        complain(r, "the operation gives no value");
    if (i->dst < 0 && (ir_ops[i->op].flags & OP_IS_D) && i->op != OP_CALL && i->op != OP_CALLI &&
        i->op != OP_SYSCALL)
        complain(r, "the operation's value goes nowhere");
    if (i->op == OP_ZERO)
        check_zero(r, i);
}

static void read_args(struct reader *r, struct ins *i)
{
    i->args = arena_alloc(&r->unit->arena, 6 * sizeof *i->args);
    while (more_operands(r)) {
        struct opnd o = read_opnd(r);
        if (i->nargs == 6 || o.kind == OPND_NONE) {
            complain(r, "a call has at most 6 arguments");
            return;
        }
        i->args[i->nargs++] = o;
        if (r->unit->nerrors)
            return;
    }
}

static void read_ins(struct reader *r, struct block *b)
{
    struct ins i = {.dst = -1, .fn = -1, .pos = r->file->start + (srcpos_t)(r->at - r->file->text)};
    if (got(r, "%")) {
        i.dst = read_temp(r);
        expect(r, "=");
    }
    if (!read_op(r, &i))
        return;
    if (i.op == OP_CALL && expect(r, "$"))
        i.fn = read_sym(r);
    if (ir_ops[i.op].operands > 0)
        i.a = read_opnd(r);
    if (ir_ops[i.op].operands > 1)
        i.b = read_opnd(r);
    if (i.op == OP_CALL || i.op == OP_SYSCALL)
        read_args(r, &i);
    if (!more_operands(r) && r->at < r->end && *r->at == '[') {
        r->at++;
        i.disp = (int32_t)read_number(r, INT32_MIN / 2, INT32_MAX / 2);
        expect(r, "]");
    }
    check_operands(r, &i);
    vec_push(&r->unit->arena, &b->ins, i);
}

static int32_t read_block_id(struct reader *r)
{
    expect(r, "@");
    int64_t id = read_number(r, 0, MAX_ID);
    while (r->func->blocks.n <= (size_t)id)
        func_block(r->unit, r->func);
    return (int32_t)id;
}

/* The block's last line; false when what comes is an instruction. */
static bool read_term(struct reader *r, struct term *t)
{
    *t = (struct term){.pos = r->file->start + (srcpos_t)(r->at - r->file->text)};
    if (got(r, "jmp")) {
        t->kind = TERM_JMP;
        t->to[0] = t->to[1] = read_block_id(r);
    } else if (got(r, "br.")) {
        t->kind = TERM_BR;
        t->cc = read_cc(r);
        t->a = read_opnd(r);
        t->b = read_opnd(r);
        t->to[0] = read_block_id(r);
        t->to[1] = read_block_id(r);
        if (t->a.kind == OPND_NONE || t->b.kind == OPND_NONE)
            complain(r, "a branch compares two operands");
    } else if (got(r, "ret")) {
        t->kind = TERM_RET;
        t->a = read_opnd(r);
        if (r->func->no_return)
            complain(r, "a noreturn function cannot return");
    } else if (got(r, "stop")) {
        t->kind = TERM_STOP;
    }
    return t->kind != TERM_NONE;
}

static void read_block(struct reader *r)
{
    int32_t id = read_block_id(r);
    while (r->defined.n <= (size_t)id)
        vec_push(&r->unit->arena, &r->defined, false);
    if (r->defined.at[id])
        complain(r, "the block is already defined");
    r->defined.at[id] = true;
    struct block *b = r->func->blocks.at[id];
    vec_push(&r->unit->arena, &r->func->order, id);
    struct term t;
    while (!r->unit->nerrors) {
        skip(r);
        if (read_term(r, &t)) {
            b->term = t;
            return;
        }
        if (r->at >= r->end || *r->at == '@' || *r->at == '}') {
            complain(r, "the block does not end in jmp, br, ret or stop");
            return;
        }
        read_ins(r, b);
    }
}

static bool power_of_two(int64_t v)
{
    return v > 0 && !(v & (v - 1));
}

static void read_slots(struct reader *r)
{
    while (got(r, "slot")) {
        expect(r, "&");
        read_number(r, (int64_t)r->func->slots.n, (int64_t)r->func->slots.n);
        int64_t size = read_number(r, 1, MAX_SLOT);
        expect(r, "align");
        int64_t align = read_number(r, 1, 16);
        if (!power_of_two(align))
            complain(r, "an alignment is a power of two");
        func_slot(r->unit, r->func, size, align);
    }
}

static void check_function(struct reader *r)
{
    struct func *f = r->func;
    if (!f->order.n)
        complain(r, "the function has no block");
    for (size_t i = 0; i < f->blocks.n; i++)
        if (i >= r->defined.n || !r->defined.at[i]) {
            f->blocks.at[i]->term = (struct term){.kind = TERM_STOP};
            for (size_t k = 0; k < f->order.n; k++) {
                const struct term *t = &f->blocks.at[f->order.at[k]]->term;
                bool jumps = (t->kind == TERM_JMP || t->kind == TERM_BR) &&
                             (t->to[0] == (int32_t)i || t->to[1] == (int32_t)i);
                if (jumps)
                    complain(r, "a branch goes to a block that is not defined");
            }
        }
}

static void read_func(struct reader *r)
{
    expect(r, "$");
    int32_t s = find_sym(r, read_name(r), IRSYM_FUNC);
    struct func *f = r->func = func_new(r->unit, r->ir->syms.at[s].name);
    f->pos = r->file->start + (srcpos_t)(r->at - r->file->text);
    r->defined.n = 0;
    if (r->ir->syms.at[s].func || r->ir->syms.at[s].kind != IRSYM_FUNC)
        complain(r, "the symbol is already defined");
    r->ir->syms.at[s].func = f;
    while (got(r, "%"))
        vec_push(&r->unit->arena, &f->params, read_temp(r));
    for (size_t i = 0; i < f->params.n; i++)
        for (size_t k = 0; k < i; k++)
            if (f->params.at[i] == f->params.at[k])
                complain(r, "two parameters are the same temp");
    if (f->params.n > 6)
        complain(r, "a function has at most 6 parameters");
    f->has_result = got(r, "result");
    f->no_return = got(r, "noreturn");
    expect(r, "{");
    read_slots(r);
    while (!r->unit->nerrors && !got(r, "}"))
        read_block(r);
    if (!r->unit->nerrors)
        check_function(r);
}

static void read_bytes(struct reader *r, struct buf *out)
{
    expect(r, "\"");
    while (r->at < r->end && *r->at != '"') {
        char c = *r->at++;
        if (c == '\\' && r->end - r->at >= 3 && *r->at == 'x') {
            char hex[3] = {r->at[1], r->at[2], 0};
            c = (char)strtol(hex, NULL, 16);
            r->at += 3;
        } else if (c == '\\' && r->at < r->end) {
            c = *r->at++ == 'n' ? '\n' : '?';
        }
        buf_bytes(out, &c, 1);
    }
    if (r->at >= r->end)
        complain(r, "the data does not end");
    else
        r->at++;
}

static void read_data(struct reader *r, enum irsym_kind kind)
{
    expect(r, "$");
    size_t before = r->ir->syms.n;
    int32_t s = find_sym(r, read_name(r), kind);
    bool used_before =
        (size_t)s < before && r->ir->syms.at[s].kind == IRSYM_FUNC && !r->ir->syms.at[s].func;
    if ((size_t)s < before && !used_before)
        complain(r, "the symbol is already defined");
    struct buf bytes = {.arena = &r->unit->arena};
    r->ir->syms.at[s].kind = kind;
    if (kind == IRSYM_BSS)
        r->ir->syms.at[s].size_bytes = read_number(r, 1, MAX_SLOT);
    expect(r, "align");
    r->ir->syms.at[s].align = read_number(r, 1, 4096);
    if (!power_of_two(r->ir->syms.at[s].align))
        complain(r, "an alignment is a power of two");
    if (kind == IRSYM_BSS)
        return;
    read_bytes(r, &bytes);
    r->ir->syms.at[s].bytes = bytes.at ? bytes.at : "";
    r->ir->syms.at[s].size_bytes = (int64_t)bytes.n;
    for (skip(r); r->at < r->end && *r->at >= '0' && *r->at <= '9'; skip(r)) {
        struct data_reloc reloc = {.at = read_number(r, 0, MAX((int64_t)bytes.n - 8, 0))};
        expect(r, ":$");
        reloc.sym = read_sym(r);
        if (bytes.n < 8)
            complain(r, "an address needs 8 bytes");
        vec_push(&r->unit->arena, &r->ir->syms.at[s].relocs, reloc);
    }
}

/* Every symbol is defined, calls are of functions, everything else is data or bss. */
static void check_symbols(struct reader *r)
{
    for (size_t i = 0; i < r->ir->syms.n; i++) {
        const struct irsym *s = &r->ir->syms.at[i];
        if (s->kind == IRSYM_FUNC && !s->func)
            unit_error(r->unit, r->file->start, "%s is not defined", s->name);
    }
    for (size_t i = 0; i < r->ir->syms.n && !r->unit->nerrors; i++) {
        const struct func *f = r->ir->syms.at[i].func;
        for (size_t k = 0; f && k < f->order.n; k++) {
            const struct block *b = f->blocks.at[f->order.at[k]];
            for (size_t n = 0; n < b->ins.n; n++)
                if (b->ins.at[n].op == OP_CALL &&
                    r->ir->syms.at[b->ins.at[n].fn].kind != IRSYM_FUNC)
                    unit_error(r->unit, b->ins.at[n].pos,
                               "a call of something that is not a function");
        }
    }
    if (r->ir->entry >= 0 && r->ir->syms.at[r->ir->entry].kind != IRSYM_FUNC)
        unit_error(r->unit, r->file->start, "the entry is not a function");
    if (r->ir->entry < 0)
        unit_error(r->unit, r->file->start, "the program has no entry");
}

void ir_read(struct unit *u, const struct source *file, struct ir *ir)
{
    struct reader r = {
        .unit = u, .ir = ir, .file = file, .at = file->text, .end = file->text + file->size_bytes};
    for (skip(&r); r.at < r.end && !u->nerrors; skip(&r)) {
        if (got(&r, "entry")) {
            expect(&r, "$");
            ir->entry = read_sym(&r);
        } else if (got(&r, "func")) {
            read_func(&r);
        } else if (got(&r, "data")) {
            read_data(&r, IRSYM_DATA);
        } else if (got(&r, "bss")) {
            read_data(&r, IRSYM_BSS);
        } else {
            complain(&r, "expected entry, data, bss or func");
        }
    }
    if (!u->nerrors)
        check_symbols(&r);
    if (u->nerrors)
        ir->entry = -1;
}
