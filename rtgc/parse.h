/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parser's files: parse_expr.c, parse_stmt.c, parse.c. */
#ifndef RTGC_PARSE_H
#define RTGC_PARSE_H

#include "rtgc/ast.h"

#define MAX_DEPTH \
    400 /* nesting of expressions and blocks: keeps every recursive pass within its stack */

struct parser {
    struct unit *unit;
    const struct source *file;
    struct scanner scanner;
    struct token tok;
    struct program *program;
    const char *runtime; /* the name of the imported package in this file, interned "runtime" */
    int depth;
};

void parse_next(struct parser *p);
bool parse_got(struct parser *p, enum tok kind);    /* takes the token if it is there */
bool parse_expect(struct parser *p, enum tok kind); /* the same, with a message if it is not */
void parse_semi(struct parser *p, const char *after);
void parse_skip_statement(struct parser *p); /* after an error: to the next line or closing brace */
bool parse_enter(struct parser *p); /* one level deeper; false and a message when too deep */
void parse_leave(struct parser *p);

struct node *node_new(struct parser *p, enum node_kind kind, srcpos_t pos);
struct node *parse_expr(struct parser *p);
struct node *parse_type(struct parser *p);  /* NULL when there is none */
struct node *parse_block(struct parser *p); /* { statements } */
struct node *parse_decl(struct parser *p);  /* const or var, singly or in a group */

#endif
