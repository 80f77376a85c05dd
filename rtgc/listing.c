/* SPDX-License-Identifier: Apache-2.0 */
/* Texts about an image: assembly that assembles to the same bytes, the listing with addresses, the
 * map. */
#include "rtgc/link.h"

#include <inttypes.h>
#include <string.h>

/* The source line a piece of code came from, when it is another than before. */
static void source_line(struct unit *u, struct buf *out, srcpos_t pos, srcpos_t *last,
                        const char *comment)
{
    struct place p = unit_place(u, pos), q = unit_place(u, *last);
    if (!p.file || p.file->prelude || (q.file == p.file && q.line == p.line))
        return;
    *last = pos;
    size_t n = p.line_bytes;
    while (n && (*p.line_text == ' ' || *p.line_text == '\t'))
        p.line_text++, n--;
    buf_printf(out, "%s %s:%u: %.*s\n", comment, p.file->name, p.line, (int)MIN(n, (size_t)200),
               p.line_text);
}

static void asm_bytes(struct buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%u", i % 16 ? ", " : i ? "\n\t.byte " : "\t.byte ", (uint8_t)s[i]);
    if (n)
        buf_printf(out, "\n");
}

static void asm_datum(const struct image *im, const struct irsym *s, struct buf *out)
{
    size_t at = 0;
    buf_printf(out, ".L%s:\n", s->name);
    for (size_t i = 0; i < s->relocs.n; i++) {
        asm_bytes(out, s->bytes + at, (size_t)s->relocs.at[i].at - at);
        buf_printf(out, "\t.quad .L%s\n", im->ir->syms.at[s->relocs.at[i].sym].name);
        at = (size_t)s->relocs.at[i].at + 8;
    }
    asm_bytes(out, s->bytes + at, (size_t)s->size_bytes - at);
}

/* Alignment as zeros: an assembler's own would be instructions, in the section of the code. */
static void asm_pad(struct buf *out, uint64_t *at, uint64_t to)
{
    if (to > *at)
        buf_printf(out, "\t.zero %" PRIu64 "\n", to - *at);
    *at = to;
}

static void asm_data(const struct image *im, struct buf *out)
{
    uint64_t at = im->base + im->code.bytes.n;
    for (int small = 1; small >= 0; small--)
        for (size_t i = 0; i < im->ir->syms.n; i++) {
            const struct irsym *s = &im->ir->syms.at[i];
            if (s->kind != IRSYM_DATA || (s->size_bytes <= PAGE) != small)
                continue;
            asm_pad(out, &at, (uint64_t)s->address);
            asm_datum(im, s, out);
            at += (uint64_t)s->size_bytes;
        }
    for (size_t i = 0; i < im->ir->syms.n; i++) {
        const struct irsym *s = &im->ir->syms.at[i];
        if (s->kind != IRSYM_BSS)
            continue;
        asm_pad(out, &at, (uint64_t)s->address);
        buf_printf(out, "%s:\n\t.zero %" PRId64 "\n", s->name, s->size_bytes);
        at += (uint64_t)s->size_bytes;
    }
}

void write_asm(struct unit *u, const struct image *im, struct buf *out)
{
    const char *comment = u->target->elf_machine == 183 ? "\t//" : "\t#";
    srcpos_t last = 0;
    buf_printf(out, "%s %s\n\t.text\n", comment, u->target->triple);
    if (u->target->elf_machine == 243)
        buf_printf(out, "\t.option norelax\n");
    for (size_t i = 0; i < im->code.lines.n; i++) {
        const struct line *line = &im->code.lines.at[i];
        if (!line->bytes) {
            buf_printf(out, "%s:\n", line->text);
            continue;
        }
        source_line(u, out, line->pos, &last, comment);
        buf_printf(out, "\t%s\n", line->text);
    }
    asm_data(im, out);
}

void write_listing(struct unit *u, const struct image *im, struct buf *out)
{
    srcpos_t last = 0;
    for (size_t i = 0; i < im->code.lines.n; i++) {
        const struct line *line = &im->code.lines.at[i];
        if (!line->bytes) {
            buf_printf(out, "%s:\n", line->text);
            continue;
        }
        source_line(u, out, line->pos, &last, "  ;");
        buf_printf(out, "%8" PRIx64 "  ", im->base + line->at);
        for (size_t k = 0; k < 10; k++)
            if (k < line->bytes)
                buf_printf(out, "%02x", im->bytes[line->at + k]);
            else if (k < 8)
                buf_printf(out, "  ");
        buf_printf(out, "  %s\n", line->text);
    }
}

static uint64_t symbol_size(const struct image *im, size_t i)
{
    const struct irsym *s = &im->ir->syms.at[i];
    return s->kind == IRSYM_FUNC ? im->func_end[i] - im->func_start[i] : (uint64_t)s->size_bytes;
}

void write_map(struct unit *u, const struct image *im, struct buf *out)
{
    static const char *const kinds[] = {"code", "constant", "bss"};
    const struct ir *ir = im->ir;
    bool *done = arena_alloc(&u->arena, ir->syms.n + 1);
    for (size_t n = 0; n < ir->syms.n; n++) { /* in the order of addresses */
        size_t best = ir->syms.n;
        for (size_t i = 0; i < ir->syms.n; i++)
            if (!done[i] &&
                (best == ir->syms.n || ir->syms.at[i].address < ir->syms.at[best].address))
                best = i;
        done[best] = true;
        const struct irsym *s = &ir->syms.at[best];
        buf_printf(out, "%08" PRIx64 " %8" PRIu64 " %-8s %s\n", (uint64_t)s->address,
                   symbol_size(im, best), kinds[s->kind], s->name);
    }
    buf_printf(out, "%zu bytes of code, %zu of constants, %" PRIu64 " of bss\n", im->code.bytes.n,
               im->size_bytes - im->code.bytes.n, im->bss_bytes);
}
