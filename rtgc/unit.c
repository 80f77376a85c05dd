/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/unit.h"

#include <stdlib.h>
#include <string.h>

#define MAX_SHOWN_LINE 200 /* of a line that a diagnostic quotes */

/* An interned name: what it stands for at the moment, and its text, to which everybody else points.
 */
struct name {
    struct sym *binding;
    char text[];
};

static uint32_t hash(const char *s, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 16777619u;
    return h;
}

static void names_grow(struct unit *u)
{
    const char **old = u->names;
    size_t old_cap = u->names_cap;
    u->names_cap = old_cap ? old_cap * 2 : 512;
    u->names = arena_alloc(&u->arena, u->names_cap * sizeof *u->names);
    for (size_t i = 0; i < old_cap; i++) {
        if (!old[i])
            continue;
        size_t at = hash(old[i], strlen(old[i])) & (u->names_cap - 1);
        while (u->names[at])
            at = (at + 1) & (u->names_cap - 1);
        u->names[at] = old[i];
    }
}

const char *unit_intern(struct unit *u, const char *s, size_t n)
{
    if (u->nnames * 2 >= u->names_cap)
        names_grow(u);
    size_t at = hash(s, n) & (u->names_cap - 1);
    for (; u->names[at]; at = (at + 1) & (u->names_cap - 1))
        if (strlen(u->names[at]) == n && memcmp(u->names[at], s, n) == 0)
            return u->names[at];
    u->nnames++;
    struct name *name = arena_alloc(&u->arena, sizeof *name + n + 1);
    memcpy(name->text, s, n);
    return u->names[at] = name->text;
}

struct sym **name_binding(const char *name)
{
    return &((struct name *)(uintptr_t)(name - offsetof(struct name, text)))->binding;
}

size_t unit_add_source(struct unit *u, const char *name, const char *text, size_t n, bool prelude)
{
    srcpos_t start = 1;
    if (u->files.n) {
        const struct source *last = &u->files.at[u->files.n - 1];
        start = last->start + (srcpos_t)last->size_bytes + 1;
    }
    struct source s = {.name = name, .text = text, .size_bytes = n, .start = start};
    s.prelude = prelude;
    vec_push(&u->arena, &u->files, s);
    return u->files.n - 1;
}

static void find_lines(struct unit *u, struct source *s)
{
    vec_push(&u->arena, &s->lines, 0);
    for (size_t i = 0; i < s->size_bytes; i++)
        if (s->text[i] == '\n')
            vec_push(&u->arena, &s->lines, (uint32_t)i + 1);
}

/* The number of the line, from 1, that the byte is in. */
static size_t line_of(const struct source *s, size_t at)
{
    size_t low = 0, high = s->lines.n;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (s->lines.at[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return high;
}

struct place unit_place(struct unit *u, srcpos_t pos)
{
    struct source *s = NULL;
    for (size_t i = 0; i < u->files.n && pos; i++)
        if (pos >= u->files.at[i].start && pos - u->files.at[i].start <= u->files.at[i].size_bytes)
            s = &u->files.at[i];
    if (!s)
        return (struct place){0};
    if (!s->lines.n)
        find_lines(u, s);
    size_t at = pos - s->start, line = line_of(s, at), bol = s->lines.at[line - 1];
    const char *eol = memchr(s->text + bol, '\n', s->size_bytes - bol);
    return (struct place){.file = s,
                          .line = (unsigned)line,
                          .col = (unsigned)(at - bol) + 1,
                          .line_text = s->text + bol,
                          .line_bytes = eol ? (size_t)(eol - s->text) - bol : s->size_bytes - bol};
}

/* The line and a caret below the column; tabs stay tabs, so that the caret stands right at any tab
 * width. */
static void quote_line(struct buf *b, const struct place *p)
{
    if (p->line_bytes > MAX_SHOWN_LINE)
        return;
    buf_printf(b, "\t%.*s\n\t", (int)p->line_bytes, p->line_text);
    for (unsigned i = 0; i + 1 < p->col && i < p->line_bytes; i++)
        buf_bytes(b, p->line_text[i] == '\t' ? "\t" : " ", 1);
    buf_printf(b, "^\n");
}

static struct diagnostic diagnose(struct unit *u, srcpos_t pos, const char *kind,
                                  const char *format, va_list ap)
{
    struct buf b = {.arena = &u->arena};
    struct place p = unit_place(u, pos);
    if (p.file)
        buf_printf(&b, "%s:%u:%u: ", p.file->name, p.line, p.col);
    buf_printf(&b, "%s", kind);
    buf_vprintf(&b, format, ap);
    buf_printf(&b, "\n");
    if (p.file)
        quote_line(&b, &p);
    return (struct diagnostic){.pos = pos, .text = b.at, .size_bytes = b.n};
}

/* What the parser stumbles over in a line that is wrong already says nothing new. */
static bool is_echo(struct unit *u, srcpos_t pos, const char *format)
{
    if (!pos || !u->last_error || strncmp(format, "syntax error", 12) != 0)
        return pos && pos == u->last_error;
    return unit_place(u, pos).line_text == unit_place(u, u->last_error).line_text;
}

void unit_error(struct unit *u, srcpos_t pos, const char *format, ...)
{
    if (u->nerrors >= MAX_ERRORS || is_echo(u, pos, format))
        return;
    u->last_error = pos;
    va_list ap;
    va_start(ap, format);
    struct diagnostic d = diagnose(u, pos, "", format, ap);
    va_end(ap);
    d.number = u->nerrors++;
    vec_push(&u->arena, &u->errors, d);
}

void unit_warn(struct unit *u, srcpos_t pos, const char *format, ...)
{
    if (u->warnings.n >= MAX_ERRORS)
        return;
    va_list ap;
    va_start(ap, format);
    struct diagnostic d = diagnose(u, pos, "warning: ", format, ap);
    va_end(ap);
    d.number = (unsigned)u->warnings.n;
    vec_push(&u->arena, &u->warnings, d);
}

static int by_place(const void *x, const void *y)
{
    const struct diagnostic *a = x, *b = y;
    if (a->pos != b->pos)
        return a->pos < b->pos ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

void unit_report(struct unit *u, struct buf *out)
{
    struct diagnostic *list = u->nerrors ? u->errors.at : u->warnings.at;
    size_t n = u->nerrors ? u->errors.n : u->warnings.n;
    if (n)
        qsort(list, n, sizeof *list, by_place);
    for (size_t i = 0; i < n; i++)
        buf_bytes(out, list[i].text, list[i].size_bytes);
    if (u->nerrors == MAX_ERRORS)
        buf_printf(out, "too many errors\n");
}

bool unit_dumps(const struct unit *u, const char *pass)
{
    return u->options->dump && strcmp(u->options->dump, pass) == 0;
}
