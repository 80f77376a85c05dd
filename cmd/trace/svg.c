/* SPDX-License-Identifier: Apache-2.0 */
/* The timeline as a picture: a row per step in the order of time, its bar where and as long as it
 * was; then the packages that took longest to initialise. */
#include <inttypes.h>
#include <string.h>

#include "cmd/svg_text.h"
#include "cmd/trace/trace.h"

enum {
    WIDTH = 960,
    LEFT = 270,  /* of the bars */
    RIGHT = 870, /* behind them stand the numbers */
    TOP = 76,
    ROW = 19,
    BAR = 13,
    LETTERS = 36, /* of a label */
    PACKAGES_DRAWN = 10,
    TICKS = 6,
};

struct picture {
    const struct trace *t;
    FILE *out;
    uint64_t start_ns, end_ns;
    int y;
};

static double x_of(const struct picture *p, uint64_t ns)
{
    uint64_t whole = p->end_ns > p->start_ns ? p->end_ns - p->start_ns : 1;
    return LEFT + (double)(RIGHT - LEFT) * (double)(ns - p->start_ns) / (double)whole;
}

static const char *colour(const char *id)
{
    switch (id[0] == '1' && id[1] ? 10 : id[0] - '0') {
    case 6:
        return "#4c78a8";
    case 7:
    case 8:
    case 9:
        return "#72b7b2";
    case 10:
        return id[1] == '1' ? "#54a24b" : "#f58518";
    default:
        return "#9d755d";
    }
}

static void row(struct picture *p, struct span label, const char *fill, uint64_t from,
                uint64_t took)
{
    double x = x_of(p, from), width = x_of(p, from + took) - x;
    fprintf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", LEFT - 10, p->y + 11);
    struct span shown = svg_fit(label, LETTERS);
    fputs(shown.size < label.size ? ".../" : "", p->out);
    svg_text(p->out, shown);
    fprintf(p->out,
            "</text>\n<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" "
            "fill=\"%s\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\" class=\"n\">%.1f</text>\n",
            x, p->y, width < 1.5 ? 1.5 : width, BAR, fill, WIDTH - 20, p->y + 11,
            (double)took / 1000);
    p->y += ROW;
}

static void steps_draw(struct picture *p)
{
    for (const struct hit *h = p->t->hits; h < p->t->hits + p->t->nhits; h++) {
        const struct checkpoint *c =
            &checkpoints[h->point->kind == POINT_STEP ? h->point->which : 0];
        char label[96];
        if (h->ns > p->end_ns || !trace_is_step(p->t, h))
            continue;
        uint64_t took = h->ns + h->took_ns > p->end_ns ? p->end_ns - h->ns : h->took_ns;
        snprintf(label, sizeof(label), "%s - %s", c->phase, c->id);
        row(p, svg_span(label), colour(c->id), h->ns, took);
    }
}

/* A package's inits as one bar, from the first of them on. */
static void packages_draw(struct picture *p)
{
    for (size_t i = 0; i < p->t->npackages && i < PACKAGES_DRAWN; i++) {
        const struct package_cost *c = &p->t->packages[i];
        for (const struct hit *h = p->t->hits; h < p->t->hits + p->t->nhits; h++) {
            if (h->point->kind != POINT_INIT ||
                p->t->inits[h->point->which].package.data != c->name.data)
                continue;
            row(p, c->name, "#e45756", h->ns, c->ns);
            break;
        }
    }
}

/* 1, 2 or 5 times a power of ten: the least of them that needs no more than TICKS. */
static uint64_t tick_of(uint64_t range_ns)
{
    uint64_t tick = 1000;
    for (unsigned k = 0; range_ns / tick > TICKS && tick < UINT64_MAX / 8; k++)
        tick = k % 3 == 1 ? tick / 2 * 5 : tick * 2;
    return tick;
}

static void axis_draw(struct picture *p, int bottom)
{
    uint64_t range = p->end_ns > p->start_ns ? p->end_ns - p->start_ns : 0, tick = tick_of(range);
    for (uint64_t i = 0; i <= range / tick; i++) {
        double x = x_of(p, p->start_ns + i * tick);
        fprintf(p->out,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" class=\"g\"/>\n"
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" class=\"n\">%.0f µs</text>\n",
                x, TOP - 8, x, bottom, x, TOP - 14, (double)(i * tick) / 1000);
    }
}

static int rows_count(const struct picture *p)
{
    int n = (int)(p->t->npackages < PACKAGES_DRAWN ? p->t->npackages : PACKAGES_DRAWN);
    for (const struct hit *h = p->t->hits; h < p->t->hits + p->t->nhits; h++)
        n += h->ns <= p->end_ns && trace_is_step(p->t, h);
    return n;
}

/* The picture ends a little behind main.main's beginning: what the program does isn't its way up.
 */
static uint64_t end_of(const struct trace *t)
{
    const struct hit *main = trace_step_hit(t, "11"), *last = &t->hits[t->nhits - 1];
    if (!main)
        return last->ns;
    uint64_t margin = (main->ns - t->hits[0].ns) / 50;
    return main->ns + margin;
}

static void head_draw(const struct picture *p, int height)
{
    const struct trace *t = p->t;
    const char *slash = strrchr(t->path, '/');
    const char *name = slash ? slash + 1 : t->path;
    const struct hit *main = trace_step_hit(t, "11"), *first = &t->hits[0];
    fprintf(p->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            "<style>text{fill:#24292f}.n{fill:#57606a;font-size:11px}.g{stroke:#d0d7de}"
            ".t{font-size:16px;font-weight:bold}</style>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n"
            "<text x=\"20\" y=\"28\" class=\"t\">How ",
            WIDTH, height, WIDTH, height, WIDTH, height);
    svg_text(p->out, svg_span(name));
    fputs(" comes up (", p->out);
    svg_text(p->out, svg_span(t->bin.build.version));
    fputs(")</text>\n", p->out);
    if (main)
        fprintf(p->out,
                "<text x=\"%d\" y=\"28\" text-anchor=\"end\" class=\"n\">%.1f µs to main.main%s, "
                "%" PRIu64 " faults, %" PRIu64 " system calls</text>\n",
                WIDTH - 20, (double)(main->ns - first->ns) / 1000,
                t->counts_instructions ? " (1 µs: 1,000 instructions)" : "",
                main->faults - first->faults, main->syscalls - first->syscalls);
    fprintf(p->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" class=\"n\">takes µs</text>\n",
            WIDTH - 20, TOP - 14);
}

void trace_svg(const struct trace *t, FILE *out)
{
    struct picture p = {
        .t = t, .out = out, .start_ns = t->hits[0].ns, .end_ns = end_of(t), .y = TOP};
    int bottom = TOP + ROW * rows_count(&p) + (t->npackages ? ROW : 0);
    head_draw(&p, bottom + 16);
    axis_draw(&p, bottom);
    steps_draw(&p);
    if (t->npackages) {
        fprintf(out,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" class=\"n\">package inits</text>\n",
                LEFT - 10, p.y + 11);
        p.y += ROW;
        packages_draw(&p);
    }
    fputs("</svg>\n", out);
}
