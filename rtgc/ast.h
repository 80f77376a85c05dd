/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax tree. The parser makes it; the checker adds types, constant values and symbols;
 * lowering reads it. */
#ifndef RTGC_AST_H
#define RTGC_AST_H

#include "rtgc/scan.h"

enum type {
    TYPE_NONE, /* no value: a call of a function without result */
    TYPE_BAD,  /* after an error: fits everything, so that one mistake gives one message */
    TYPE_UNTYPED_INT,
    TYPE_UNTYPED_RUNE,
    TYPE_UNTYPED_BOOL,
    TYPE_BOOL,
    TYPE_INT8,
    TYPE_INT16,
    TYPE_INT32,
    TYPE_INT64,
    TYPE_UINT8,
    TYPE_UINT16,
    TYPE_UINT32,
    TYPE_UINT64,
    TYPE_UINTPTR,
    TYPE_STRING, /* the address of NUL-terminated bytes */
    TYPE_LABEL,  /* a parameter that stands for the caller's label */
    TYPE_BUFFER, /* [N]byte */
    NTYPES
};

enum node_kind {
    /* expressions */
    NODE_INT,    /* value, type untyped int or rune */
    NODE_STRING, /* str */
    NODE_NAME,   /* name */
    NODE_SELECT, /* a . name */
    NODE_UNARY,  /* op a */
    NODE_BINARY, /* a op b */
    NODE_CALL,   /* a ( list ) */
    NODE_INDEX,  /* a [ b ] */
    /* statements */
    NODE_BLOCK,  /* { list } */
    NODE_EXPR,   /* a */
    NODE_ASSIGN, /* a op b; op is ASSIGN, DEFINE or an op-assignment; a pair has its targets in list
                    and a NULL */
    NODE_VAR,    /* var name type = a */
    NODE_CONST,  /* const name type = a; value is iota */
    NODE_IF,     /* if init; a b else c */
    NODE_FOR,    /* for init; a; c b */
    NODE_SWITCH, /* switch init; a { list of CASE } */
    NODE_CASE,   /* case list: b; a default has no list */
    NODE_RETURN, /* return a */
    NODE_GOTO,   /* goto name */
    NODE_BREAK,  /* break name? */
    NODE_CONTINUE, /* continue name? */
    NODE_FALLTHROUGH,
    NODE_LABELED, /* name: a */
    NODE_EMPTY,
    NODE_GROUP, /* declarations of one `var (...)` or `const (...)`: list, without a scope */
};

struct sym;

struct node {
    enum node_kind kind;
    enum tok op;
    enum type type;
    bool is_const;   /* checker: value or str is what the expression gives */
    bool paren;      /* written in parentheses */
    bool is_default; /* CASE */
    uint16_t depth;
    srcpos_t pos;
    srcpos_t end_pos; /* BLOCK: its closing brace */
    struct node *a, *b, *c, *init;
    struct node *list, *next; /* first child, next sibling */
    const char *name;
    const char *str;
    size_t str_bytes;
    wide_t value;
    struct sym *sym;        /* checker: what a name stands for; CALL: the function, or NULL */
    struct node *type_expr; /* VAR, CONST: the written type, NULL when there is none */
    const struct builtin *builtin; /* checker: CALL of a builtin */
};

enum sym_kind { SYM_CONST, SYM_VAR, SYM_GLOBAL, SYM_FUNC, SYM_LABEL, SYM_TYPE, SYM_PACKAGE };

struct sym {
    enum sym_kind kind;
    enum type type; /* of the value; FUNC: of the result */
    const char *name;
    srcpos_t pos;
    struct sym *shadowed; /* what the name stood for outside this scope */
    size_t depth;         /* of its scope */
    /* package level */
    struct node *pending; /* its declaration, not checked yet */
    bool resolving;       /* is being checked: a use now is a cycle */
    /* CONST */
    wide_t value;
    const char *str;
    size_t str_bytes;
    /* VAR, GLOBAL */
    int64_t size_bytes; /* BUFFER */
    bool is_param, assigned, read, initialised;
    bool address_taken;
    int id;            /* lowering: the temp, slot, global or label's number */
    struct node *init; /* GLOBAL: its constant value */
    /* FUNC */
    struct func_decl *func;
};

struct param {
    const char *name;
    srcpos_t pos;
    struct node *type_expr;
    struct sym *sym; /* checker */
};

struct func_decl {
    const char *name; /* prelude functions: "rt." and the name */
    srcpos_t pos;
    VEC(struct param) params;
    struct node *result_type; /* NULL: none */
    struct node *body;
    uint32_t body_bytes; /* of source */
    bool prelude;
    bool has_labels; /* has a parameter of type label: expanded at each call */
    bool expanding;  /* lowering: is being expanded now */
    int calls;       /* checker: from live code */
    VEC(struct sym *) labels;
    int ir; /* lowering: its number in the IR, -1 before */
    struct sym *sym;
};

/* All files of the program. */
struct program {
    VEC(struct func_decl *) funcs;
    struct node *decls, **decls_end; /* package-level const and var in order */
};

/* Adds a file's declarations to the program. */
void parse_file(struct unit *u, const struct source *file, struct program *p);

/* The program as source text: the dump of the pass "parse". */
void ast_dump(struct unit *u, const struct program *p);

const char *type_name(enum type t);

#endif
