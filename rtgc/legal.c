/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/passes.h"

#define MAX_HOISTED 6 /* registers that constants of loops may take for the whole function */

/* A constant that loops use: made once, at the function's start. */
struct hoisted {
    struct opnd value;
    int32_t temp;
};

struct legaliser {
    struct unit *unit;
    struct func *func;
    bool in_loop;
    struct block out; /* the block's new instructions */
    struct hoisted hoisted[MAX_HOISTED];
    int nhoisted;
};

static bool hoist(struct legaliser *l, struct opnd *o)
{
    int k = 0;
    while (k < l->nhoisted && !opnd_same(l->hoisted[k].value, *o))
        k++;
    if (k == MAX_HOISTED)
        return false;
    if (k == l->nhoisted)
        l->hoisted[l->nhoisted++] =
            (struct hoisted){.value = *o, .temp = func_temp(l->unit, l->func, NULL)};
    *o = opnd_temp(l->hoisted[k].temp);
    return true;
}

static void into_temp(struct legaliser *l, struct opnd *o, srcpos_t pos)
{
    if (l->in_loop && !l->unit->options->no_passes && hoist(l, o))
        return;
    struct ins move = {
        .op = OP_MOV, .dst = func_temp(l->unit, l->func, NULL), .fn = -1, .a = *o, .pos = pos};
    vec_push(&l->unit->arena, &l->out.ins, move);
    *o = opnd_temp(move.dst);
}

/* The result would overwrite this operand before it is read: another temp holds it. */
static void copy_operand(struct legaliser *l, struct opnd *o, srcpos_t pos)
{
    struct ins move = {
        .op = OP_MOV, .dst = func_temp(l->unit, l->func, NULL), .fn = -1, .a = *o, .pos = pos};
    vec_push(&l->unit->arena, &l->out.ins, move);
    *o = opnd_temp(move.dst);
}

/* Calls take any constant as an argument, moves from anything: only a and b of the others are asked
 * about. */
static void legal_ins(struct legaliser *l, struct ins *i)
{
    const struct target *t = l->unit->target;
    if (i->op != OP_MOV && i->op != OP_CALL && i->op != OP_SYSCALL)
        for (int n = 0; n < ir_ops[i->op].operands; n++) {
            struct opnd *o = n ? &i->b : &i->a;
            if (o->kind != OPND_TEMP && o->kind != OPND_NONE && !t->operand_ok(i, n, *o))
                into_temp(l, o, i->pos);
            if (o->kind == OPND_TEMP && o->id == i->dst && t->late(i, n) == 2)
                copy_operand(l, o, i->pos);
        }
    vec_push(&l->unit->arena, &l->out.ins, *i);
}

static void legal_term(struct legaliser *l, struct term *term)
{
    const struct target *t = l->unit->target;
    if (term->kind != TERM_BR)
        return;
    if (term->a.kind != OPND_TEMP)
        into_temp(l, &term->a, term->pos);
    if (term->b.kind != OPND_TEMP && !t->branch_ok(term, term->b))
        into_temp(l, &term->b, term->pos);
}

static void take_out(struct legaliser *l, struct block *b)
{
    b->ins.at = l->out.ins.at;
    b->ins.n = l->out.ins.n;
    b->ins.cap = l->out.ins.cap;
    l->out = (struct block){0};
}

static void make_hoisted(struct legaliser *l)
{
    struct block *entry = l->func->blocks.at[l->func->order.at[0]];
    for (int k = 0; k < l->nhoisted; k++) {
        struct ins move = {.op = OP_MOV,
                           .dst = l->hoisted[k].temp,
                           .fn = -1,
                           .a = l->hoisted[k].value,
                           .pos = l->func->pos};
        vec_push(&l->unit->arena, &l->out.ins, move);
    }
    for (size_t i = 0; i < entry->ins.n; i++)
        vec_push(&l->unit->arena, &l->out.ins, entry->ins.at[i]);
    take_out(l, entry);
}

void pass_legal(struct unit *u, struct func *f)
{
    struct legaliser l = {.unit = u, .func = f};
    for (size_t k = 0; k < f->order.n; k++) {
        struct block *b = f->blocks.at[f->order.at[k]];
        l.in_loop = b->loop_depth > 0;
        for (size_t i = 0; i < b->ins.n; i++)
            legal_ins(&l, &b->ins.at[i]);
        legal_term(&l, &b->term);
        take_out(&l, b);
    }
    if (l.nhoisted)
        make_hoisted(&l);
}
