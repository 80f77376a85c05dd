/* SPDX-License-Identifier: Apache-2.0 */
/* Statements. */
#include "rtgc/parse.h"

static struct node *statement(struct parser *p);

static bool is_assign(enum tok k)
{
    return k == TOK_ASSIGN || k == TOK_DEFINE || (k >= TOK_ADD_ASSIGN && k <= TOK_XOR_ASSIGN) ||
           k == TOK_SHL_ASSIGN || k == TOK_SHR_ASSIGN || k == TOK_AND_NOT_ASSIGN;
}

/* `a, b = value`: the targets in list. Three and more are an error. */
static struct node *pair(struct parser *p, struct node *first)
{
    struct node *n = node_new(p, NODE_ASSIGN, first->pos), **end = &first->next;
    int count = 1;
    n->list = first;
    while (parse_got(p, TOK_COMMA)) {
        *end = parse_expr(p);
        end = &(*end)->next;
        count++;
    }
    n->op = p->tok.kind;
    if (count > 2 || (n->op != TOK_ASSIGN && n->op != TOK_DEFINE))
        unit_error(p->unit, n->pos, "only `a, b = runtime.Embed...` assigns two values");
    parse_next(p);
    n->b = parse_expr(p);
    if (p->tok.kind == TOK_COMMA) {
        unit_error(p->unit, p->tok.pos, "one value is assigned at a time");
        parse_skip_statement(p);
    }
    return n;
}

static struct node *assignment(struct parser *p, struct node *target)
{
    struct node *n = node_new(p, NODE_ASSIGN, p->tok.pos);
    n->op = p->tok.kind;
    n->a = target;
    parse_next(p);
    n->b = parse_expr(p);
    if (p->tok.kind == TOK_COMMA) {
        unit_error(p->unit, p->tok.pos, "one value is assigned at a time");
        parse_skip_statement(p);
    }
    return n;
}

/* x++ and x-- are x += 1 and x -= 1. */
static struct node *increment(struct parser *p, struct node *target)
{
    struct node *n = node_new(p, NODE_ASSIGN, p->tok.pos);
    n->op = p->tok.kind == TOK_INC ? TOK_ADD_ASSIGN : TOK_SUB_ASSIGN;
    n->a = target;
    n->b = node_new(p, NODE_INT, p->tok.pos);
    n->b->type = TYPE_UNTYPED_INT;
    n->b->value = 1;
    parse_next(p);
    return n;
}

/* What may stand in a header of if, for and switch: a call, an assignment, x++ or x--. */
static struct node *simple_statement(struct parser *p)
{
    struct node *e = parse_expr(p);
    if (p->tok.kind == TOK_COMMA)
        return pair(p, e);
    if (is_assign(p->tok.kind))
        return assignment(p, e);
    if (p->tok.kind == TOK_INC || p->tok.kind == TOK_DEC)
        return increment(p, e);
    struct node *n = node_new(p, NODE_EXPR, e->pos);
    n->a = e;
    return n;
}

/* A header's condition is an expression; anything else there is a mistake. */
static struct node *as_condition(struct parser *p, struct node *n, const char *where)
{
    if (!n || n->kind == NODE_EXPR)
        return n ? n->a : NULL;
    unit_error(p->unit, n->pos, "cannot use an assignment as the condition of %s", where);
    return NULL;
}

static struct node *if_statement(struct parser *p)
{
    struct node *n = node_new(p, NODE_IF, p->tok.pos), *first = NULL;
    parse_next(p);
    if (p->tok.kind == TOK_LBRACE)
        unit_error(p->unit, p->tok.pos, "missing condition in if statement");
    else if (p->tok.kind != TOK_SEMI)
        first = simple_statement(p);
    if (parse_got(p, TOK_SEMI)) {
        n->init = first;
        first = simple_statement(p);
    }
    n->a = as_condition(p, first, "if");
    n->b = parse_block(p);
    if (!parse_got(p, TOK_ELSE))
        return n;
    if (p->tok.kind == TOK_IF && parse_enter(p)) {
        n->c = if_statement(p);
        parse_leave(p);
    } else if (p->tok.kind == TOK_LBRACE) {
        n->c = parse_block(p);
    } else {
        unit_error(p->unit, p->tok.pos, "else must be followed by if or a block");
        parse_skip_statement(p);
    }
    return n;
}

static void for_header(struct parser *p, struct node *n)
{
    struct node *first = NULL;
    if (p->tok.kind == TOK_RANGE) {
        unit_error(p->unit, p->tok.pos,
                   "there is no range in RTG; count with for i := 0; i < n; i++");
        while (p->tok.kind != TOK_LBRACE && p->tok.kind != TOK_SEMI && p->tok.kind != TOK_EOF)
            parse_next(p);
        return;
    }
    if (p->tok.kind != TOK_SEMI)
        first = simple_statement(p);
    if (!parse_got(p, TOK_SEMI)) {
        n->a = as_condition(p, first, "for");
        return;
    }
    n->init = first;
    if (p->tok.kind != TOK_SEMI && p->tok.kind != TOK_LBRACE)
        n->a = as_condition(p, simple_statement(p), "for");
    if (p->tok.kind != TOK_LBRACE)
        parse_expect(p, TOK_SEMI);
    if (p->tok.kind != TOK_LBRACE)
        n->c = simple_statement(p);
}

static struct node *for_statement(struct parser *p)
{
    struct node *n = node_new(p, NODE_FOR, p->tok.pos);
    parse_next(p);
    if (p->tok.kind != TOK_LBRACE)
        for_header(p, n);
    n->b = parse_block(p);
    return n;
}

static void statements(struct parser *p, struct node *into)
{
    struct node **end = &into->list;
    while (p->tok.kind != TOK_RBRACE && p->tok.kind != TOK_EOF && p->tok.kind != TOK_CASE &&
           p->tok.kind != TOK_DEFAULT) {
        srcpos_t before = p->tok.pos;
        *end = statement(p);
        end = &(*end)->next;
        if (p->tok.kind != TOK_RBRACE && p->tok.kind != TOK_CASE && p->tok.kind != TOK_DEFAULT)
            parse_semi(p, "statement");
        if (p->tok.pos == before)
            parse_next(p);
    }
    into->end_pos = p->tok.pos;
}

static struct node *case_clause(struct parser *p)
{
    struct node *n = node_new(p, NODE_CASE, p->tok.pos), **end = &n->list;
    n->is_default = p->tok.kind == TOK_DEFAULT;
    parse_next(p);
    while (!n->is_default) {
        *end = parse_expr(p);
        end = &(*end)->next;
        if (!parse_got(p, TOK_COMMA))
            break;
    }
    parse_expect(p, TOK_COLON);
    n->b = node_new(p, NODE_BLOCK, p->tok.pos);
    statements(p, n->b);
    return n;
}

static struct node *switch_statement(struct parser *p)
{
    struct node *n = node_new(p, NODE_SWITCH, p->tok.pos), *first = NULL, **end = &n->list;
    parse_next(p);
    if (p->tok.kind != TOK_LBRACE && p->tok.kind != TOK_SEMI)
        first = simple_statement(p);
    if (parse_got(p, TOK_SEMI)) {
        n->init = first;
        first = p->tok.kind != TOK_LBRACE ? simple_statement(p) : NULL;
    }
    n->a = as_condition(p, first, "switch");
    parse_expect(p, TOK_LBRACE);
    if (!parse_enter(p)) {
        parse_skip_statement(p);
        return n;
    }
    while (p->tok.kind == TOK_CASE || p->tok.kind == TOK_DEFAULT) {
        *end = case_clause(p);
        end = &(*end)->next;
    }
    parse_leave(p);
    parse_expect(p, TOK_RBRACE);
    return n;
}

/* break, continue and goto with their label. */
static struct node *branch(struct parser *p, enum node_kind kind)
{
    struct node *n = node_new(p, kind, p->tok.pos);
    parse_next(p);
    if (p->tok.kind == TOK_IDENT) {
        n->name = p->tok.name;
        parse_next(p);
    } else if (kind == NODE_GOTO) {
        unit_error(p->unit, p->tok.pos, "goto needs a label");
    }
    return n;
}

static struct node *return_statement(struct parser *p)
{
    struct node *n = node_new(p, NODE_RETURN, p->tok.pos);
    parse_next(p);
    if (p->tok.kind == TOK_SEMI || p->tok.kind == TOK_RBRACE)
        return n;
    n->a = parse_expr(p);
    if (p->tok.kind == TOK_COMMA) {
        unit_error(p->unit, p->tok.pos, "a function has one result in RTG");
        parse_skip_statement(p);
    }
    return n;
}

static struct node *labeled(struct parser *p, struct node *name)
{
    struct node *n = node_new(p, NODE_LABELED, name->pos);
    n->name = name->name;
    parse_next(p);
    if (p->tok.kind == TOK_RBRACE || !parse_enter(p))
        return n;
    n->a = statement(p);
    parse_leave(p);
    return n;
}

static struct node *unsupported(struct parser *p)
{
    srcpos_t pos = p->tok.pos;
    unit_error(p->unit, pos, "unsupported statement: there is no %s in RTG", tok_text(p->tok.kind));
    parse_skip_statement(p);
    return node_new(p, NODE_EMPTY, pos);
}

static struct node *statement(struct parser *p)
{
    struct node *n;
    switch (p->tok.kind) {
    case TOK_SEMI:
        return node_new(p, NODE_EMPTY, p->tok.pos);
    case TOK_LBRACE:
        return parse_block(p);
    case TOK_VAR:
    case TOK_CONST:
        return parse_decl(p);
    case TOK_IF:
        return if_statement(p);
    case TOK_FOR:
        return for_statement(p);
    case TOK_SWITCH:
        return switch_statement(p);
    case TOK_RETURN:
        return return_statement(p);
    case TOK_GOTO:
        return branch(p, NODE_GOTO);
    case TOK_BREAK:
        return branch(p, NODE_BREAK);
    case TOK_CONTINUE:
        return branch(p, NODE_CONTINUE);
    case TOK_FALLTHROUGH:
        n = node_new(p, NODE_FALLTHROUGH, p->tok.pos);
        parse_next(p);
        return n;
    case TOK_DEFER:
    case TOK_GO:
    case TOK_SELECT:
    case TOK_TYPE:
        return unsupported(p);
    default:
        n = simple_statement(p);
        return n->kind == NODE_EXPR && n->a->kind == NODE_NAME && p->tok.kind == TOK_COLON
                   ? labeled(p, n->a)
                   : n;
    }
}

struct node *parse_block(struct parser *p)
{
    struct node *n = node_new(p, NODE_BLOCK, p->tok.pos);
    if (!parse_expect(p, TOK_LBRACE)) {
        parse_skip_statement(p);
        return n;
    }
    if (!parse_enter(p)) {
        parse_skip_statement(p);
        return n;
    }
    statements(p, n);
    if (p->tok.kind == TOK_CASE || p->tok.kind == TOK_DEFAULT) {
        unit_error(p->unit, p->tok.pos, "syntax error: unexpected %s", tok_text(p->tok.kind));
        parse_next(p);
    }
    parse_leave(p);
    parse_expect(p, TOK_RBRACE);
    return n;
}
