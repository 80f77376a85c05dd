/* SPDX-License-Identifier: Apache-2.0 */
/* The program: which functions there are, and the instructions' builder. */
#include "rtgc/lower.h"

#include <string.h>

int32_t lower_block_new(struct lowerer *l)
{
    return func_block(l->unit, l->func);
}

void lower_block_start(struct lowerer *l, int32_t b)
{
    struct block *old = l->func->blocks.at[l->block];
    if (old->term.kind == TERM_NONE)
        old->term = (struct term){.kind = TERM_JMP, .to = {b, b}};
    l->block = b;
    vec_push(&l->unit->arena, &l->func->order, b);
}

static void terminate(struct lowerer *l, struct term t)
{
    struct block *b = l->func->blocks.at[l->block];
    if (b->term.kind == TERM_NONE)
        b->term = t;
}

void lower_jump(struct lowerer *l, int32_t to, srcpos_t pos)
{
    terminate(l, (struct term){.kind = TERM_JMP, .to = {to, to}, .pos = pos});
}

void lower_branch(struct lowerer *l, enum cc cc, struct opnd a, struct opnd b, int32_t yes,
                  int32_t no, srcpos_t pos)
{
    terminate(
        l, (struct term){.kind = TERM_BR, .cc = cc, .a = a, .b = b, .to = {yes, no}, .pos = pos});
}

struct ins *lower_ins(struct lowerer *l, enum ir_op op, srcpos_t pos)
{
    struct block *b = l->func->blocks.at[l->block];
    if (b->term.kind !=
        TERM_NONE) { /* code after a return or goto: in a block that nothing reaches */
        lower_block_start(l, lower_block_new(l));
        b = l->func->blocks.at[l->block];
    }
    struct ins i = {.op = op, .dst = -1, .fn = -1, .pos = pos};
    vec_push(&l->unit->arena, &b->ins, i);
    return &b->ins.at[b->ins.n - 1];
}

struct opnd lower_op(struct lowerer *l, enum ir_op op, struct opnd a, struct opnd b, srcpos_t pos)
{
    struct ins *i = lower_ins(l, op, pos);
    i->dst = func_temp(l->unit, l->func, NULL);
    i->a = a;
    i->b = b;
    return opnd_temp(i->dst);
}

void lower_move(struct lowerer *l, int32_t dst, struct opnd from, srcpos_t pos)
{
    struct ins *i = lower_ins(l, OP_MOV, pos);
    i->dst = dst;
    i->a = from;
}

struct opnd lower_load(struct lowerer *l, int bits, struct opnd base, srcpos_t pos)
{
    struct ins *i = lower_ins(l, OP_LOAD, pos);
    i->dst = func_temp(l->unit, l->func, NULL);
    i->bits = (uint8_t)bits;
    i->a = base;
    return opnd_temp(i->dst);
}

void lower_store(struct lowerer *l, int bits, struct opnd base, struct opnd value, srcpos_t pos)
{
    struct ins *i = lower_ins(l, OP_STORE, pos);
    i->bits = (uint8_t)bits;
    i->a = base;
    i->b = value;
}

struct opnd lower_global(struct lowerer *l, struct sym *s)
{
    if (s->id >= 0)
        return opnd_sym(s->id, 0);
    s->id = ir_sym(l->ir, IRSYM_BSS, s->name);
    struct irsym *g = &l->ir->syms.at[s->id];
    g->size_bytes = s->type == TYPE_BUFFER ? s->size_bytes : 8;
    g->align = s->type == TYPE_BUFFER ? 16 : 8;
    if (s->init && (s->type == TYPE_STRING || s->init->value))
        vec_push(&l->unit->arena, &l->inits, s);
    return opnd_sym(s->id, 0);
}

static void function_start(struct lowerer *l, struct func *f)
{
    l->func = f;
    l->enclosing.n = 0;
    l->block = func_block(l->unit, f);
    vec_push(&l->unit->arena, &f->order, l->block);
    l->expansion = (struct expansion){.result = -1, .end = -1};
}

static void reset_labels(struct func_decl *d)
{
    for (size_t i = 0; i < d->labels.n; i++)
        d->labels.at[i]->id = -1;
}

static void lower_function(struct lowerer *l, struct func_decl *d)
{
    struct func *f = func_new(l->unit, d->name);
    l->ir->syms.at[d->ir].func = f;
    f->pos = d->pos;
    f->has_result = d->sym->type != TYPE_NONE;
    function_start(l, f);
    l->expansion.prelude = d->prelude;
    reset_labels(d);
    for (size_t i = 0; i < d->params.n; i++) {
        struct sym *s = d->params.at[i].sym;
        s->id = func_temp(l->unit, f, s->name);
        vec_push(&l->unit->arena, &f->params, s->id);
    }
    d->expanding = true;
    lower_stmts(l, d->body->list);
    d->expanding = false;
    terminate(l,
              (struct term){.kind = TERM_RET, .a = f->has_result ? opnd_int(0) : (struct opnd){0}});
}

/* The initial values of the globals that the program uses, at the start of the entry. */
static void store_inits(struct lowerer *l, struct func *f)
{
    struct block *b = f->blocks.at[f->order.at[0]];
    l->func = f;
    l->block = lower_block_new(l);
    for (size_t i = 0; i < l->inits.n; i++) {
        struct sym *s = l->inits.at[i];
        struct opnd v = s->type == TYPE_STRING ? lower_string(l, s->init->str, s->init->str_bytes)
                                               : opnd_int((int64_t)s->init->value);
        lower_store(l, 64, opnd_sym(s->id, 0), v, s->pos);
    }
    struct block *stores = f->blocks.at[l->block];
    for (size_t i = 0; i < b->ins.n; i++)
        vec_push(&l->unit->arena, &stores->ins, b->ins.at[i]);
    b->ins.at = stores->ins.at;
    b->ins.n = stores->ins.n;
    b->ins.cap = stores->ins.cap;
}

/* The entry calls the program's first function (mostly it is expanded in place) and hands its
 * result on. */
static struct func *lower_entry(struct lowerer *l, struct func_decl *entry)
{
    bool executable = l->unit->options->emit == RTG_EMIT_ELF;
    struct func *f = func_new(l->unit, entry->calls == 0 ? entry->name : "_start");
    l->ir->entry = ir_sym(l->ir, IRSYM_FUNC, f->name);
    l->ir->syms.at[l->ir->entry].func = f;
    f->pos = entry->pos;
    f->no_return = executable;
    f->has_result = !executable;
    function_start(l, f);
    entry->calls++;
    struct opnd status = lower_call_func(l, entry, NULL, 0, entry->pos);
    if (entry->sym->type == TYPE_NONE)
        status = opnd_int(0);
    if (!executable) {
        terminate(l, (struct term){.kind = TERM_RET, .a = status});
        return f;
    }
    int64_t number = 0;
    constant_find("SYS_EXIT_GROUP", l->unit->options->arch, &number);
    struct ins *exit = lower_ins(l, OP_SYSCALL, entry->pos);
    exit->a = opnd_int(number);
    exit->nargs = 1;
    exit->args = arena_alloc(&l->unit->arena, sizeof *exit->args);
    exit->args[0] = status;
    terminate(l, (struct term){.kind = TERM_STOP});
    return f;
}

void lower_program(struct unit *u, struct program *p, struct func_decl *entry, struct ir *ir)
{
    struct lowerer l = {.unit = u, .ir = ir, .program = p};
    struct func *start = lower_entry(&l, entry);
    for (size_t i = 0; i < l.pending.n; i++)
        lower_function(&l, l.pending.at[i]);
    if (l.inits.n)
        store_inits(&l, start);
}
