/* SPDX-License-Identifier: Apache-2.0 */
/* Statements. */
#include "rtgc/check.h"

#include <string.h>

static void check_stmt(struct checker *c, struct node *n);

static void check_block(struct checker *c, struct node *block)
{
    scope_enter(c);
    for (struct node *n = block->list; n; n = n->next)
        check_stmt(c, n);
    scope_leave(c);
}

static void const_value(struct checker *c, struct node *n, struct sym *s)
{
    enum type want = n->type_expr ? check_type(c, n->type_expr, NULL) : TYPE_NONE;
    struct node value =
        *n->a; /* a group repeats the expression: each name checks its own copy of the root */
    c->iota = (int)n->value;
    check_expr(c, &value, want);
    c->iota = -1;
    if (value.type == TYPE_BAD)
        return;
    if (!value.is_const) {
        unit_error(c->unit, value.pos, "the value of %s is not a constant", n->name);
        return;
    }
    if (want != TYPE_NONE)
        check_assignable(c, &value, want, "a constant declaration");
    s->type = want != TYPE_NONE ? want : value.type;
    s->value = value.value;
    s->str = value.str;
    s->str_bytes = value.str_bytes;
}

void check_const(struct checker *c, struct node *n)
{
    struct sym value = {0};
    value.type = TYPE_BAD;
    if (n->a)
        const_value(c, n, &value);
    else
        unit_error(c->unit, n->pos, "the constant %s has no value", n->name);
    struct sym *s = c->func ? scope_declare(c, SYM_CONST, n->name, n->pos) : n->sym;
    s->type = value.type;
    s->value = value.value;
    s->str = value.str;
    s->str_bytes = value.str_bytes;
    n->sym = s;
}

static void var_value(struct checker *c, struct node *n, enum type t)
{
    if (t == TYPE_BUFFER) {
        unit_error(c->unit, n->a->pos, "a buffer cannot have an initial value");
        check_expr(c, n->a, TYPE_NONE);
        return;
    }
    check_expr(c, n->a, t);
    if (n->a->type == TYPE_NONE || n->a->type == TYPE_LABEL) {
        check_value(c, n->a);
        return;
    }
    if (t != TYPE_NONE)
        check_assignable(c, n->a, t, "a variable declaration");
    else
        const_convert(c, n->a, default_type(n->a->type));
    if (!c->func && !n->a->is_const && n->a->type != TYPE_BAD)
        unit_error(c->unit, n->a->pos,
                   "the initial value of a package-level variable must be constant");
}

/* What `x := v` and `var x = v` make of v's type: a buffer's value is its address. */
static enum type declared_type(enum type t)
{
    return t == TYPE_BUFFER ? TYPE_UINTPTR : t == TYPE_NONE || t == TYPE_LABEL ? TYPE_BAD : t;
}

void check_var(struct checker *c, struct node *n)
{
    int64_t bytes = 8;
    enum type t = n->type_expr ? check_type(c, n->type_expr, &bytes) : TYPE_NONE;
    if (t == TYPE_LABEL) {
        unit_error(c->unit, n->type_expr->pos, "only parameters can have the type label");
        t = TYPE_BAD;
    }
    if (n->a)
        var_value(c, n, t);
    else if (t == TYPE_NONE)
        unit_error(c->unit, n->pos, "var %s needs a type or a value", n->name);
    if (t == TYPE_NONE)
        t = n->a ? declared_type(n->a->type) : TYPE_BAD;
    struct sym *s = c->func ? scope_declare(c, SYM_VAR, n->name, n->pos) : n->sym;
    s->type = t;
    s->size_bytes = bytes;
    s->initialised = n->a != NULL;
    s->init = n->a;
    n->sym = s;
}

/* Whether the name on the left of `:=` stands for a variable of the innermost scope already. */
static bool is_here(const struct checker *c, const struct node *t)
{
    struct sym *s = t->kind == NODE_NAME ? *name_binding(t->name) : NULL;
    return s && s->depth == c->marks.n && s->kind == SYM_VAR;
}

static void nothing_new(struct checker *c, const struct node *n)
{
    unit_error(c->unit, n->pos, "no new variables on left side of :=");
}

/* A name on the left of `:=`. */
static struct sym *define(struct checker *c, struct node *target, enum type t)
{
    if (target->kind != NODE_NAME) {
        unit_error(c->unit, target->pos, ":= needs a name on its left side");
        return NULL;
    }
    struct sym *s = scope_declare(c, SYM_VAR, target->name, target->pos);
    s->type = declared_type(t);
    s->initialised = true;
    target->sym = s;
    target->type = s->type;
    return s;
}

/* A place on the left of `=`: a variable, or p[k], buf[i]. TYPE_BAD after a message. */
static enum type target_type(struct checker *c, struct node *t)
{
    if (t->kind == NODE_NAME && !strcmp(t->name, "_")) {
        t->sym = NULL;
        return t->type = TYPE_NONE;
    }
    if (t->kind == NODE_INDEX) {
        check_expr(c, t, TYPE_NONE);
        if (t->a->type == TYPE_STRING)
            unit_error(c->unit, t->pos, "cannot change a string");
        return t->type;
    }
    struct sym *s = t->kind == NODE_NAME ? scope_find(c, t->name) : NULL;
    t->type = TYPE_BAD;
    t->sym = s;
    if (t->kind != NODE_NAME)
        unit_error(c->unit, t->pos,
                   "cannot assign to this: a variable, buf[i] or p[k] can be assigned to");
    else if (!s)
        unit_error(c->unit, t->pos, "undefined: %s", t->name);
    else if ((s->kind != SYM_VAR && s->kind != SYM_GLOBAL) || s->type == TYPE_BUFFER ||
             s->type == TYPE_LABEL)
        unit_error(c->unit, t->pos, "cannot assign to %s: it is not a variable of a single value",
                   t->name);
    else {
        s->assigned = true;
        t->type = s->type;
    }
    return t->type;
}

/* address, length = runtime.Embed...(): both are uintptr-like words. */
static void check_pair(struct checker *c, struct node *n)
{
    struct node *first = n->list, *second = first->next;
    c->pair_call = n->b;
    check_expr(c, n->b, TYPE_NONE);
    c->pair_call = NULL;
    bool embeds = n->b->kind == NODE_CALL && n->b->builtin && (n->b->builtin->flags & BUILTIN_PAIR);
    if (!embeds && n->b->type != TYPE_BAD)
        unit_error(c->unit, n->b->pos, "only runtime.Embed... gives two values");
    bool fresh = false;
    for (struct node *t = first; t && t != second->next; t = t->next) {
        enum type want = t == first ? TYPE_UINTPTR : TYPE_INT64;
        if (n->op == TOK_DEFINE && !is_here(c, t)) {
            define(c, t, want);
            fresh |= strcmp(t->name ? t->name : "_", "_") != 0;
            continue;
        }
        enum type have = target_type(c, t);
        if (have != TYPE_NONE && have != TYPE_BAD && have != TYPE_UINTPTR && have != TYPE_INT64)
            unit_error(c->unit, t->pos, "cannot assign an address or a length to a %s",
                       type_name(have));
    }
    if (n->op == TOK_DEFINE && !fresh)
        nothing_new(c, n);
}

static enum tok assign_operator(enum tok op)
{
    switch (op) {
    case TOK_SHL_ASSIGN:
        return TOK_SHL;
    case TOK_SHR_ASSIGN:
        return TOK_SHR;
    case TOK_AND_NOT_ASSIGN:
        return TOK_AND_NOT;
    case TOK_MUL_ASSIGN:
        return TOK_MUL;
    case TOK_QUO_ASSIGN:
        return TOK_QUO;
    case TOK_REM_ASSIGN:
        return TOK_REM;
    case TOK_AND_ASSIGN:
        return TOK_AND;
    case TOK_OR_ASSIGN:
        return TOK_OR;
    case TOK_XOR_ASSIGN:
        return TOK_XOR;
    case TOK_ADD_ASSIGN:
        return TOK_ADD;
    default:
        return TOK_SUB;
    }
}

/* `t op= v` becomes `t = t op v`; n->c is the whole value, t is a part of it and is evaluated once
 * by lowering. */
static void op_assign(struct checker *c, struct node *n)
{
    struct node *value = arena_alloc(&c->unit->arena, sizeof *value);
    struct sym *s = n->a->kind == NODE_NAME ? scope_find(c, n->a->name) : NULL;
    bool read = s && s->read;
    *value = (struct node){
        .kind = NODE_BINARY, .op = assign_operator(n->op), .pos = n->pos, .a = n->a, .b = n->b};
    enum type t = target_type(c, n->a);
    if (t == TYPE_NONE)
        unit_error(c->unit, n->a->pos, "cannot use _ as a value");
    check_expr(c, value, t);
    if (s && s->kind == SYM_VAR)
        s->read = read; /* x++ alone uses x for nothing */
    if (t != TYPE_BAD && t != TYPE_NONE)
        check_assignable(c, value, t, "an assignment");
    n->c = value;
}

static void check_assign(struct checker *c, struct node *n)
{
    if (n->list) {
        check_pair(c, n);
        return;
    }
    if (n->op != TOK_ASSIGN && n->op != TOK_DEFINE) {
        op_assign(c, n);
        return;
    }
    if (n->op == TOK_DEFINE) {
        check_value(c, n->b);
        const_convert(c, n->b, default_type(n->b->type));
        if (is_here(c, n->a) || (n->a->name && !strcmp(n->a->name, "_")))
            nothing_new(c, n);
        else
            define(c, n->a, n->b->type);
        return;
    }
    enum type t = target_type(c, n->a);
    check_expr(c, n->b, t);
    if (n->b->type == TYPE_NONE || n->b->type == TYPE_LABEL)
        check_value(c, n->b);
    else if (t == TYPE_NONE)
        const_convert(c, n->b, default_type(n->b->type));
    else
        check_assignable(c, n->b, t, "an assignment");
}

static void check_if(struct checker *c, struct node *n)
{
    scope_enter(c);
    if (n->init)
        check_stmt(c, n->init);
    if (n->a)
        check_condition(c, n->a);
    bool known = n->a && n->a->is_const && n->a->type != TYPE_BAD;
    bool skips_then = known && !n->a->value, skips_else = known && n->a->value;
    c->dead += skips_then;
    check_block(c, n->b);
    c->dead -= skips_then;
    c->dead += skips_else;
    if (n->c)
        check_stmt(c, n->c);
    c->dead -= skips_else;
    scope_leave(c);
}

static void check_for(struct checker *c, struct node *n)
{
    scope_enter(c);
    if (n->init)
        check_stmt(c, n->init);
    if (n->a)
        check_condition(c, n->a);
    if (n->c && n->c->kind == NODE_ASSIGN && n->c->op == TOK_DEFINE)
        unit_error(c->unit, n->c->pos, "cannot declare in the post statement of a for loop");
    else if (n->c)
        check_stmt(c, n->c);
    vec_push(&c->unit->arena, &c->enclosing, n);
    check_block(c, n->b);
    c->enclosing.n--;
    scope_leave(c);
}

static void check_case(struct checker *c, struct node *sw, struct node *clause)
{
    for (struct node *e = clause->list; e; e = e->next) {
        if (!sw->a) {
            check_condition(c, e);
            continue;
        }
        struct node both = {.kind = NODE_BINARY, .op = TOK_EQ, .pos = e->pos, .a = sw->a, .b = e};
        check_expr(c, e, sw->a->type);
        check_comparison(c, &both);
    }
    check_block(c, clause->b);
}

static void duplicate_cases(struct checker *c, struct node *sw)
{
    int defaults = 0;
    for (struct node *k = sw->list; k; k = k->next)
        if (k->is_default && defaults++)
            unit_error(c->unit, k->pos, "a switch has one default");
    for (struct node *k = sw->list; sw->a && k; k = k->next)
        for (struct node *e = k->list; e; e = e->next)
            for (struct node *f = e->next; e->is_const && f; f = f->next)
                if (f->is_const && e->type != TYPE_STRING && f->value == e->value)
                    unit_error(c->unit, f->pos, "duplicate case %lld", (long long)f->value);
}

/* Notes a fallthrough that stands where it may: check_stmt complains about all others. */
static void place_fallthrough(struct checker *c, struct node *clause)
{
    struct node *last = clause->b->list;
    while (last && last->next)
        last = last->next;
    if (!last || last->kind != NODE_FALLTHROUGH)
        return;
    last->is_const = true;
    if (!clause->next)
        unit_error(c->unit, last->pos, "cannot fall through the last case of a switch");
}

static void check_switch(struct checker *c, struct node *n)
{
    scope_enter(c);
    if (n->init)
        check_stmt(c, n->init);
    if (n->a) {
        check_value(c, n->a);
        if (!n->a->is_const || n->a->type != TYPE_STRING)
            const_convert(c, n->a, default_type(n->a->type));
    }
    vec_push(&c->unit->arena, &c->enclosing, n);
    for (struct node *k = n->list; k; k = k->next) {
        place_fallthrough(c, k);
        check_case(c, n, k);
    }
    duplicate_cases(c, n);
    c->enclosing.n--;
    scope_leave(c);
}

static void check_return(struct checker *c, struct node *n)
{
    enum type want = c->func->sym->type;
    if (!n->a) {
        if (want != TYPE_NONE && want != TYPE_BAD)
            unit_error(c->unit, n->pos, "%s must return a value of type %s", c->func->name,
                       type_name(want));
        return;
    }
    check_expr(c, n->a, want);
    if (want == TYPE_NONE)
        unit_error(c->unit, n->a->pos, "%s has no result, so return takes no value", c->func->name);
    else if (n->a->type == TYPE_NONE)
        check_value(c, n->a);
    else
        check_assignable(c, n->a, want, "a return");
}

static struct sym *label_find(struct checker *c, const char *name)
{
    for (size_t i = 0; i < c->func->labels.n; i++)
        if (c->func->labels.at[i]->name == name)
            return c->func->labels.at[i];
    return NULL;
}

static void check_goto(struct checker *c, struct node *n)
{
    if (!n->name)
        return;
    n->sym = label_find(c, n->name);
    if (n->sym)
        n->sym->read = true;
    else
        unit_error(c->unit, n->pos, "label %s is not defined", n->name);
}

/* break and continue: finds the loop or switch, which lowering looks up again by the node in n->c.
 */
static void check_break(struct checker *c, struct node *n)
{
    bool only_loops = n->kind == NODE_CONTINUE;
    for (size_t i = c->enclosing.n; i-- > 0;) {
        struct node *around = c->enclosing.at[i];
        bool fits = around->kind == NODE_FOR || !only_loops;
        if (!fits || (n->name && around->name != n->name))
            continue;
        n->c = around;
        if (n->name && label_find(c, n->name))
            label_find(c, n->name)->read = true;
        return;
    }
    if (n->name)
        unit_error(c->unit, n->pos, "no loop%s around this has the label %s",
                   only_loops ? "" : " or switch", n->name);
    else
        unit_error(c->unit, n->pos,
                   only_loops ? "continue is not in a loop" : "break is not in a loop or switch");
}

static void check_labeled(struct checker *c, struct node *n)
{
    n->sym = label_find(c, n->name);
    if (!n->a)
        return;
    if (n->a->kind == NODE_FOR || n->a->kind == NODE_SWITCH)
        n->a->name = n->name;
    check_stmt(c, n->a);
}

static void check_expr_stmt(struct checker *c, struct node *n)
{
    if (n->a->kind != NODE_CALL) {
        check_expr(c, n->a, TYPE_NONE);
        if (n->a->type != TYPE_BAD || n->a->kind == NODE_STRING)
            unit_error(
                c->unit, n->pos,
                "the value is computed and not used; a statement is a call or an assignment");
        return;
    }
    c->stmt_call = n->a;
    check_expr(c, n->a, TYPE_NONE);
    c->stmt_call = NULL;
    if (n->a->type != TYPE_BAD && !n->a->builtin && !n->a->sym)
        unit_error(c->unit, n->pos, "the value is computed and not used");
}

static void check_stmt(struct checker *c, struct node *n)
{
    switch (n->kind) {
    case NODE_BLOCK:
        check_block(c, n);
        return;
    case NODE_GROUP:
        for (struct node *d = n->list; d; d = d->next)
            check_stmt(c, d);
        return;
    case NODE_EXPR:
        check_expr_stmt(c, n);
        return;
    case NODE_ASSIGN:
        check_assign(c, n);
        return;
    case NODE_VAR:
        check_var(c, n);
        return;
    case NODE_CONST:
        check_const(c, n);
        return;
    case NODE_IF:
        check_if(c, n);
        return;
    case NODE_FOR:
        check_for(c, n);
        return;
    case NODE_SWITCH:
        check_switch(c, n);
        return;
    case NODE_RETURN:
        check_return(c, n);
        return;
    case NODE_GOTO:
        check_goto(c, n);
        return;
    case NODE_BREAK:
    case NODE_CONTINUE:
        check_break(c, n);
        return;
    case NODE_FALLTHROUGH:
        if (!n->is_const)
            unit_error(c->unit, n->pos,
                       "fallthrough must be the last statement of a case of a switch");
        return;
    case NODE_LABELED:
        check_labeled(c, n);
        return;
    default:
        return;
    }
}

/* All labels below n, so that goto may jump forwards. */
static void collect_labels(struct checker *c, struct node *n)
{
    for (; n; n = n->next) {
        if (n->kind == NODE_LABELED) {
            struct sym *old = label_find(c, n->name);
            if (old)
                unit_error(c->unit, n->pos, "label %s is already defined", n->name);
            struct sym *s = arena_alloc(&c->unit->arena, sizeof *s);
            *s = (struct sym){.kind = SYM_LABEL, .name = n->name, .pos = n->pos, .id = -1};
            vec_push(&c->unit->arena, &c->func->labels, s);
            collect_labels(c, n->a);
        } else if (n->kind == NODE_IF) {
            collect_labels(c, n->b);
            collect_labels(c, n->c);
        } else if (n->kind == NODE_FOR || n->kind == NODE_CASE) {
            collect_labels(c, n->b);
        } else if (n->kind == NODE_BLOCK || n->kind == NODE_SWITCH) {
            collect_labels(c, n->list);
        }
    }
}

void check_body(struct checker *c, struct func_decl *f)
{
    c->func = f;
    collect_labels(c, f->body);
    scope_enter(c);
    for (size_t i = 0; i < f->params.n; i++) {
        struct param *p = &f->params.at[i];
        p->sym = scope_declare(c, SYM_VAR, p->name, p->pos);
        p->sym->type = p->type_expr ? p->type_expr->type : TYPE_BAD;
        p->sym->is_param = p->sym->initialised = true;
    }
    for (struct node *n = f->body->list; n; n = n->next)
        check_stmt(c, n);
    scope_leave(c);
    for (size_t i = 0; i < f->labels.n && !f->prelude; i++)
        if (!f->labels.at[i]->read)
            unit_warn(c->unit, f->labels.at[i]->pos, "label %s is defined and not used",
                      f->labels.at[i]->name);
}
