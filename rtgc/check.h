/* SPDX-License-Identifier: Apache-2.0 */
/* Names, types and constants: after check_program every expression has its type, every constant its
 * value, every name its symbol, or there were errors. check.c: declarations and scopes;
 * check_expr.c, check_call.c, check_stmt.c. */
#ifndef RTGC_CHECK_H
#define RTGC_CHECK_H

#include "rtgc/names.h"

#define MAX_PARAMS 6 /* what a call passes in registers on every machine */
#define MAX_BUFFER ((int64_t)16 << 20)

struct checker {
    struct unit *unit;
    struct program *program;
    struct func_decl *func;       /* being checked; NULL at package level */
    VEC(struct sym *) scope;      /* what is declared now, innermost last */
    VEC(size_t) marks;            /* where each open scope starts in it */
    VEC(struct node *) enclosing; /* the loops and switches around a statement */
    int iota;                     /* -1 outside a const declaration */
    int dead;                     /* > 0 in code that a constant condition removes */
    const struct node *pair_call; /* the call that is the value of a two-target assignment */
    const struct node *stmt_call; /* the call that is a whole statement */
};

/* Checks everything. The entry function is main, or the first one; NULL after errors that leave
 * none. */
struct func_decl *check_program(struct unit *u, struct program *p);

/* Scopes. */
void scope_enter(struct checker *c);
void scope_leave(struct checker *c);
struct sym *scope_declare(struct checker *c, enum sym_kind kind, const char *name, srcpos_t pos);
struct sym *scope_find(struct checker *c,
                       const char *name); /* a package-level symbol gets its type first */

/* Types. */
enum type check_type(struct checker *c, struct node *type_expr, int64_t *buffer_bytes);
bool const_fits(wide_t v, enum type t);

/* Expressions. hint is the type an untyped operand of a shift takes; TYPE_NONE for int64. */
enum type check_expr(struct checker *c, struct node *n, enum type hint);
enum type check_value(struct checker *c, struct node *n); /* an expression that must give a value */
void check_call(struct checker *c, struct node *n);       /* check_call.c */
void config_missing(struct unit *u,
                    const struct node *call); /* says that a Config's key is missing */
void check_condition(struct checker *c, struct node *n);
void check_comparison(struct checker *c, struct node *n); /* of operands that are checked already */
void const_convert(struct checker *c, struct node *n,
                   enum type t); /* an untyped constant gets a type */
enum type default_type(enum type t);

/* Makes n fit a place of type t: converts untyped constants, complains about everything else that
 * differs. */
void check_assignable(struct checker *c, struct node *n, enum type t, const char *where);

/* Statements. */
void check_var(struct checker *c, struct node *n);
void check_const(struct checker *c, struct node *n);
void check_body(struct checker *c, struct func_decl *f);

#endif
