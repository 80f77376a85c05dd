/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: builtins become instructions or calls of the prelude; a function that takes labels, or is
 * called once, is expanded in place. */
#include "rtgc/lower.h"

#include <string.h>

#include "rtgc/format.h"

#define MAX_EXPANSIONS 24 /* nesting of functions expanded in each other */
#define MAX_ARGS       16 /* of a Printf or a function that is expanded */
/* What keeps functions small enough to compile and their frames on the stack: bytes of source of a
 * function that is expanded because it is called once, temps and bytes of buffers of what it goes
 * into. */
#define MAX_EXPANDED       16384
#define MAX_EXPANDED_TEMPS 4000
#define MAX_EXPANDED_FRAME 65536

static struct func_decl *prelude_func(struct lowerer *l, const char *name)
{
    for (size_t i = 0; i < l->program->funcs.n; i++)
        if (strcmp(l->program->funcs.at[i]->name, name) == 0)
            return l->program->funcs.at[i];
    return NULL;
}

static int32_t func_symbol(struct lowerer *l, struct func_decl *f)
{
    if (f->ir < 0) {
        f->ir = ir_sym(l->ir, IRSYM_FUNC, f->name);
        vec_push(&l->unit->arena, &l->pending, f);
    }
    return f->ir;
}

/* The body of f here: parameters are fresh variables or the caller's labels, return goes to the
 * end. */
static struct opnd expand(struct lowerer *l, struct func_decl *f, struct opnd *args, srcpos_t pos)
{
    struct expansion outer = l->expansion;
    bool has_result = f->sym->type != TYPE_NONE;
    int32_t result = has_result ? func_temp(l->unit, l->func, NULL) : -1, end = lower_block_new(l);
    for (size_t i = 0; i < f->params.n; i++) {
        struct sym *s = f->params.at[i].sym;
        if (s->type == TYPE_LABEL) {
            s->id = args[i].id;
            continue;
        }
        s->id = func_temp(l->unit, l->func, s->name);
        lower_move(l, s->id, args[i], pos);
    }
    for (size_t i = 0; i < f->labels.n; i++)
        f->labels.at[i]->id = -1;
    l->expansion = (struct expansion){.result = result, .end = end, .prelude = f->prelude};
    f->expanding = true;
    l->expansions++;
    lower_stmts(l, f->body->list);
    l->expansions--;
    f->expanding = false;
    if (has_result && l->func->blocks.at[l->block]->term.kind == TERM_NONE)
        lower_move(l, result, opnd_int(0), pos);
    l->expansion = outer;
    lower_block_start(l, end);
    return has_result ? opnd_temp(result) : opnd_int(0);
}

static bool has_room(const struct func *f)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < f->slots.n; i++)
        bytes += f->slots.at[i].size_bytes;
    return f->temps.n < MAX_EXPANDED_TEMPS && bytes < MAX_EXPANDED_FRAME;
}

/* A function that is called once costs less in place of the call. */
static bool expands(const struct lowerer *l, const struct func_decl *f)
{
    return f->calls == 1 && f->ir < 0 && !f->expanding && l->expansions < MAX_EXPANSIONS &&
           f->body_bytes < MAX_EXPANDED && has_room(l->func);
}

struct opnd lower_call_func(struct lowerer *l, struct func_decl *f, struct opnd *args,
                            int32_t nargs, srcpos_t pos)
{
    if (f->expanding && f->has_labels) {
        unit_error(l->unit, pos, "%s takes a label, so it cannot call itself", f->name);
        return opnd_int(0);
    }
    if (f->has_labels && l->expansions >= MAX_EXPANSIONS) {
        unit_error(l->unit, pos, "functions that take labels are nested too deeply");
        return opnd_int(0);
    }
    if (f->has_labels || expands(l, f))
        return expand(l, f, args, pos);
    int32_t fn = func_symbol(l, f);
    struct ins *i = lower_ins(l, OP_CALL, pos);
    i->fn = fn;
    i->nargs = nargs;
    i->args = arena_alloc(&l->unit->arena, (size_t)nargs * sizeof *args + 1);
    if (nargs)
        memcpy(i->args, args, (size_t)nargs * sizeof *args);
    if (f->sym->type == TYPE_NONE)
        return opnd_int(0);
    i->dst = func_temp(l->unit, l->func, NULL);
    return opnd_temp(i->dst);
}

/* Evaluates arguments left to right. */
static int32_t lower_args(struct lowerer *l, struct node *first, struct opnd *args, int32_t max)
{
    int32_t n = 0;
    for (struct node *a = first; a && n < max; a = a->next, n++) {
        if (a->type == TYPE_LABEL) {
            args[n] = (struct opnd){.id = lower_label(l, a->sym)};
            continue;
        }
        args[n] = lower_expr(l, a);
    }
    return n;
}

static struct opnd user_call(struct lowerer *l, struct node *n)
{
    struct opnd *args = arena_alloc(&l->unit->arena, MAX_ARGS * sizeof *args);
    if (n->sym->func->params.n > MAX_ARGS) {
        unit_error(l->unit, n->pos, "%s has more than %d parameters", n->sym->name, MAX_ARGS);
        return opnd_int(0);
    }
    int32_t nargs = lower_args(l, n->list, args, MAX_ARGS);
    return lower_call_func(l, n->sym->func, args, nargs, n->pos);
}

static struct opnd syscall_(struct lowerer *l, struct node *n)
{
    struct opnd *args = arena_alloc(&l->unit->arena, MAX_PARAMS * sizeof *args);
    int32_t nargs = lower_args(l, n->list->next, args, MAX_PARAMS);
    struct ins *i = lower_ins(l, OP_SYSCALL, n->pos);
    i->a = opnd_int((int64_t)n->list->value);
    i->args = args;
    i->nargs = nargs;
    i->dst = func_temp(l->unit, l->func, NULL);
    return opnd_temp(i->dst);
}

static int access_bits(enum builtin_id id)
{
    switch (id) {
    case BUILTIN_Load8:
    case BUILTIN_Store8:
        return 8;
    case BUILTIN_Load16:
    case BUILTIN_Store16:
        return 16;
    case BUILTIN_Load32:
    case BUILTIN_Store32:
        return 32;
    default:
        return 64;
    }
}

/* Load and Store: address, offset and for a store the value. */
static struct opnd memory(struct lowerer *l, struct node *n)
{
    struct opnd args[3];
    int32_t nargs = lower_args(l, n->list, args, 3);
    int bits = access_bits(n->builtin->id);
    struct opnd address = args[0];
    if (args[1].kind == OPND_INT && (address.kind == OPND_SLOT || address.kind == OPND_SYM))
        address.val += args[1].val;
    else if (!opnd_is_int(args[1], 0))
        address = lower_op(l, OP_ADD, address, args[1], n->pos);
    if (nargs == 2)
        return lower_load(l, bits, address, n->pos);
    lower_store(l, bits, address, args[2], n->pos);
    return opnd_int(0);
}

/* What a value becomes for its verb: %x shows a narrow number's own bits, %d of an unsigned one is
 * %u. */
static struct opnd printf_value(struct lowerer *l, struct node *a, struct format_verb *v,
                                struct opnd value)
{
    bool is_unsigned = type_integer(a->type) && !type_signed(a->type) && !type_untyped(a->type);
    if (v->verb == 'd' && is_unsigned)
        v->verb = 'u';
    if (v->verb != 'd' && type_bits(a->type) < 64 && type_signed(a->type)) {
        value = lower_op(l, OP_ZX, value, (struct opnd){0}, a->pos);
        struct block *b = l->func->blocks.at[l->block];
        b->ins.at[b->ins.n - 1].bits = (uint8_t)type_bits(a->type);
    }
    return value;
}

static void add_verb(struct buf *out, const struct format_verb *v)
{
    if (v->verb == 'p') {
        buf_printf(out, "0x%%x");
        return;
    }
    buf_bytes(out, v->text, v->bytes - 1);
    buf_bytes(out, &v->verb, 1);
}

/* The format as the prelude reads it, and the values stored for it. Returns the number of values.
 */
static int32_t printf_pieces(struct lowerer *l, struct node *n, struct buf *out, int32_t slot)
{
    struct node *format = n->list, *a = format->next;
    struct format_reader r = {.at = format->str, .end = format->str + format->str_bytes};
    struct format_verb v;
    struct opnd *values = arena_alloc(&l->unit->arena, format->str_bytes * sizeof *values + 1);
    int32_t count = lower_args(l, a, values, (int32_t)format->str_bytes), used = 0;
    while (format_next(&r, &v)) {
        if (!v.verb) {
            buf_bytes(out, v.text, v.bytes);
            if (v.bytes == 1 && *v.text == '%' && count)
                buf_bytes(out, "%", 1);
            continue;
        }
        struct opnd value = printf_value(l, a, &v, values[used]);
        lower_store(l, 64, opnd_slot(slot, 8 * (int64_t)used++), value, n->pos);
        add_verb(out, &v);
        a = a->next;
    }
    return used;
}

static struct opnd printf_(struct lowerer *l, struct node *n)
{
    struct buf format = {.arena = &l->unit->arena};
    int32_t count = 0;
    for (struct node *a = n->list->next; a; a = a->next)
        count++;
    int32_t slot = count ? func_slot(l->unit, l->func, 8 * (int64_t)count, 8) : 0;
    count = printf_pieces(l, n, &format, slot);
    struct opnd *args = arena_alloc(&l->unit->arena, 3 * sizeof *args);
    args[0] = opnd_sym(ir_data(l->ir, format.at ? format.at : "", format.n), 0);
    args[1] = opnd_int((int64_t)format.n);
    args[2] = opnd_slot(slot, 0);
    if (format.n)
        lower_call_func(l, prelude_func(l, count ? "rt.printf" : "rt.print"), args, count ? 3 : 2,
                        n->pos);
    return opnd_int(0);
}

static struct opnd log_kmsg(struct lowerer *l, struct node *n)
{
    struct opnd *args = arena_alloc(&l->unit->arena, 4 * sizeof *args);
    args[0] = args[2] = opnd_sym(ir_data(l->ir, n->list->str, n->list->str_bytes), 0);
    args[1] = opnd_int(0);
    args[3] = opnd_int((int64_t)n->list->str_bytes);
    return lower_call_func(l, prelude_func(l, "rt.kmsg"), args, 4, n->pos);
}

static struct opnd simple(struct lowerer *l, struct node *n, enum ir_op op)
{
    struct opnd args[2] = {0};
    lower_args(l, n->list, args, 2);
    struct ins *i = lower_ins(l, op, n->pos);
    i->a = args[0];
    i->b = args[1];
    if (op == OP_CALLI)
        i->dst = func_temp(l->unit, l->func, NULL);
    return i->dst >= 0 ? opnd_temp(i->dst) : opnd_int(0);
}

static struct opnd builtin_call(struct lowerer *l, struct node *n)
{
    switch (n->builtin->id) {
    case BUILTIN_Syscall:
        return syscall_(l, n);
    case BUILTIN_Printf:
        return printf_(l, n);
    case BUILTIN_LogKmsg:
        return log_kmsg(l, n);
    case BUILTIN_Call:
        return simple(l, n, OP_CALLI);
    case BUILTIN_ISB:
        return simple(l, n, OP_ISB);
    case BUILTIN_Fence:
        return simple(l, n, OP_FENCE);
    case BUILTIN_CacheFlush:
        return simple(l, n, OP_FLUSH);
    case BUILTIN_Config: /* not a constant: the key is missing */
        config_missing(l->unit, n);
        return opnd_int(0);
    case BUILTIN_GotoLabel:
        lower_jump(l, lower_label(l, n->list->sym), n->pos);
        return opnd_int(0);
    default:
        return memory(l, n);
    }
}

struct opnd lower_call(struct lowerer *l, struct node *n)
{
    if (n->builtin)
        return builtin_call(l, n);
    if (n->sym)
        return user_call(l, n);
    struct opnd v = lower_expr(l, n->list); /* a conversion */
    bool widens = type_bits(n->list->type) < type_bits(n->type) || (n->list->type == n->type);
    return widens && type_signed(n->list->type) <= type_signed(n->type)
               ? v
               : lower_narrow(l, n->type, v, n->pos);
}

/* A table's rows as words in the image: name, its length, data, its length. */
static int32_t embed_table(struct lowerer *l, struct node *n, int64_t *rows)
{
    const struct rtg_options *o = l->unit->options;
    struct buf words = {.arena = &l->unit->arena};
    int32_t table =
        ir_sym(l->ir, IRSYM_DATA, arena_printf(&l->unit->arena, ".t%zu", l->ir->syms.n));
    for (size_t i = 0; i < o->nrows; i++) {
        const struct rtg_row *r = &o->rows[i];
        if (strlen(r->table) != n->list->str_bytes ||
            memcmp(r->table, n->list->str, n->list->str_bytes) != 0)
            continue;
        uint64_t word[4] = {0, strlen(r->name), 0, r->size_bytes};
        int32_t name = ir_data(l->ir, r->name, strlen(r->name) + 1);
        int32_t data = ir_data(l->ir, r->data, r->size_bytes);
        l->ir->syms.at[data].align = 16;
        struct data_reloc at_name = {(int64_t)words.n, name},
                          at_data = {(int64_t)words.n + 16, data};
        vec_push(&l->unit->arena, &l->ir->syms.at[table].relocs, at_name);
        vec_push(&l->unit->arena, &l->ir->syms.at[table].relocs, at_data);
        buf_bytes(&words, word, sizeof word);
        ++*rows;
    }
    l->ir->syms.at[table].bytes = words.at ? words.at : "";
    l->ir->syms.at[table].size_bytes = (int64_t)words.n;
    l->ir->syms.at[table].align = 8;
    return table;
}

void lower_embed(struct lowerer *l, struct node *n, struct opnd *address, struct opnd *length)
{
    enum builtin_id id = n->builtin->id;
    int64_t count = (int64_t)n->str_bytes;
    bool from_config = id == BUILTIN_EmbedConfigString || id == BUILTIN_EmbedConfigCString;
    if (from_config && !n->str) {
        config_missing(l->unit, n);
        n->str = "";
    }
    if (id == BUILTIN_EmbedTable) {
        count = 0;
        *address = opnd_sym(embed_table(l, n, &count), 0);
    } else if (id == BUILTIN_EmbedCString || id == BUILTIN_EmbedConfigCString) {
        *address = lower_string(l, n->str, n->str_bytes);
    } else {
        *address = opnd_sym(ir_data(l->ir, n->str, n->str_bytes), 0);
    }
    *length = opnd_int(count);
}
