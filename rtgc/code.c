/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/code.h"

#include <inttypes.h>
#include <string.h>

static void add_line(struct code *c, size_t n, const char *format, va_list ap)
{
    struct buf b = {.arena = &c->unit->arena};
    buf_vprintf(&b, format, ap);
    struct line line = {.at = c->bytes.n, .bytes = n, .text = b.at, .pos = c->pos};
    vec_push(&c->unit->arena, &c->lines, line);
}

static void append(struct code *c, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vec_push(&c->unit->arena, &c->bytes, bytes[i]);
}

void code_vput(struct code *c, const void *bytes, size_t n, const char *format, va_list ap)
{
    if (c->want_text)
        add_line(c, n, format, ap);
    append(c, bytes, n);
}

void code_put(struct code *c, const void *bytes, size_t n, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    code_vput(c, bytes, n, format, ap);
    va_end(ap);
}

void code_put32(struct code *c, uint32_t word, const char *format, ...)
{
    uint8_t bytes[4] = {(uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                        (uint8_t)(word >> 24)};
    va_list ap;
    va_start(ap, format);
    code_vput(c, bytes, 4, format, ap);
    va_end(ap);
}

void code_label(struct code *c, const char *text)
{
    struct line line = {.at = c->bytes.n, .text = text};
    if (c->want_text)
        vec_push(&c->unit->arena, &c->lines, line);
}

void code_reloc(struct code *c, int kind, int32_t sym, int64_t addend)
{
    struct reloc r = {.at = c->bytes.n, .kind = kind, .sym = sym, .addend = addend};
    vec_push(&c->unit->arena, &c->relocs, r);
}

const char *code_symbol(struct code *c, int32_t sym, int64_t addend)
{
    if (!c->want_text)
        return "";
    const struct irsym *s = &c->ir->syms.at[sym];
    const char *dot = s->kind == IRSYM_DATA ? ".L" : "";
    if (!addend)
        return arena_printf(&c->unit->arena, "%s%s", dot, s->name);
    return arena_printf(&c->unit->arena, "%s%s%+" PRId64, dot, s->name, addend);
}
