/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a treemap: one block per section, the code's divided by package. */
#include <inttypes.h>
#include <stdlib.h>

#include "cmd/inspect/report.h"
#include "cmd/inspect/treemap.h"
#include "cmd/svg_text.h"

enum { WIDTH = 1200, HEIGHT = 760, TITLE = 28, GAP = 2, LETTER = 7, LINE = 13 };

struct block {
    struct span name;
    uint64_t size_bytes;
    const char *colour;
    bool packages; /* divided by package */
};

static const char *colour_of(const char *purpose)
{
    static const struct {
        const char *purpose, *colour;
    } colours[] = {
        {"code", "#4c78a8"},    {"function table", "#72b7b2"}, {"constants and types", "#eeca3b"},
        {"types", "#eeca3b"},   {"data", "#f58518"},           {"debug information", "#b279a2"},
        {"symbols", "#9d755d"}, {"relocations", "#e45756"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
        if (strcmp(colours[i].purpose, purpose) == 0)
            return colours[i].colour;
    return "#bab0ac";
}

static int larger_first(const void *a, const void *b)
{
    const struct block *x = a, *y = b;
    return x->size_bytes < y->size_bytes ? 1 : x->size_bytes > y->size_bytes ? -1 : 0;
}

static void print_block(FILE *out, struct rect r, const struct block *b)
{
    double w = MAX(r.width - 1, 0.0), h = MAX(r.height - 1, 0.0);
    struct span label = {0};
    if (w > 2 * LETTER && h > LINE)
        label = svg_fit(b->name, (size_t)(w / LETTER - 1));
    fprintf(out,
            "<g><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/><title>",
            r.x, r.y, w, h, b->colour);
    svg_text(out, b->name);
    fprintf(out, ": %" PRIu64 " bytes</title>", b->size_bytes);
    if (label.size) {
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">", r.x + 3, r.y + LINE - 2);
        svg_text(out, label);
        fputs("</text>", out);
    }
    fputs("</g>\n", out);
}

/* Lays the blocks out in area and prints them; returns where the one divided by package is. */
static struct rect print_blocks(FILE *out, struct rect area, struct block *blocks, size_t n)
{
    uint64_t *sizes = calloc(n + 1, sizeof(*sizes));
    struct rect *rects = calloc(n + 1, sizeof(*rects)), divided = {0};
    if (sizes && rects) {
        qsort(blocks, n, sizeof(*blocks), larger_first);
        for (size_t i = 0; i < n; i++)
            sizes[i] = blocks[i].size_bytes;
        treemap_layout(area, sizes, n, rects);
        for (size_t i = 0; i < n; i++) {
            if (blocks[i].packages)
                divided = rects[i];
            else
                print_block(out, rects[i], &blocks[i]);
        }
    }
    free(sizes);
    free(rects);
    return divided;
}

static size_t section_blocks(const struct report *r, struct block *blocks)
{
    size_t n = 0;
    for (size_t i = 1; i < r->bin.elf.nsections; i++) {
        const struct elf_section *s = &r->bin.elf.sections[i];
        const char *purpose = section_purpose(s);
        if (s->contents.size)
            blocks[n++] = (struct block){svg_span(s->name), s->contents.size, colour_of(purpose),
                                         strcmp(s->name, ".text") == 0};
    }
    return n;
}

static size_t package_blocks(const struct report *r, struct block *blocks)
{
    for (size_t i = 0; i < r->packages.n; i++) {
        const struct package *p = &r->packages.all[i];
        bool own = memchr(p->name.data, '.', p->name.size) ||
                   (p->name.size == 4 && !memcmp(p->name.data, "main", 4));
        blocks[i] = (struct block){p->name, p->text_bytes, own ? "#54a24b" : "#4c78a8", false};
    }
    return r->packages.n;
}

void report_svg(const struct report *r, FILE *out)
{
    struct rect area = {0, TITLE, WIDTH, HEIGHT - TITLE};
    struct block *blocks = calloc(r->bin.elf.nsections + r->packages.n + 1, sizeof(*blocks));
    if (!blocks)
        return;
    fprintf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"monospace\" "
        "font-size=\"11\">\n<text x=\"4\" y=\"19\" font-size=\"15\">",
        WIDTH, HEIGHT);
    svg_text(out, svg_span(r->path));
    fprintf(out, ": %.1f MiB, %s, ", (double)r->bin.elf.file.size / (1 << 20),
            gobin_machine_name(r->bin.elf.machine));
    svg_text(out, svg_span(r->bin.build.version));
    fputs("; blue: standard library, green: other packages</text>\n", out);
    size_t n = section_blocks(r, blocks);
    struct rect code = n ? print_blocks(out, area, blocks, n) : area;
    if (code.width > 0)
        print_blocks(out, code, blocks, package_blocks(r, blocks));
    fputs("</svg>\n", out);
    free(blocks);
}
