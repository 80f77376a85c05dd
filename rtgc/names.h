/* SPDX-License-Identifier: Apache-2.0 */
/* What the language has built in: functions, constants, system call numbers, types. Tables, no
 * state. */
#ifndef RTGC_NAMES_H
#define RTGC_NAMES_H

#include "rtgc/ast.h"

enum builtin_id {
#define BUILTIN(id, bare, params, result, flags) BUILTIN_##id,
#include "rtgc/builtins.def"
    NBUILTINS
};

enum {
    BUILTIN_STATEMENT = 1, /* only as a statement */
    BUILTIN_VALUE = 2,     /* only as a value */
    BUILTIN_PAIR = 4,      /* only as the value of a two-target assignment */
};

struct builtin {
    enum builtin_id id;
    const char *name;   /* runtime.NAME */
    const char *bare;   /* without the package */
    const char *params; /* a letter each: p address, i integer, v any value, s constant string, l
                           label, then '*' for a list that check_call.c checks itself */
    enum type result;
    int flags;
};

/* By runtime.NAME (qualified) or bare name; NULL when there is none. */
const struct builtin *builtin_find(const char *name, bool qualified);

/* A constant's value for a machine ("arm64", "amd64", "riscv64"); SYS_ names are constants too. */
bool constant_find(const char *name, const char *arch, int64_t *value);

/* The type of that name, or TYPE_NONE. */
enum type type_find(const char *name);

int type_bits(enum type t);     /* width of an integer type; 64 for everything else */
bool type_signed(enum type t);  /* int8 to int64 */
bool type_integer(enum type t); /* typed or untyped */
bool type_untyped(enum type t);

#endif
