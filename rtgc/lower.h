/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax tree to IR. Functions are lowered when something reaches them, so unused ones cost
 * nothing; what a constant condition removes is not lowered at all. lower.c: the program and
 * functions; lower_expr.c, lower_call.c, lower_stmt.c. */
#ifndef RTGC_LOWER_H
#define RTGC_LOWER_H

#include "rtgc/check.h"
#include "rtgc/ir.h"

/* A loop or switch: where break and continue go. */
struct enclosing {
    const struct node *node;
    int32_t break_to, continue_to;
};

/* A function whose body is being put in place of a call: where its return goes. */
struct expansion {
    int32_t result; /* temp, -1: none */
    int32_t end;    /* block; -1: return is a real return */
    bool prelude;
};

struct lowerer {
    struct unit *unit;
    struct ir *ir;
    struct func *func;
    int32_t block; /* where instructions go now */
    struct expansion expansion;
    VEC(struct enclosing) enclosing;
    VEC(struct func_decl *) pending; /* called, not lowered yet */
    VEC(struct sym *) inits;         /* globals with an initial value */
    const struct program *program;
    int expansions; /* nesting */
};

/* Lowers everything that entry reaches. For an executable the entry ends by exit_group, else it
 * returns. */
void lower_program(struct unit *u, struct program *p, struct func_decl *entry, struct ir *ir);

/* Blocks and instructions. */
int32_t lower_block_new(struct lowerer *l);
void lower_block_start(struct lowerer *l,
                       int32_t b); /* the current block falls into it, if it has no end yet */
void lower_jump(struct lowerer *l, int32_t to, srcpos_t pos);
void lower_branch(struct lowerer *l, enum cc cc, struct opnd a, struct opnd b, int32_t yes,
                  int32_t no, srcpos_t pos);
struct ins *lower_ins(struct lowerer *l, enum ir_op op, srcpos_t pos);
struct opnd lower_op(struct lowerer *l, enum ir_op op, struct opnd a, struct opnd b, srcpos_t pos);
void lower_move(struct lowerer *l, int32_t dst, struct opnd from, srcpos_t pos);
struct opnd lower_load(struct lowerer *l, int bits, struct opnd base, srcpos_t pos);
void lower_store(struct lowerer *l, int bits, struct opnd base, struct opnd value, srcpos_t pos);

/* Expressions. */
struct opnd lower_expr(struct lowerer *l, struct node *n);
void lower_cond(struct lowerer *l, struct node *n, int32_t yes, int32_t no);
struct opnd lower_binary(struct lowerer *l, struct node *n, struct opnd a, struct opnd b);
struct opnd lower_address(struct lowerer *l, struct node *n, int *bits); /* of an INDEX */
struct opnd lower_string(struct lowerer *l, const char *s, size_t n); /* NUL-terminated constant */
struct opnd lower_narrow(struct lowerer *l, enum type t, struct opnd v, srcpos_t pos);
int32_t lower_var(struct lowerer *l, struct sym *s); /* its temp, or slot if a buffer */
struct opnd lower_global(struct lowerer *l, struct sym *s);

/* Calls. */
struct opnd lower_call(struct lowerer *l, struct node *n);
void lower_embed(struct lowerer *l, struct node *n, struct opnd *address, struct opnd *length);
struct opnd lower_call_func(struct lowerer *l, struct func_decl *f, struct opnd *args,
                            int32_t nargs, srcpos_t pos);

/* Statements. */
void lower_stmts(struct lowerer *l, struct node *first);
int32_t lower_label(struct lowerer *l, struct sym *s);

#endif
