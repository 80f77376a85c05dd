/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations and scopes. */
#include "rtgc/check.h"

#include <string.h>

void scope_enter(struct checker *c)
{
    vec_push(&c->unit->arena, &c->marks, c->scope.n);
}

static void warn_unused(struct checker *c, const struct sym *s)
{
    if (s->kind != SYM_VAR || s->is_param || c->func->prelude)
        return;
    if (!s->read)
        unit_warn(c->unit, s->pos, "%s is declared and not used", s->name);
    else if (!s->assigned && !s->initialised && s->type != TYPE_BUFFER)
        unit_warn(c->unit, s->pos, "%s is used but never assigned: it is always 0", s->name);
}

void scope_leave(struct checker *c)
{
    size_t mark = c->marks.at[--c->marks.n];
    while (c->scope.n > mark) {
        struct sym *s = c->scope.at[--c->scope.n];
        warn_unused(c, s);
        *name_binding(s->name) = s->shadowed;
    }
}

struct sym *scope_declare(struct checker *c, enum sym_kind kind, const char *name, srcpos_t pos)
{
    struct sym *s = arena_alloc(&c->unit->arena, sizeof *s);
    *s = (struct sym){.kind = kind, .name = name, .pos = pos, .type = TYPE_BAD, .id = -1};
    s->depth = c->marks.n;
    if (strcmp(name, "_") == 0)
        return s;
    struct sym **binding = name_binding(name);
    if (*binding && (*binding)->depth == s->depth && (*binding)->pos) {
        struct place p = unit_place(c->unit, (*binding)->pos);
        unit_error(c->unit, pos,
                   "%s redeclared in this block; the other declaration is at %s:%u:%u", name,
                   p.file->name, p.line, p.col);
        return s;
    }
    s->shadowed = *binding;
    *binding = s;
    vec_push(&c->unit->arena, &c->scope, s);
    return s;
}

/* A constant, type or nothing from the language's own tables, bound outside all scopes when first
 * met. */
static struct sym *universe(struct checker *c, const char *name)
{
    int64_t value = 0;
    bool constant = constant_find(name, c->unit->options->arch, &value);
    bool truth = !strcmp(name, "true") || !strcmp(name, "false");
    enum type type = type_find(name);
    if (!constant && !truth && type == TYPE_NONE)
        return NULL;
    struct sym *s = arena_alloc(&c->unit->arena, sizeof *s);
    s->kind = type == TYPE_NONE ? SYM_CONST : SYM_TYPE;
    s->type = type != TYPE_NONE ? type : truth ? TYPE_UNTYPED_BOOL : TYPE_UNTYPED_INT;
    s->name = name;
    s->value = truth ? name[0] == 't' : value;
    return s;
}

/* Checks a package-level declaration when it is first needed: they may stand in any order. */
static void resolve(struct checker *c, struct sym *s)
{
    struct node *n = s->pending;
    int iota = c->iota;
    s->pending = NULL;
    s->resolving = true;
    c->iota = -1;
    if (n->kind == NODE_CONST)
        check_const(c, n);
    else
        check_var(c, n);
    c->iota = iota;
    s->resolving = false;
}

struct sym *scope_find(struct checker *c, const char *name)
{
    struct sym *s = *name_binding(name);
    if (s && s->resolving)
        unit_error(c->unit, s->pos, "the value of %s depends on itself", name);
    if (s && s->pending)
        resolve(c, s);
    return s ? s : universe(c, name);
}

static enum type buffer_type(struct checker *c, struct node *n, int64_t *bytes)
{
    if (n->b)
        check_expr(c, n->b, TYPE_NONE);
    if (n->a && check_type(c, n->a, NULL) != TYPE_UINT8 && n->a->type != TYPE_BAD)
        unit_error(c->unit, n->a->pos, "a buffer is an array of byte");
    if (!n->b || !n->a || n->b->type == TYPE_BAD)
        return TYPE_BAD;
    if (!n->b->is_const || !type_integer(n->b->type)) {
        unit_error(c->unit, n->b->pos, "the length of a buffer must be a constant integer");
        return TYPE_BAD;
    }
    if (n->b->value <= 0 || n->b->value > MAX_BUFFER) {
        unit_error(c->unit, n->b->pos, "the length of a buffer must be from 1 to %lld",
                   (long long)MAX_BUFFER);
        return TYPE_BAD;
    }
    if (!bytes) {
        unit_error(c->unit, n->pos, "a buffer can only be a variable");
        return TYPE_BAD;
    }
    *bytes = (int64_t)n->b->value;
    return TYPE_BUFFER;
}

enum type check_type(struct checker *c, struct node *n, int64_t *buffer_bytes)
{
    if (n->kind == NODE_INDEX)
        return buffer_type(c, n, buffer_bytes);
    struct sym *s = n->name ? scope_find(c, n->name) : NULL;
    if (s && s->kind == SYM_TYPE)
        return n->type = s->type;
    if (n->type != TYPE_BAD)
        unit_error(c->unit, n->pos,
                   "%s is not a type: RTG has integers, bool, string, label and [N]byte", n->name);
    return n->type = TYPE_BAD;
}

/* Symbol of a package-level function, with its parameters' and result's types. */
static void declare_func(struct checker *c, struct func_decl *f)
{
    if (f->prelude)
        f->name = unit_intern(c->unit, arena_printf(&c->unit->arena, "rt.%s", f->name),
                              strlen(f->name) + 3);
    f->sym = scope_declare(c, SYM_FUNC, f->name, f->pos);
    f->sym->func = f;
    f->sym->type = f->result_type ? check_type(c, f->result_type, NULL) : TYPE_NONE;
    if (f->sym->type == TYPE_LABEL)
        unit_error(c->unit, f->result_type->pos, "a function cannot return a label");
    if (f->params.n > MAX_PARAMS && !f->has_labels)
        unit_error(c->unit, f->params.at[MAX_PARAMS].pos, "%s has %zu parameters, the limit is %d",
                   f->name, f->params.n, MAX_PARAMS);
    for (size_t i = 0; i < f->params.n; i++) {
        struct param *p = &f->params.at[i];
        if (p->type_expr && check_type(c, p->type_expr, NULL) == TYPE_NONE)
            p->type_expr->type = TYPE_BAD;
    }
}

static void declare_all(struct checker *c, struct program *p)
{
    for (struct node *group = p->decls; group; group = group->next)
        for (struct node *n = group->list; n; n = n->next) {
            n->sym =
                scope_declare(c, n->kind == NODE_CONST ? SYM_CONST : SYM_GLOBAL, n->name, n->pos);
            n->sym->pending = n;
        }
}

static void check_decls(struct checker *c, struct program *p)
{
    for (struct node *group = p->decls; group; group = group->next)
        for (struct node *n = group->list; n; n = n->next)
            if (n->sym->pending)
                resolve(c, n->sym);
}

static struct func_decl *entry_func(struct checker *c, struct program *p)
{
    struct func_decl *first = NULL;
    for (size_t i = 0; i < p->funcs.n; i++) {
        struct func_decl *f = p->funcs.at[i];
        if (f->prelude)
            continue;
        if (!strcmp(f->name, "main"))
            first = f;
        if (!first)
            first = f;
    }
    if (!first)
        unit_error(c->unit, 0, "the program has no function");
    else if (first->params.n)
        unit_error(c->unit, first->pos, "%s is the entry of the program and cannot have parameters",
                   first->name);
    return first;
}

struct func_decl *check_program(struct unit *u, struct program *p)
{
    struct checker c = {.unit = u, .program = p, .iota = -1};
    scope_enter(&c);
    declare_all(&c, p);
    for (size_t i = 0; i < p->funcs.n; i++)
        declare_func(&c, p->funcs.at[i]);
    check_decls(&c, p);
    for (size_t i = 0; i < p->funcs.n; i++)
        check_body(&c, p->funcs.at[i]);
    c.func = NULL;
    struct func_decl *entry = entry_func(&c, p);
    scope_leave(&c);
    return u->nerrors ? NULL : entry;
}
