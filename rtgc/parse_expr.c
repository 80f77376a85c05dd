/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: Go's precedence, left to right. */
#include "rtgc/parse.h"

static int precedence(enum tok op)
{
    switch (op) {
    case TOK_LOR:
        return 1;
    case TOK_LAND:
        return 2;
    case TOK_EQ:
    case TOK_NE:
    case TOK_LT:
    case TOK_LE:
    case TOK_GT:
    case TOK_GE:
        return 3;
    case TOK_ADD:
    case TOK_SUB:
    case TOK_OR:
    case TOK_XOR:
        return 4;
    case TOK_MUL:
    case TOK_QUO:
    case TOK_REM:
    case TOK_SHL:
    case TOK_SHR:
    case TOK_AND:
    case TOK_AND_NOT:
        return 5;
    default:
        return 0;
    }
}

/* Notes how deep the tree below n is. Too deep a tree is an error, and is cut off. */
static struct node *depth_set(struct parser *p, struct node *n)
{
    uint16_t a = n->a ? n->a->depth : 0, b = n->b ? n->b->depth : 0;
    n->depth = (uint16_t)(MAX(a, b) + 1);
    if (n->depth > MAX_DEPTH) {
        unit_error(p->unit, n->pos,
                   "the expression is nested too deeply; use a variable for a part of it");
        n->depth = 1;
        n->a = n->b = NULL;
        n->kind = NODE_INT;
        n->type = TYPE_UNTYPED_INT;
    }
    return n;
}

static struct node *bad_expr(struct parser *p, srcpos_t pos)
{
    struct node *n = node_new(p, NODE_INT, pos);
    n->type = TYPE_BAD;
    return n;
}

static struct node *literal(struct parser *p)
{
    struct node *n = node_new(p, p->tok.kind == TOK_STRING ? NODE_STRING : NODE_INT, p->tok.pos);
    n->type = p->tok.kind == TOK_CHAR ? TYPE_UNTYPED_RUNE : TYPE_UNTYPED_INT;
    n->value = p->tok.value;
    n->str = p->tok.str;
    n->str_bytes = p->tok.str_bytes;
    parse_next(p);
    return n;
}

static struct node *parenthesised(struct parser *p)
{
    parse_next(p);
    struct node *n = parse_expr(p);
    n->paren = true;
    parse_expect(p, TOK_RPAREN);
    return n;
}

static struct node *operand(struct parser *p)
{
    srcpos_t pos = p->tok.pos;
    switch (p->tok.kind) {
    case TOK_INT:
    case TOK_CHAR:
    case TOK_STRING:
        return literal(p);
    case TOK_LPAREN:
        return parenthesised(p);
    case TOK_IDENT: {
        struct node *n = node_new(p, NODE_NAME, pos);
        n->name = p->tok.name;
        parse_next(p);
        return n;
    }
    case TOK_FUNC:
        unit_error(p->unit, pos, "there are no function literals in RTG");
        break;
    default:
        unit_error(p->unit, pos, "syntax error: unexpected %s, expected an expression",
                   p->tok.newline ? "newline" : tok_text(p->tok.kind));
    }
    if (p->tok.kind != TOK_RBRACE && p->tok.kind != TOK_SEMI && p->tok.kind != TOK_EOF)
        parse_next(p);
    return bad_expr(p, pos);
}

static void arguments(struct parser *p, struct node *call)
{
    struct node **end = &call->list;
    while (p->tok.kind != TOK_RPAREN && p->tok.kind != TOK_EOF) {
        struct node *arg = parse_expr(p);
        /* a list element must not be shared, so names and literals are fresh nodes anyway */
        *end = arg;
        end = &arg->next;
        if (call->depth <= arg->depth)
            call->depth = (uint16_t)(arg->depth + 1);
        if (!parse_got(p, TOK_COMMA))
            break;
    }
    parse_expect(p, TOK_RPAREN);
}

static struct node *postfix(struct parser *p, struct node *n)
{
    for (;;) {
        struct node *outer;
        srcpos_t pos = p->tok.pos;
        if (parse_got(p, TOK_LPAREN)) {
            outer = node_new(p, NODE_CALL, n->pos);
            outer->a = n;
            depth_set(p, outer);
            arguments(p, outer);
        } else if (parse_got(p, TOK_LBRACK)) {
            outer = node_new(p, NODE_INDEX, n->pos);
            outer->a = n;
            outer->b = parse_expr(p);
            if (p->tok.kind == TOK_COLON) {
                unit_error(p->unit, p->tok.pos, "there are no slices in RTG");
                parse_next(p);
                if (p->tok.kind != TOK_RBRACK)
                    parse_expr(p);
            }
            parse_expect(p, TOK_RBRACK);
        } else if (parse_got(p, TOK_DOT)) {
            outer = node_new(p, NODE_SELECT, pos);
            outer->a = n;
            outer->name = p->tok.kind == TOK_IDENT ? p->tok.name : "";
            outer->pos = n->pos;
            parse_expect(p, TOK_IDENT);
        } else {
            return n;
        }
        n = depth_set(p, outer);
    }
}

static struct node *unary(struct parser *p)
{
    srcpos_t pos = p->tok.pos;
    switch (p->tok.kind) {
    case TOK_SUB:
    case TOK_ADD:
    case TOK_NOT:
    case TOK_XOR:
    case TOK_AND:
        break;
    case TOK_MUL:
        unit_error(p->unit, pos, "there are no pointers in RTG; use runtime.Load64");
        break;
    case TOK_ARROW:
        unit_error(p->unit, pos, "there are no channels in RTG");
        break;
    case TOK_TILDE:
        unit_error(p->unit, pos, "unary operator ~ does not exist; the complement is ^x");
        break;
    default:
        return postfix(p, operand(p));
    }
    struct node *n = node_new(p, NODE_UNARY, pos);
    n->op = p->tok.kind;
    parse_next(p);
    if (!parse_enter(p))
        return bad_expr(p, pos);
    n->a = unary(p);
    parse_leave(p);
    return depth_set(p, n);
}

static struct node *binary(struct parser *p, int above)
{
    struct node *n = unary(p);
    for (;;) {
        enum tok op = p->tok.kind;
        int level = precedence(op);
        if (level <= above)
            return n;
        struct node *outer = node_new(p, NODE_BINARY, p->tok.pos);
        parse_next(p);
        outer->op = op;
        outer->a = n;
        outer->b = binary(p, level);
        n = depth_set(p, outer);
    }
}

struct node *parse_expr(struct parser *p)
{
    if (!parse_enter(p)) {
        srcpos_t pos = p->tok.pos;
        parse_skip_statement(p);
        return bad_expr(p, pos);
    }
    struct node *n = binary(p, 0);
    parse_leave(p);
    return n;
}

/* A type: a name, runtime.name, or [N]byte, which comes back as INDEX of "byte" with its length in
 * b. */
struct node *parse_type(struct parser *p)
{
    struct node *n = node_new(p, NODE_NAME, p->tok.pos);
    if (p->tok.kind == TOK_IDENT) {
        n->name = p->tok.name;
        parse_next(p);
        return n;
    }
    if (parse_got(p, TOK_LBRACK)) {
        n->kind = NODE_INDEX;
        if (p->tok.kind == TOK_RBRACK)
            unit_error(p->unit, n->pos, "there are no slices in RTG; use a buffer [N]byte");
        else
            n->b = parse_expr(p);
        parse_expect(p, TOK_RBRACK);
        n->a = parse_type(p);
        if (!n->a)
            unit_error(p->unit, p->tok.pos, "syntax error: expected a type after ]");
        return n;
    }
    switch (p->tok.kind) {
    case TOK_MUL:
    case TOK_STRUCT:
    case TOK_MAP:
    case TOK_CHAN:
    case TOK_FUNC:
    case TOK_INTERFACE:
        unit_error(p->unit, p->tok.pos,
                   "unsupported type: RTG has integers, bool, string, label and [N]byte");
        n->type = TYPE_BAD;
        parse_skip_statement(p);
        return n;
    default:
        return NULL;
    }
}
