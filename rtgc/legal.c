/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/passes.h"

struct legaliser {
    struct unit *unit;
    struct func *func;
    struct block out; /* the block's new instructions */
};

static void into_temp(struct legaliser *l, struct opnd *o, srcpos_t pos)
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

void pass_legal(struct unit *u, struct func *f)
{
    for (size_t k = 0; k < f->order.n; k++) {
        struct block *b = f->blocks.at[f->order.at[k]];
        struct legaliser l = {.unit = u, .func = f};
        for (size_t i = 0; i < b->ins.n; i++)
            legal_ins(&l, &b->ins.at[i]);
        legal_term(&l, &b->term);
        b->ins.at = l.out.ins.at;
        b->ins.n = l.out.ins.n;
        b->ins.cap = l.out.ins.cap;
    }
}
