/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax tree as source again: every operation in parentheses, every block indented. */
#include <inttypes.h>

#include "rtgc/ast.h"

struct printer {
    struct buf *out;
    int indent;
};

static void stmt(struct printer *p, const struct node *n);

static void list(struct printer *p, const struct node *first,
                 void (*one)(struct printer *, const struct node *))
{
    for (const struct node *n = first; n; n = n->next) {
        one(p, n);
        if (n->next)
            buf_printf(p->out, ", ");
    }
}

static void quoted(struct buf *out, const char *s, size_t n)
{
    buf_printf(out, "\"");
    for (size_t i = 0; i < n; i++)
        if (s[i] < ' ' || s[i] == '"' || s[i] == '\\' || s[i] == 0x7f)
            buf_printf(out, "\\x%02x", (uint8_t)s[i]);
        else
            buf_bytes(out, &s[i], 1);
    buf_printf(out, "\"");
}

static void expr(struct printer *p, const struct node *n)
{
    switch (n->kind) {
    case NODE_INT:
        buf_printf(p->out, "%" PRIu64, (uint64_t)n->value);
        break;
    case NODE_STRING:
        quoted(p->out, n->str, n->str_bytes);
        break;
    case NODE_NAME:
        buf_printf(p->out, "%s", n->name);
        break;
    case NODE_SELECT:
        expr(p, n->a);
        buf_printf(p->out, ".%s", n->name);
        break;
    case NODE_UNARY:
        buf_printf(p->out, "(%s", tok_text(n->op));
        expr(p, n->a);
        buf_printf(p->out, ")");
        break;
    case NODE_BINARY:
        buf_printf(p->out, "(");
        expr(p, n->a);
        buf_printf(p->out, " %s ", tok_text(n->op));
        expr(p, n->b);
        buf_printf(p->out, ")");
        break;
    case NODE_INDEX:
        expr(p, n->a);
        buf_printf(p->out, "[");
        expr(p, n->b);
        buf_printf(p->out, "]");
        break;
    default:
        expr(p, n->a);
        buf_printf(p->out, "(");
        list(p, n->list, expr);
        buf_printf(p->out, ")");
    }
}

static void newline(struct printer *p)
{
    buf_printf(p->out, "\n");
    for (int i = 0; i < p->indent; i++)
        buf_printf(p->out, "\t");
}

static void stmts(struct printer *p, const struct node *first)
{
    p->indent++;
    for (const struct node *n = first; n; n = n->next) {
        if (n->kind == NODE_EMPTY)
            continue;
        newline(p);
        stmt(p, n);
    }
    p->indent--;
}

static void block(struct printer *p, const struct node *n)
{
    buf_printf(p->out, " {");
    stmts(p, n->list);
    newline(p);
    buf_printf(p->out, "}");
}

static void type(struct printer *p, const struct node *t)
{
    if (!t)
        return;
    if (t->kind == NODE_INDEX) {
        buf_printf(p->out, " [");
        if (t->b)
            expr(p, t->b);
        buf_printf(p->out, "]byte");
    } else {
        buf_printf(p->out, " %s", t->name ? t->name : "?");
    }
}

static void decl(struct printer *p, const struct node *n)
{
    buf_printf(p->out, "%s %s", n->kind == NODE_VAR ? "var" : "const", n->name);
    type(p, n->type_expr);
    if (n->a) {
        buf_printf(p->out, " = ");
        expr(p, n->a);
    }
}

static void assign(struct printer *p, const struct node *n)
{
    if (n->list)
        list(p, n->list, expr);
    else
        expr(p, n->a);
    buf_printf(p->out, " %s ", tok_text(n->op));
    expr(p, n->b);
}

static void header(struct printer *p, const char *word, const struct node *n)
{
    buf_printf(p->out, "%s ", word);
    if (n->init) {
        stmt(p, n->init);
        buf_printf(p->out, "; ");
    } else if (n->kind == NODE_FOR && n->c) {
        buf_printf(p->out, "; ");
    }
    if (n->a)
        expr(p, n->a);
    if (n->kind == NODE_FOR && (n->init || n->c)) {
        buf_printf(p->out, "; ");
        if (n->c)
            stmt(p, n->c);
    }
}

static void if_stmt(struct printer *p, const struct node *n)
{
    header(p, "if", n);
    block(p, n->b);
    if (!n->c)
        return;
    buf_printf(p->out, " else");
    if (n->c->kind == NODE_IF) {
        buf_printf(p->out, " ");
        stmt(p, n->c);
    } else {
        block(p, n->c);
    }
}

static void switch_stmt(struct printer *p, const struct node *n)
{
    header(p, "switch", n);
    buf_printf(p->out, " {");
    for (const struct node *k = n->list; k; k = k->next) {
        newline(p);
        buf_printf(p->out, k->is_default ? "default" : "case ");
        list(p, k->list, expr);
        buf_printf(p->out, ":");
        stmts(p, k->b->list);
    }
    newline(p);
    buf_printf(p->out, "}");
}

static void jump(struct printer *p, const char *word, const struct node *n)
{
    buf_printf(p->out, "%s%s%s", word, n->name ? " " : "", n->name ? n->name : "");
}

static void stmt(struct printer *p, const struct node *n)
{
    switch (n->kind) {
    case NODE_BLOCK:
        buf_printf(p->out, "{");
        stmts(p, n->list);
        newline(p);
        buf_printf(p->out, "}");
        break;
    case NODE_GROUP:
        for (const struct node *d = n->list; d; d = d->next) {
            decl(p, d);
            if (d->next)
                newline(p);
        }
        break;
    case NODE_EXPR:
        expr(p, n->a);
        break;
    case NODE_ASSIGN:
        assign(p, n);
        break;
    case NODE_IF:
        if_stmt(p, n);
        break;
    case NODE_FOR:
        header(p, "for", n);
        block(p, n->b);
        break;
    case NODE_SWITCH:
        switch_stmt(p, n);
        break;
    case NODE_RETURN:
        buf_printf(p->out, "return ");
        if (n->a)
            expr(p, n->a);
        break;
    case NODE_GOTO:
        jump(p, "goto", n);
        break;
    case NODE_BREAK:
        jump(p, "break", n);
        break;
    case NODE_CONTINUE:
        jump(p, "continue", n);
        break;
    case NODE_FALLTHROUGH:
        buf_printf(p->out, "fallthrough");
        break;
    case NODE_LABELED:
        buf_printf(p->out, "%s:", n->name);
        newline(p);
        if (n->a)
            stmt(p, n->a);
        break;
    default:
        break;
    }
}

void ast_dump(struct unit *u, const struct program *program)
{
    struct printer p = {.out = &u->dump};
    buf_printf(p.out, "package main\n");
    for (const struct node *n = program->decls; n; n = n->next) {
        newline(&p);
        stmt(&p, n);
    }
    for (size_t i = 0; i < program->funcs.n; i++) {
        const struct func_decl *f = program->funcs.at[i];
        if (f->prelude)
            continue;
        buf_printf(p.out, "\n\nfunc %s(", f->name);
        for (size_t k = 0; k < f->params.n; k++) {
            buf_printf(p.out, "%s%s", k ? ", " : "", f->params.at[k].name);
            type(&p, f->params.at[k].type_expr);
        }
        buf_printf(p.out, ")");
        type(&p, f->result_type);
        block(&p, f->body);
    }
    buf_printf(p.out, "\n");
}
