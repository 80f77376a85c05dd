/* SPDX-License-Identifier: Apache-2.0 */
/* Statements. */
#include "rtgc/lower.h"

#include <string.h>

static void lower_stmt(struct lowerer *l, struct node *n);

void lower_stmts(struct lowerer *l, struct node *first)
{
    for (struct node *n = first; n; n = n->next)
        lower_stmt(l, n);
}

int32_t lower_label(struct lowerer *l, struct sym *s)
{
    if (s->id < 0)
        s->id = lower_block_new(l);
    return s->id;
}

/* A declaration makes a new variable each time it is lowered, and clears it each time it runs. */
static void lower_decl(struct lowerer *l, struct node *n)
{
    struct sym *s = n->sym;
    struct opnd v = n->a ? lower_expr(l, n->a) : opnd_int(0);
    s->id = -1;
    lower_var(l, s);
    if (s->type != TYPE_BUFFER) {
        lower_move(l, s->id, v, n->pos);
    } else if (!l->expansion.prelude) {
        struct ins *i = lower_ins(l, OP_ZERO, n->pos);
        i->a = opnd_slot(s->id, 0);
        i->disp = (int32_t)ALIGN_UP(s->size_bytes, 8);
    }
}

static void store_var(struct lowerer *l, struct sym *s, struct opnd v, srcpos_t pos)
{
    if (!s) /* _ */
        return;
    if (s->kind == SYM_GLOBAL)
        lower_store(l, 64, lower_global(l, s), v, pos);
    else
        lower_move(l, lower_var(l, s), v, pos);
}

static void define(struct lowerer *l, struct node *target, struct opnd v, bool fresh)
{
    if (fresh && target->sym)
        target->sym->id = -1;
    store_var(l, target->sym, v, target->pos);
}

static void assign_pair(struct lowerer *l, struct node *n)
{
    struct opnd address, length;
    lower_embed(l, n->b, &address, &length);
    define(l, n->list, address, false);
    define(l, n->list->next, length, false);
}

/* `p[k] op= v`: the address is computed once. */
static void op_assign_index(struct lowerer *l, struct node *n)
{
    int bits;
    struct opnd address = lower_address(l, n->a, &bits);
    struct opnd old = lower_load(l, bits, address, n->pos);
    struct opnd v = lower_expr(l, n->b);
    lower_store(l, bits, address, lower_binary(l, n->c, old, v), n->pos);
}

static void lower_assign(struct lowerer *l, struct node *n)
{
    int bits;
    if (n->list) {
        assign_pair(l, n);
    } else if (n->c && n->a->kind == NODE_INDEX) {
        op_assign_index(l, n);
    } else if (n->a->kind == NODE_INDEX) {
        struct opnd address = lower_address(l, n->a, &bits);
        struct opnd v = lower_expr(l, n->b);
        lower_store(l, bits, address, v, n->pos);
    } else {
        struct opnd v = lower_expr(l, n->c ? n->c : n->b);
        define(l, n->a, v, n->op == TOK_DEFINE);
    }
}

static void lower_if(struct lowerer *l, struct node *n)
{
    if (n->init)
        lower_stmt(l, n->init);
    if (n->a->is_const) { /* the other arm is not even looked at */
        if (n->a->value)
            lower_stmt(l, n->b);
        else if (n->c)
            lower_stmt(l, n->c);
        return;
    }
    int32_t yes = lower_block_new(l), end = lower_block_new(l);
    int32_t no = n->c ? lower_block_new(l) : end;
    lower_cond(l, n->a, yes, no);
    lower_block_start(l, yes);
    lower_stmt(l, n->b);
    lower_jump(l, end, n->pos);
    if (n->c) {
        lower_block_start(l, no);
        lower_stmt(l, n->c);
    }
    lower_block_start(l, end);
}

/* The test stands at the bottom: one branch per round. */
static void lower_for(struct lowerer *l, struct node *n)
{
    if (n->init)
        lower_stmt(l, n->init);
    int32_t body = lower_block_new(l), end = lower_block_new(l);
    int32_t test = n->a ? lower_block_new(l) : body;
    int32_t post = n->c ? lower_block_new(l) : test;
    struct enclosing e = {.node = n, .break_to = end, .continue_to = post};
    lower_jump(l, test, n->pos);
    lower_block_start(l, body);
    vec_push(&l->unit->arena, &l->enclosing, e);
    lower_stmt(l, n->b);
    l->enclosing.n--;
    if (n->c) {
        lower_block_start(l, post);
        lower_stmt(l, n->c);
    }
    if (n->a) {
        lower_block_start(l, test);
        lower_cond(l, n->a, body, end);
    } else {
        lower_jump(l, body, n->pos);
    }
    lower_block_start(l, end);
}

/* Jumps to `to` if the clause's expression holds. */
static void lower_case(struct lowerer *l, struct node *sw, struct node *e, struct opnd tag,
                       int32_t to)
{
    int32_t next = lower_block_new(l);
    bool strings = sw->a && sw->a->type == TYPE_STRING; /* both constant, the checker saw to that */
    if (strings && e->str_bytes == sw->a->str_bytes && !memcmp(e->str, sw->a->str, e->str_bytes))
        lower_jump(l, to, e->pos);
    else if (sw->a && !strings)
        lower_branch(l, CC_EQ, tag, lower_expr(l, e), to, next, e->pos);
    else if (!sw->a)
        lower_cond(l, e, to, next);
    lower_block_start(l, next);
}

static void lower_switch(struct lowerer *l, struct node *n)
{
    if (n->init)
        lower_stmt(l, n->init);
    bool compares = n->a && n->a->type != TYPE_STRING;
    struct opnd tag = compares ? lower_expr(l, n->a) : opnd_int(0);
    int32_t end = lower_block_new(l), otherwise = end;
    size_t count = 0, i = 0;
    for (struct node *k = n->list; k; k = k->next)
        count++;
    int32_t *bodies = arena_alloc(&l->unit->arena, (count + 1) * sizeof *bodies);
    for (struct node *k = n->list; k; k = k->next, i++) {
        bodies[i] = lower_block_new(l);
        if (k->is_default)
            otherwise = bodies[i];
        for (struct node *e = k->list; e; e = e->next)
            lower_case(l, n, e, tag, bodies[i]);
    }
    lower_jump(l, otherwise, n->pos);
    struct enclosing e = {.node = n, .break_to = end, .continue_to = -1};
    vec_push(&l->unit->arena, &l->enclosing, e);
    i = 0;
    for (struct node *k = n->list; k; k = k->next, i++) {
        lower_block_start(l, bodies[i]);
        lower_stmts(l, k->b->list);
        struct node *last = k->b->list;
        while (last && last->next)
            last = last->next;
        lower_jump(l, last && last->kind == NODE_FALLTHROUGH ? bodies[i + 1] : end, k->pos);
    }
    l->enclosing.n--;
    lower_block_start(l, end);
}

static void lower_return(struct lowerer *l, struct node *n)
{
    struct opnd v = n->a ? lower_expr(l, n->a) : (struct opnd){0};
    if (l->expansion.end >= 0) {
        if (n->a)
            lower_move(l, l->expansion.result, v, n->pos);
        lower_jump(l, l->expansion.end, n->pos);
        return;
    }
    struct block *b = l->func->blocks.at[l->block];
    if (b->term.kind == TERM_NONE)
        b->term = (struct term){.kind = TERM_RET, .a = v, .pos = n->pos};
}

static void lower_break(struct lowerer *l, struct node *n)
{
    for (size_t i = l->enclosing.n; i-- > 0;) {
        const struct enclosing *e = &l->enclosing.at[i];
        if (e->node != n->c)
            continue;
        lower_jump(l, n->kind == NODE_BREAK ? e->break_to : e->continue_to, n->pos);
        return;
    }
}

static void lower_stmt(struct lowerer *l, struct node *n)
{
    switch (n->kind) {
    case NODE_BLOCK:
    case NODE_GROUP:
        lower_stmts(l, n->list);
        return;
    case NODE_EXPR:
        if (!n->a->is_const)
            lower_expr(l, n->a);
        return;
    case NODE_ASSIGN:
        lower_assign(l, n);
        return;
    case NODE_VAR:
        lower_decl(l, n);
        return;
    case NODE_IF:
        lower_if(l, n);
        return;
    case NODE_FOR:
        lower_for(l, n);
        return;
    case NODE_SWITCH:
        lower_switch(l, n);
        return;
    case NODE_RETURN:
        lower_return(l, n);
        return;
    case NODE_GOTO:
        lower_jump(l, lower_label(l, n->sym), n->pos);
        return;
    case NODE_BREAK:
    case NODE_CONTINUE:
        lower_break(l, n);
        return;
    case NODE_LABELED:
        lower_block_start(l, lower_label(l, n->sym));
        if (n->a)
            lower_stmt(l, n->a);
        return;
    default:
        return;
    }
}
