/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: of builtins, of functions, conversions. */
#include "rtgc/check.h"

#include <string.h>

#include "rtgc/format.h"

static size_t count_args(const struct node *call)
{
    size_t n = 0;
    for (const struct node *a = call->list; a; a = a->next)
        n++;
    return n;
}

/* Checks arguments whose call makes no sense, so that their names count as used. */
static void check_loose_args(struct checker *c, struct node *call)
{
    for (struct node *a = call->list; a; a = a->next)
        check_expr(c, a, TYPE_NONE);
}

static bool is_number_or_address(enum type t)
{
    return type_integer(t) || t == TYPE_BOOL || t == TYPE_UNTYPED_BOOL || t == TYPE_STRING ||
           t == TYPE_BUFFER || t == TYPE_BAD;
}

static void any_value(struct checker *c, struct node *a)
{
    check_value(c, a);
    if (a->is_const && a->type == TYPE_UNTYPED_INT && const_fits(a->value, TYPE_UINT64) &&
        !const_fits(a->value, TYPE_INT64))
        a->type = TYPE_UINT64; /* bits above 2^63 are fine where only the bits count */
    const_convert(c, a, default_type(a->type));
    if (!is_number_or_address(a->type))
        unit_error(c->unit, a->pos, "unsupported argument of type %s", type_name(a->type));
}

static void address_arg(struct checker *c, struct node *a)
{
    check_value(c, a);
    const_convert(c, a, TYPE_UINTPTR);
    if (a->type != TYPE_INT64 && a->type != TYPE_UINTPTR && a->type != TYPE_BUFFER &&
        a->type != TYPE_STRING && a->type != TYPE_BAD)
        unit_error(c->unit, a->pos,
                   "an address is an int64, a uintptr, a buffer or a string, not %s",
                   type_name(a->type));
}

static void integer_arg(struct checker *c, struct node *a)
{
    check_value(c, a);
    const_convert(c, a, TYPE_INT64);
    if (!type_integer(a->type) && a->type != TYPE_BAD)
        unit_error(c->unit, a->pos, "the argument must be an integer, not %s", type_name(a->type));
}

static void string_arg(struct checker *c, struct node *a)
{
    check_value(c, a);
    if ((a->type != TYPE_STRING || !a->is_const) && a->type != TYPE_BAD)
        unit_error(c->unit, a->pos, "the argument must be a constant string");
    if (a->type != TYPE_STRING || !a->is_const)
        a->type = TYPE_BAD;
}

static void label_arg(struct checker *c, struct node *a)
{
    a->sym = NULL;
    a->type = TYPE_BAD;
    if (a->kind != NODE_NAME) {
        unit_error(c->unit, a->pos, "the argument must be a label");
        return;
    }
    struct sym *s = *name_binding(a->name);
    if (s && s->kind == SYM_VAR && s->type == TYPE_LABEL)
        a->sym = s;
    for (size_t i = 0; c->func && !a->sym && i < c->func->labels.n; i++)
        if (c->func->labels.at[i]->name == a->name)
            a->sym = c->func->labels.at[i];
    if (!a->sym)
        unit_error(c->unit, a->pos, "label %s is not defined", a->name);
    else
        a->sym->read = true, a->type = TYPE_LABEL;
}

static void check_param(struct checker *c, struct node *a, char kind)
{
    switch (kind) {
    case 'p':
        address_arg(c, a);
        break;
    case 'i':
        integer_arg(c, a);
        break;
    case 's':
        string_arg(c, a);
        break;
    case 'l':
        label_arg(c, a);
        break;
    default:
        any_value(c, a);
    }
}

void config_missing(struct unit *u, const struct node *n)
{
    int length = (int)n->list->str_bytes;
    unit_error(u, n->list->pos, "no configuration value %.*s was given; pass --config %.*s=VALUE",
               length, n->list->str, length, n->list->str);
}

static const struct rtg_config *config_find(struct checker *c, const struct node *key)
{
    const struct rtg_options *o = c->unit->options;
    for (size_t i = 0; key && key->type == TYPE_STRING && i < o->nconfigs; i++)
        if (strlen(o->configs[i].key) == key->str_bytes &&
            !memcmp(o->configs[i].key, key->str, key->str_bytes))
            return &o->configs[i];
    return NULL;
}

/* The key's value, or NULL. A key that is missing is an error only where the program gets to it,
 * which lowering sees; in a declaration of a constant it is one here. */
static const struct rtg_config *config_value(struct checker *c, struct node *n)
{
    const struct rtg_config *k = config_find(c, n->list);
    if (!k && !c->dead && (c->iota >= 0 || !c->func) && n->list && n->list->type == TYPE_STRING)
        config_missing(c->unit, n);
    return k;
}

static void config_call(struct checker *c, struct node *n)
{
    const struct rtg_config *k = config_value(c, n);
    n->type = TYPE_BAD;
    if (!k)
        return;
    n->is_const = true;
    n->type = k->is_int ? TYPE_UNTYPED_INT : TYPE_STRING;
    n->value = k->number;
    n->str = k->text;
    n->str_bytes = k->size_bytes;
}

static void ifdef_call(struct checker *c, struct node *n)
{
    const struct rtg_options *o = c->unit->options;
    n->type = TYPE_UNTYPED_BOOL;
    n->is_const = true;
    n->value = 0;
    for (size_t i = 0; n->list && n->list->type == TYPE_STRING && i < o->nflags; i++)
        if (strlen(o->flags[i]) == n->list->str_bytes &&
            !memcmp(o->flags[i], n->list->str, n->list->str_bytes))
            n->value = 1;
}

/* Leaves in n->str what is to be embedded. */
static void embed_call(struct checker *c, struct node *n, enum builtin_id id)
{
    const struct rtg_config *k;
    switch (id) {
    case BUILTIN_EmbedConfigString:
    case BUILTIN_EmbedConfigCString:
        k = config_value(c, n);
        if (k && k->is_int)
            unit_error(c->unit, n->list->pos,
                       "the configuration value %s is an integer, not a string", k->key);
        n->str = k && !k->is_int ? k->text : NULL;
        n->str_bytes = k && !k->is_int ? k->size_bytes : 0;
        break;
    case BUILTIN_EmbedString:
    case BUILTIN_EmbedCString:
        n->str = n->list && n->list->str ? n->list->str : "";
        n->str_bytes = n->list ? n->list->str_bytes : 0;
        break;
    default:
        break;
    }
}

static void embed_bytes(struct checker *c, struct node *n)
{
    size_t count = count_args(n), i = 0;
    char *bytes = arena_alloc(&c->unit->arena, count + 1);
    if (count == 0)
        unit_error(c->unit, n->pos, "EmbedBytes needs at least one byte");
    for (struct node *a = n->list; a; a = a->next) {
        check_value(c, a);
        if (a->type == TYPE_BAD)
            continue;
        if (!a->is_const || !type_integer(a->type) || a->value < 0 || a->value > 255)
            unit_error(c->unit, a->pos,
                       "each argument of EmbedBytes must be a constant from 0 to 255");
        else
            bytes[i++] = (char)a->value;
    }
    n->str = bytes;
    n->str_bytes = count;
}

static void syscall_args(struct checker *c, struct node *n)
{
    struct node *number = n->list;
    if (!number) {
        unit_error(c->unit, n->pos, "a system call needs its number, as in runtime.SYS_WRITE");
        return;
    }
    check_value(c, number);
    if (number->type != TYPE_BAD && (!number->is_const || !type_integer(number->type)))
        unit_error(c->unit, number->pos,
                   "the number of a system call must be a constant, as runtime.SYS_WRITE");
    const_convert(c, number, TYPE_INT64);
    int count = 0;
    for (struct node *a = number->next; a; a = a->next) {
        any_value(c, a);
        if (++count == MAX_PARAMS + 1)
            unit_error(c->unit, a->pos, "a system call has at most %d arguments", MAX_PARAMS);
    }
}

/* The arguments that a format's verbs take, checked against the verbs. */
static void printf_args(struct checker *c, struct node *n)
{
    struct node *format = n->list;
    if (!format) {
        unit_error(c->unit, n->pos, "Printf needs a format");
        return;
    }
    string_arg(c, format);
    struct node *a = format->next;
    for (struct node *x = a; x; x = x->next)
        any_value(c, x);
    if (format->type != TYPE_STRING)
        return;
    struct format_reader r = {.at = format->str, .end = format->str + format->str_bytes};
    struct format_verb v;
    while (format_next(&r, &v)) {
        if (!v.verb)
            continue;
        if (v.wrong) {
            unit_error(c->unit, format->pos, "Printf: %s", v.wrong);
            return;
        }
        if (!a) {
            unit_error(c->unit, n->pos, "Printf: too few arguments: %%%c has none", v.verb);
            return;
        }
        bool ok = v.verb == 's' ? a->type == TYPE_STRING || a->type == TYPE_UINTPTR ||
                                      a->type == TYPE_INT64 || a->type == TYPE_BUFFER
                  : v.verb == 'p' ? is_number_or_address(a->type)
                                  : type_integer(a->type);
        if (!ok && a->type != TYPE_BAD)
            unit_error(c->unit, a->pos, "Printf: %%%c cannot show a value of type %s", v.verb,
                       type_name(a->type));
        a = a->next;
    }
    if (a)
        unit_error(c->unit, a->pos, "Printf: too many arguments for the format");
}

static void fixed_args(struct checker *c, struct node *n, const struct builtin *b)
{
    size_t want = strlen(b->params), have = count_args(n), i = 0;
    if (want != have)
        unit_error(c->unit, n->pos, "%s takes %zu argument%s, not %zu", b->name, want,
                   want == 1 ? "" : "s", have);
    for (struct node *a = n->list; a; a = a->next)
        check_param(c, a, i < want ? b->params[i++] : 'v');
    if (want != have)
        n->type = TYPE_BAD;
}

static void check_place(struct checker *c, struct node *n, const struct builtin *b)
{
    if ((b->flags & BUILTIN_PAIR) && c->pair_call != n)
        unit_error(c->unit, n->pos, "%s gives an address and a length: `p, n := runtime.%s(...)`",
                   b->name, b->name);
    else if ((b->flags & BUILTIN_STATEMENT) && c->stmt_call != n)
        unit_error(c->unit, n->pos, "%s gives no value", b->name);
    else if ((b->flags & BUILTIN_VALUE) && c->stmt_call == n)
        unit_error(c->unit, n->pos, "the value of %s is not used", b->name);
    else if (!(b->flags & BUILTIN_PAIR) && c->pair_call == n)
        unit_error(c->unit, n->pos, "%s gives one value, not two", b->name);
}

static void builtin_call(struct checker *c, struct node *n, const struct builtin *b)
{
    n->builtin = b;
    n->type = b->result;
    check_place(c, n, b);
    if (strcmp(b->params, "*") != 0)
        fixed_args(c, n, b);
    switch (b->id) {
    case BUILTIN_Syscall:
        syscall_args(c, n);
        break;
    case BUILTIN_Printf:
        printf_args(c, n);
        break;
    case BUILTIN_EmbedBytes:
        embed_bytes(c, n);
        break;
    case BUILTIN_Config:
        config_call(c, n);
        break;
    case BUILTIN_Ifdef:
        ifdef_call(c, n);
        break;
    default:
        embed_call(c, n, b->id);
    }
}

static void user_call(struct checker *c, struct node *n, struct sym *s)
{
    struct func_decl *f = s->func;
    size_t have = count_args(n), i = 0;
    n->sym = s;
    n->type = s->type;
    f->calls += !c->dead;
    if (have != f->params.n)
        unit_error(c->unit, n->pos, "%s takes %zu argument%s, not %zu", f->name, f->params.n,
                   f->params.n == 1 ? "" : "s", have);
    for (struct node *a = n->list; a; a = a->next, i++) {
        enum type want = i < f->params.n && f->params.at[i].type_expr
                             ? f->params.at[i].type_expr->type
                             : TYPE_BAD;
        if (want == TYPE_LABEL) {
            label_arg(c, a);
            continue;
        }
        check_expr(c, a, want);
        if (a->type == TYPE_NONE)
            unit_error(c->unit, a->pos, "the call gives no value");
        else
            check_assignable(c, a, want, "an argument");
    }
}

static void convert_const(struct checker *c, struct node *n, struct node *a)
{
    n->is_const = true;
    n->value = a->value;
    n->str = a->str;
    n->str_bytes = a->str_bytes;
    if (type_integer(n->type) && !const_fits(a->value, n->type))
        unit_error(c->unit, a->pos, "the constant overflows %s", type_name(n->type));
}

/* T(x): between integers; uintptr(s) is a string's address. */
static void conversion(struct checker *c, struct node *n, enum type to)
{
    struct node *a = n->list;
    n->type = to;
    n->sym = NULL;
    if (!a || a->next) {
        check_loose_args(c, n);
        unit_error(c->unit, n->pos, "a conversion to %s takes one value", type_name(to));
        return;
    }
    enum type from = check_expr(c, a, to);
    bool address =
        (from == TYPE_STRING || from == TYPE_BUFFER) && (to == TYPE_UINTPTR || to == TYPE_INT64);
    bool string = to == TYPE_STRING && (from == TYPE_UINTPTR || from == TYPE_STRING);
    bool bools = to == TYPE_BOOL && (from == TYPE_BOOL || from == TYPE_UNTYPED_BOOL);
    if (from == TYPE_BAD)
        return;
    if (!(type_integer(from) && type_integer(to)) && !address && !string && !bools)
        unit_error(c->unit, n->pos, "cannot convert a value of type %s to %s", type_name(from),
                   type_name(to));
    else if (a->is_const && !address)
        convert_const(c, n, a);
    if (type_untyped(from))
        const_convert(c, a, to);
}

/* len of a buffer or a constant string. */
static void len_call(struct checker *c, struct node *n)
{
    struct node *a = n->list;
    check_loose_args(c, n);
    n->type = TYPE_BAD;
    if (!a || a->next)
        unit_error(c->unit, n->pos, "len takes 1 argument");
    else if (a->type == TYPE_BUFFER || (a->type == TYPE_STRING && a->is_const)) {
        n->type = TYPE_INT64;
        n->is_const = true;
        n->value = a->type == TYPE_BUFFER ? a->sym->size_bytes : (wide_t)a->str_bytes;
    } else if (a->type != TYPE_BAD)
        unit_error(c->unit, a->pos, "len is known only of buffers and constant strings");
}

/* The function that a name in call position stands for; in the prelude its own functions come
 * first. */
static struct sym *callee(struct checker *c, const char *name)
{
    if (c->func && c->func->prelude) {
        char *own = arena_printf(&c->unit->arena, "rt.%s", name);
        struct sym *s = *name_binding(unit_intern(c->unit, own, strlen(own)));
        if (s)
            return s;
    }
    return scope_find(c, name);
}

static void named_call(struct checker *c, struct node *n)
{
    const char *name = n->a->name;
    struct sym *s = callee(c, name);
    const struct builtin *b = s ? NULL : builtin_find(name, false);
    if (s && s->kind == SYM_FUNC) {
        user_call(c, n, s);
    } else if (s && s->kind == SYM_TYPE) {
        conversion(c, n, s->type);
    } else if (b) {
        builtin_call(c, n, b);
    } else if (!s && !strcmp(name, "len")) {
        len_call(c, n);
    } else {
        check_loose_args(c, n);
        unit_error(c->unit, n->pos, s ? "%s is not a function" : "undefined: %s", name);
    }
}

static void runtime_call(struct checker *c, struct node *n)
{
    const struct builtin *b = builtin_find(n->a->name, true);
    if (b) {
        builtin_call(c, n, b);
        return;
    }
    check_loose_args(c, n);
    unit_error(c->unit, n->pos, "undefined: runtime.%s", n->a->name);
}

void check_call(struct checker *c, struct node *n)
{
    struct node *f = n->a;
    n->type = TYPE_BAD;
    n->is_const = false;
    if (f->kind == NODE_NAME) {
        named_call(c, n);
    } else if (f->kind == NODE_SELECT && f->a->kind == NODE_NAME &&
               !strcmp(f->a->name, "runtime") && !scope_find(c, f->a->name)) {
        runtime_call(c, n);
    } else {
        check_loose_args(c, n);
        unit_error(c->unit, n->pos, "cannot call this: a call names a function or runtime's");
    }
}
