/* SPDX-License-Identifier: Apache-2.0 */
/* Source text to tokens, by Go's lexical rules: semicolons are inserted, integers have all of Go's
 * forms. */
#ifndef RTGC_SCAN_H
#define RTGC_SCAN_H

#include "rtgc/unit.h"

typedef __int128 wide_t; /* a constant's value: exact until it gets a type */

enum tok {
#define TOKEN(name, text) TOK_##name,
#include "rtgc/tokens.def"
    NTOKS
};

struct token {
    enum tok kind;
    srcpos_t pos;
    const char *name; /* IDENT: interned */
    const char *str;  /* STRING: its bytes */
    size_t str_bytes;
    wide_t value; /* INT, CHAR */
    bool newline; /* a SEMI that a line end or the file's end made */
};

struct scanner {
    struct unit *unit;
    const struct source *file;
    const char *at, *end;
    bool semi_at_newline;
};

void scan_start(struct scanner *s, struct unit *u, const struct source *file);

/* The next token; after the end EOF for ever. Bad characters and literals are diagnosed and
 * skipped. */
struct token scan_next(struct scanner *s);

/* How a kind of token is written in messages. */
const char *tok_text(enum tok kind);

/* Text of all tokens, a line each: the dump of the pass "scan". */
void scan_dump(struct unit *u, const struct source *file);

#endif
