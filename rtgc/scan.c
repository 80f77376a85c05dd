/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/scan.h"

#include <string.h>

#include "rtgc/literal.h"

static const char *const texts[NTOKS] = {
#define TOKEN(name, text) [TOK_##name] = text,
#include "rtgc/tokens.def"
};

struct spelling {
    const char *text;
    uint8_t length, kind;
};

static const struct spelling keywords[] = {
#define TOKEN(name, text)
#define KEYWORD(name, text) {text, sizeof(text) - 1, TOK_##name},
#include "rtgc/tokens.def"
};

static const struct spelling operators[] = {
#define TOKEN(name, text)
#define OPERATOR(name, text) {text, sizeof(text) - 1, TOK_##name},
#include "rtgc/tokens.def"
};

const char *tok_text(enum tok kind)
{
    return texts[kind];
}

void scan_start(struct scanner *s, struct unit *u, const struct source *file)
{
    *s = (struct scanner){.unit = u, .file = file, .at = file->text};
    s->end = file->text + file->size_bytes;
    if (file->size_bytes >= 3 && memcmp(s->at, "\xef\xbb\xbf", 3) == 0)
        s->at += 3;
}

static srcpos_t pos_of(const struct scanner *s, const char *at)
{
    return s->file->start + (srcpos_t)(at - s->file->text);
}

/* Skips a general comment. Returns whether it contained a line end. */
static bool skip_comment(struct scanner *s)
{
    const char *start = s->at;
    bool newline = false;
    for (s->at += 2; s->end - s->at >= 2; s->at++) {
        if (s->at[0] == '*' && s->at[1] == '/') {
            s->at += 2;
            return newline;
        }
        newline |= *s->at == '\n';
    }
    s->at = s->end;
    unit_error(s->unit, pos_of(s, start), "comment not terminated");
    return newline;
}

/* Skips blanks and comments. Returns true when a semicolon is to be inserted where s->at stands
 * now. */
static bool skip_blanks(struct scanner *s)
{
    while (s->at < s->end) {
        char c = *s->at;
        bool two = s->end - s->at >= 2 && c == '/';
        if (c == '\n' && s->semi_at_newline)
            return true;
        if (two && s->at[1] == '/') {
            const char *eol = memchr(s->at, '\n', (size_t)(s->end - s->at));
            s->at = eol ? eol : s->end;
        } else if (two && s->at[1] == '*') {
            if (skip_comment(s) && s->semi_at_newline)
                return true;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            s->at++;
        } else {
            return false;
        }
    }
    return s->semi_at_newline;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum tok keyword(const char *s, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
        if (keywords[i].length == n && memcmp(keywords[i].text, s, n) == 0)
            return keywords[i].kind;
    return TOK_IDENT;
}

static void scan_name(struct scanner *s, struct token *t)
{
    const char *start = s->at;
    while (s->at < s->end && (is_letter(*s->at) || is_digit(*s->at)))
        s->at++;
    size_t n = (size_t)(s->at - start);
    t->kind = keyword(start, n);
    if (t->kind == TOK_IDENT)
        t->name = unit_intern(s->unit, start, n);
}

/* Longest match: the table has longer spellings first. */
static bool scan_operator(struct scanner *s, struct token *t)
{
    size_t left = (size_t)(s->end - s->at);
    for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
        const struct spelling *o = &operators[i];
        if (*o->text != *s->at || o->length > left || memcmp(o->text, s->at, o->length) != 0)
            continue;
        t->kind = o->kind;
        s->at += o->length;
        return true;
    }
    return false;
}

/* Says what is wrong with a byte that starts no token, and skips it with the rest of its UTF-8
 * sequence. */
static void bad_character(struct scanner *s)
{
    uint8_t c = (uint8_t)*s->at;
    if (c < 0x80)
        unit_error(s->unit, pos_of(s, s->at), "invalid character U+%04X%s%c%s", c,
                   c >= 0x20 ? " '" : "", c >= 0x20 ? c : ' ', c >= 0x20 ? "'" : "");
    else
        unit_error(s->unit, pos_of(s, s->at), "invalid character 0x%02x: names are ASCII", c);
    for (s->at++; s->at < s->end && ((uint8_t)*s->at & 0xc0) == 0x80;)
        s->at++;
}

static bool ends_statement(enum tok k)
{
    switch (k) {
    case TOK_IDENT:
    case TOK_INT:
    case TOK_FLOAT:
    case TOK_CHAR:
    case TOK_STRING:
    case TOK_BREAK:
    case TOK_CONTINUE:
    case TOK_FALLTHROUGH:
    case TOK_RETURN:
    case TOK_INC:
    case TOK_DEC:
    case TOK_RPAREN:
    case TOK_RBRACK:
    case TOK_RBRACE:
        return true;
    default:
        return false;
    }
}

static struct token token_end(struct scanner *s, struct token t, enum tok kind)
{
    t.kind = kind;
    t.newline = kind == TOK_SEMI;
    s->semi_at_newline = false;
    return t;
}

struct token scan_next(struct scanner *s)
{
    struct token t = {0};
    for (;;) {
        bool semi = skip_blanks(s);
        t.pos = pos_of(s, s->at);
        if (semi)
            return token_end(s, t, TOK_SEMI);
        if (s->at >= s->end)
            return token_end(s, t, TOK_EOF);
        char c = *s->at;
        if (is_letter(c))
            scan_name(s, &t);
        else if (is_digit(c) || (c == '.' && s->end - s->at > 1 && is_digit(s->at[1])))
            scan_number(s, &t);
        else if (c == '"' || c == '`')
            scan_string(s, &t);
        else if (c == '\'')
            scan_char(s, &t);
        else if (!scan_operator(s, &t)) {
            bad_character(s);
            continue;
        }
        s->semi_at_newline = ends_statement(t.kind);
        return t;
    }
}

void scan_dump(struct unit *u, const struct source *file)
{
    struct scanner s;
    scan_start(&s, u, file);
    for (struct token t = scan_next(&s); t.kind != TOK_EOF; t = scan_next(&s)) {
        struct place p = unit_place(u, t.pos);
        buf_printf(&u->dump, "%s:%u:%u\t%s", file->name, p.line, p.col, tok_text(t.kind));
        if (t.kind == TOK_IDENT)
            buf_printf(&u->dump, " %s", t.name);
        else if (t.kind == TOK_INT || t.kind == TOK_CHAR)
            buf_printf(&u->dump, " %lld", (long long)t.value);
        else if (t.kind == TOK_STRING)
            buf_printf(&u->dump, " of %zu bytes", t.str_bytes);
        buf_printf(&u->dump, "\n");
    }
}
