/* SPDX-License-Identifier: Apache-2.0 */
/* Files and declarations. After a syntax error parsing goes on at the next line, so that one run
 * finds many. */
#include "rtgc/parse.h"

#include <string.h>

void parse_next(struct parser *p)
{
    p->tok = scan_next(&p->scanner);
}

bool parse_got(struct parser *p, enum tok kind)
{
    if (p->tok.kind != kind)
        return false;
    parse_next(p);
    return true;
}

static const char *token_shown(const struct parser *p)
{
    if (p->tok.kind == TOK_IDENT)
        return p->tok.name;
    return p->tok.newline ? "newline" : tok_text(p->tok.kind);
}

bool parse_expect(struct parser *p, enum tok kind)
{
    if (parse_got(p, kind))
        return true;
    unit_error(p->unit, p->tok.pos, "syntax error: unexpected %s, expected %s", token_shown(p),
               tok_text(kind));
    return false;
}

void parse_skip_statement(struct parser *p)
{
    int open = 0;
    for (; p->tok.kind != TOK_EOF; parse_next(p)) {
        if (p->tok.kind == TOK_LBRACE)
            open++;
        if (p->tok.kind == TOK_RBRACE && open-- == 0)
            return;
        if (p->tok.kind == TOK_SEMI && open <= 0)
            return;
    }
}

void parse_semi(struct parser *p, const char *after)
{
    if (p->tok.kind == TOK_EOF || parse_got(p, TOK_SEMI))
        return;
    unit_error(p->unit, p->tok.pos, "syntax error: unexpected %s after %s", token_shown(p), after);
    parse_skip_statement(p);
    parse_got(p, TOK_SEMI);
}

bool parse_enter(struct parser *p)
{
    if (p->depth >= MAX_DEPTH) {
        unit_error(p->unit, p->tok.pos, "nested too deeply: the limit is %d levels", MAX_DEPTH);
        return false;
    }
    p->depth++;
    return true;
}

void parse_leave(struct parser *p)
{
    p->depth--;
}

struct node *node_new(struct parser *p, enum node_kind kind, srcpos_t pos)
{
    struct node *n = arena_alloc(&p->unit->arena, sizeof *n);
    n->kind = kind;
    n->pos = pos;
    n->depth = 1;
    return n;
}

/* One `name type = value` of a const or var declaration. */
static struct node *decl_spec(struct parser *p, enum node_kind kind, int iota,
                              struct node *previous)
{
    struct node *n = node_new(p, kind, p->tok.pos);
    n->name = p->tok.kind == TOK_IDENT ? p->tok.name : "_";
    n->value = iota;
    if (!parse_expect(p, TOK_IDENT)) {
        parse_skip_statement(p);
        return n;
    }
    if (p->tok.kind == TOK_COMMA) {
        unit_error(p->unit, p->tok.pos, "one name is declared at a time");
        parse_skip_statement(p);
        return n;
    }
    n->type_expr = parse_type(p);
    if (parse_got(p, TOK_ASSIGN)) {
        n->a = parse_expr(p);
    } else if (kind == NODE_CONST && previous) {
        n->a = previous->a; /* an omitted value repeats the one before, with the next iota */
        n->type_expr = n->type_expr ? n->type_expr : previous->type_expr;
    }
    if (p->tok.kind == TOK_COMMA) {
        unit_error(p->unit, p->tok.pos, "one value is assigned at a time");
        parse_skip_statement(p);
    }
    return n;
}

struct node *parse_decl(struct parser *p)
{
    enum node_kind kind = p->tok.kind == TOK_CONST ? NODE_CONST : NODE_VAR;
    struct node *group = node_new(p, NODE_GROUP, p->tok.pos), **end = &group->list,
                *previous = NULL;
    parse_next(p);
    if (!parse_got(p, TOK_LPAREN)) {
        group->list = decl_spec(p, kind, 0, NULL);
        return group;
    }
    for (int iota = 0; p->tok.kind != TOK_RPAREN && p->tok.kind != TOK_EOF; iota++) {
        srcpos_t before = p->tok.pos;
        previous = *end = decl_spec(p, kind, iota, previous);
        end = &previous->next;
        if (p->tok.kind != TOK_RPAREN)
            parse_semi(p, "declaration");
        if (p->tok.pos == before)
            parse_next(p);
    }
    parse_expect(p, TOK_RPAREN);
    return group;
}

static void param_add(struct parser *p, struct func_decl *f, const char *name, srcpos_t pos,
                      struct node *type)
{
    struct param param = {.name = name, .pos = pos, .type_expr = type};
    f->has_labels |= type && type->kind == NODE_NAME && type->name && !strcmp(type->name, "label");
    vec_push(&p->unit->arena, &f->params, param);
}

/* Gives a type to the names before it: `a, b int64`. */
static void params_typed(struct parser *p, struct func_decl *f, size_t from, struct node *type)
{
    for (size_t i = from; i < f->params.n; i++)
        f->params.at[i].type_expr = type;
    f->has_labels |= type->name && !strcmp(type->name, "label");
    (void)p;
}

static void parameters(struct parser *p, struct func_decl *f)
{
    size_t untyped = 0;
    while (p->tok.kind != TOK_RPAREN && p->tok.kind != TOK_EOF) {
        srcpos_t pos = p->tok.pos;
        const char *name = p->tok.name;
        if (!parse_expect(p, TOK_IDENT)) {
            while (p->tok.kind != TOK_RPAREN && p->tok.kind != TOK_LBRACE && p->tok.kind != TOK_EOF)
                parse_next(p);
            break;
        }
        param_add(p, f, name, pos, NULL);
        struct node *type =
            p->tok.kind == TOK_COMMA || p->tok.kind == TOK_RPAREN ? NULL : parse_type(p);
        if (type) {
            params_typed(p, f, untyped, type);
            untyped = f->params.n;
        }
        if (!parse_got(p, TOK_COMMA))
            break;
    }
    if (untyped < f->params.n)
        unit_error(p->unit, f->params.at[f->params.n - 1].pos,
                   "a parameter needs a name and a type, as in `fd int64`");
    parse_expect(p, TOK_RPAREN);
}

/* The result: nothing or one type. A list in parentheses is several or named results. */
static void result(struct parser *p, struct func_decl *f)
{
    if (p->tok.kind == TOK_LPAREN) {
        unit_error(p->unit, p->tok.pos,
                   "a function has at most one result, without a name, in RTG");
        while (p->tok.kind != TOK_LBRACE && p->tok.kind != TOK_EOF && p->tok.kind != TOK_SEMI)
            parse_next(p);
    } else if (p->tok.kind != TOK_LBRACE && p->tok.kind != TOK_SEMI) {
        f->result_type = parse_type(p);
    }
}

static bool skip_receiver(struct parser *p)
{
    if (p->tok.kind != TOK_LPAREN)
        return false;
    unit_error(p->unit, p->tok.pos, "there are no methods in RTG");
    while (p->tok.kind != TOK_RPAREN && p->tok.kind != TOK_EOF)
        parse_next(p);
    parse_got(p, TOK_RPAREN);
    return true;
}

static void skip_type_params(struct parser *p)
{
    if (p->tok.kind != TOK_LBRACK)
        return;
    unit_error(p->unit, p->tok.pos, "there are no type parameters in RTG");
    while (p->tok.kind != TOK_LPAREN && p->tok.kind != TOK_EOF && p->tok.kind != TOK_SEMI)
        parse_next(p);
}

static void function(struct parser *p)
{
    struct func_decl *f = arena_alloc(&p->unit->arena, sizeof *f);
    parse_next(p);
    bool method = skip_receiver(p);
    f->pos = p->tok.pos;
    f->name = p->tok.name;
    f->prelude = p->file->prelude;
    f->ir = -1;
    if (!parse_expect(p, TOK_IDENT)) {
        parse_skip_statement(p);
        return;
    }
    skip_type_params(p);
    if (parse_expect(p, TOK_LPAREN))
        parameters(p, f);
    result(p, f);
    if (p->tok.kind != TOK_LBRACE) {
        unit_error(p->unit, f->pos, "function %s has no body", f->name);
        return;
    }
    f->body = parse_block(p);
    f->body_bytes = p->tok.pos - f->pos;
    if (!method)
        vec_push(&p->unit->arena, &p->program->funcs, f);
}

/* "rtg/runtime", or a path that ends in internal/rtg/runtime. */
static bool is_runtime_path(const char *s, size_t n)
{
    static const char own[] = "rtg/runtime", tail[] = "/internal/rtg/runtime";
    size_t t = sizeof tail - 1;
    return (n == sizeof own - 1 && memcmp(s, own, n) == 0) ||
           (n > t && memcmp(s + n - t, tail, t) == 0);
}

static void import_spec(struct parser *p)
{
    if (p->tok.kind == TOK_IDENT || p->tok.kind == TOK_DOT) {
        unit_error(p->unit, p->tok.pos,
                   "the runtime package cannot be imported under another name");
        parse_next(p);
    }
    if (p->tok.kind == TOK_STRING && !is_runtime_path(p->tok.str, p->tok.str_bytes))
        unit_error(p->unit, p->tok.pos,
                   "cannot import \"%.*s\": the only package is \"rtg/runtime\"",
                   (int)MIN(p->tok.str_bytes, 100), p->tok.str);
    if (!parse_expect(p, TOK_STRING))
        parse_skip_statement(p);
}

static void imports(struct parser *p)
{
    parse_next(p);
    if (!parse_got(p, TOK_LPAREN)) {
        import_spec(p);
        return;
    }
    while (p->tok.kind != TOK_RPAREN && p->tok.kind != TOK_EOF) {
        import_spec(p);
        if (p->tok.kind != TOK_RPAREN)
            parse_semi(p, "import");
        if (p->tok.kind == TOK_RBRACE)
            parse_next(p);
    }
    parse_expect(p, TOK_RPAREN);
}

static void package_clause(struct parser *p)
{
    if (!parse_expect(p, TOK_PACKAGE)) {
        parse_skip_statement(p);
        return;
    }
    if (p->tok.kind == TOK_IDENT && strcmp(p->tok.name, "main") != 0)
        unit_error(p->unit, p->tok.pos, "the package must be main, not %s", p->tok.name);
    parse_expect(p, TOK_IDENT);
}

static void top_level(struct parser *p)
{
    switch (p->tok.kind) {
    case TOK_FUNC:
        function(p);
        return;
    case TOK_CONST:
    case TOK_VAR:
        *p->program->decls_end = parse_decl(p);
        p->program->decls_end = &(*p->program->decls_end)->next;
        return;
    case TOK_TYPE:
        unit_error(p->unit, p->tok.pos, "there are no type declarations in RTG");
        break;
    case TOK_IMPORT:
        unit_error(p->unit, p->tok.pos, "imports must appear before other declarations");
        break;
    default:
        unit_error(p->unit, p->tok.pos, "syntax error: unexpected %s, expected const, var or func",
                   token_shown(p));
    }
    parse_next(p);
    parse_skip_statement(p);
}

void parse_file(struct unit *u, const struct source *file, struct program *program)
{
    struct parser p = {.unit = u, .file = file, .program = program};
    if (!program->decls_end)
        program->decls_end = &program->decls;
    scan_start(&p.scanner, u, file);
    parse_next(&p);
    package_clause(&p);
    parse_semi(&p, "package clause");
    while (p.tok.kind == TOK_IMPORT) {
        imports(&p);
        parse_semi(&p, "import");
    }
    while (p.tok.kind != TOK_EOF) {
        srcpos_t before = p.tok.pos;
        top_level(&p);
        if (p.tok.kind == TOK_RBRACE)
            parse_next(&p); /* a brace too many, said above */
        parse_semi(&p, "top level declaration");
        if (p.tok.pos == before)
            parse_next(&p);
    }
}
