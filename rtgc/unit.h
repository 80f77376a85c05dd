/* SPDX-License-Identifier: Apache-2.0 */
/* One compilation: its memory, options, source files, names and diagnostics. Every pass takes the
 * unit. */
#ifndef RTGC_UNIT_H
#define RTGC_UNIT_H

#include "rtgc/arena.h"
#include "rtgc/rtg.h"

/* A place in the source: the byte's number counted through all files, plus 1; 0 is "nowhere". */
typedef uint32_t srcpos_t;

struct source {
    const char *name, *text;
    size_t size_bytes;
    srcpos_t start;      /* position of its first byte */
    bool prelude;        /* the compiler's own support functions (prelude.c) */
    VEC(uint32_t) lines; /* where each begins; filled when a place is first asked for */
};

struct place {
    const struct source *file;
    unsigned line, col;
    const char *line_text;
    size_t line_bytes;
};

struct diagnostic {
    srcpos_t pos;
    unsigned number; /* the order in which they came up */
    const char *text;
    size_t size_bytes;
};

struct target;
struct func_list;

struct unit {
    struct arena arena;
    const struct rtg_options *options;
    const struct target *target;
    VEC(struct source) files;
    VEC(struct diagnostic) errors, warnings;
    struct buf dump;
    unsigned nerrors;
    srcpos_t last_error; /* a second error at one place says nothing new */
    const char **names;  /* interned names: open hashing */
    size_t nnames, names_cap;
};

#define MAX_ERRORS 20

/* The one copy of a name: equal names are equal pointers. */
const char *unit_intern(struct unit *u, const char *s, size_t n);

struct sym;

/* What an interned name stands for in the scopes that are open now; the checker keeps it. */
struct sym **name_binding(const char *name);

/* Adds a file; its text must stay in place as long as the unit. Returns its index. */
size_t unit_add_source(struct unit *u, const char *name, const char *text, size_t n, bool prelude);

/* Where a position is. file is NULL for position 0. */
struct place unit_place(struct unit *u, srcpos_t pos);

/* Writes a diagnostic: file:line:col: message, the line, a caret. Warnings are for programs without
 * errors: among errors they would only be their echo. */
void unit_error(struct unit *u, srcpos_t pos, const char *format, ...) PRINTF_LIKE(3, 4);
void unit_warn(struct unit *u, srcpos_t pos, const char *format, ...) PRINTF_LIKE(3, 4);

/* The diagnostics of a finished compilation in the order of the source: the errors, or the warnings
 * when there are none. */
void unit_report(struct unit *u, struct buf *out);

/* Whether the pass named is to be dumped. */
bool unit_dumps(const struct unit *u, const char *pass);

#endif
