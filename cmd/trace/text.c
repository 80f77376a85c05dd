/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cmd/trace/trace.h"

enum { BAR_WIDTH = 24, EIGHTHS = 8 };
#define PACKAGES_SHOWN 12
#define NAMES_WIDTH    43u

/* A bar of eighths of a character. */
static void bar_print(FILE *out, uint64_t part, uint64_t whole)
{
    static const char *const blocks[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    uint64_t eighths = whole ? part * BAR_WIDTH * EIGHTHS / whole : 0;
    for (uint64_t i = 0; i < eighths / EIGHTHS; i++)
        fputs("█", out);
    fputs(blocks[eighths % EIGHTHS], out);
}

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static uint64_t longest(const struct trace *t)
{
    uint64_t most = 0;
    for (size_t i = 0; i < t->nhits; i++)
        if (trace_is_step(t, &t->hits[i]) &&
            strcmp(checkpoints[t->hits[i].point->which].id, "11") != 0)
            most = t->hits[i].took_ns > most ? t->hits[i].took_ns : most;
    return most;
}

/* The step behind h that the same thread comes to. */
static const struct hit *next_step(const struct trace *t, const struct hit *h)
{
    for (const struct hit *next = h + 1; next < t->hits + t->nhits; next++)
        if (next->thread == h->thread && trace_is_step(t, next))
            return next;
    return NULL;
}

static void step_print(const struct trace *t, const struct hit *h, uint64_t most, FILE *out)
{
    const struct checkpoint *c = &checkpoints[h->point->which];
    const struct hit *next = next_step(t, h);
    fprintf(out, "  %-4s %-28s %9.1f ", c->id, c->phase, us(h->ns - t->hits[0].ns));
    if (!next) {
        fprintf(out, "        -      -     -      -  ");
    } else {
        fprintf(out, "%9.1f %6" PRIu64 " %5" PRIu64 " %6" PRId64 "  ", us(h->took_ns),
                next->faults - h->faults, next->syscalls - h->syscalls,
                (int64_t)(next->resident_bytes - h->resident_bytes) / 1024);
        if (strcmp(c->id, "11") != 0)
            bar_print(out, h->took_ns, most);
    }
    if (h->thread != t->hits[0].thread)
        fprintf(out, "(thread %" PRIu32 ")", h->thread);
    fputc('\n', out);
}

static void steps_print(const struct trace *t, FILE *out)
{
    uint64_t most = longest(t);
    fprintf(out, "\n  %-33s %9s %9s %6s %5s %6s\n", "step", "at us", "takes us", "faults", "calls",
            "KiB");
    for (size_t i = 0; i < t->nhits; i++)
        if (trace_is_step(t, &t->hits[i]))
            step_print(t, &t->hits[i], most, out);
    for (size_t k = 0; k < checkpoint_count; k++)
        if (t->steps[k].state == CHECKPOINT_INLINED)
            fprintf(out, "  %-4s %-28s is part of its caller in this version\n", checkpoints[k].id,
                    checkpoints[k].phase);
}

/* As wide as the steps' table has room for, or as the longest name that is shown. */
static int names_width(const struct trace *t)
{
    size_t width = NAMES_WIDTH;
    for (size_t i = 0; i < MIN(t->npackages, PACKAGES_SHOWN); i++)
        width = MAX(width, t->packages[i].name.size);
    return (int)width;
}

static void package_print(const struct trace *t, const struct package_cost *p, int width, FILE *out)
{
    fprintf(out, "  %-*.*s %9.1f %6" PRIu64 " %5s %6" PRId64 "  ", width, (int)p->name.size,
            (const char *)p->name.data, us(p->ns), p->faults, "",
            (int64_t)p->resident_bytes / 1024);
    bar_print(out, p->ns, t->packages[0].ns);
    fputc('\n', out);
}

/* An init that is the last thing its thread came to. */
static void stuck_print(const struct trace *t, FILE *out)
{
    for (const struct hit *h = t->hits; h < t->hits + t->nhits; h++)
        if (h->point->kind == POINT_INIT && h->took_ns == 0)
            fprintf(out, "  %s has not returned\n", t->inits[h->point->which].name);
}

static void packages_print(const struct trace *t, FILE *out)
{
    uint64_t all = 0, rest = 0;
    int width = names_width(t);
    for (size_t i = 0; i < t->npackages; i++)
        *(i < PACKAGES_SHOWN ? &all : &rest) += t->packages[i].ns;
    fprintf(out, "\nPackage inits: %zu functions of %zu packages, %.1f us\n", t->inits_run,
            t->npackages, us(all + rest));
    for (size_t i = 0; i < MIN(t->npackages, PACKAGES_SHOWN); i++)
        package_print(t, &t->packages[i], width, out);
    if (rest)
        fprintf(out, "  %-*s %9.1f\n", width, "the others", us(rest));
    stuck_print(t, out);
}

static void checks_print(const struct trace *t, FILE *out)
{
    fprintf(out, "\nChecks\n");
    for (size_t i = 0; i < checks_count(); i++)
        fprintf(out, "  %-3s %-28s %-14s %s\n", check_item(i), check_title(i),
                verdict_names[t->checks[i].verdict], t->checks[i].text);
}

void trace_print(const struct trace *t, FILE *out)
{
    const struct hit *main = trace_step_hit(t, "11"), *first = &t->hits[0];
    fprintf(out, "%s: %s, %s%s\n", t->path,
            t->bin.build.version[0] ? t->bin.build.version : "an unknown Go",
            gobin_machine_name(t->bin.elf.machine), t->bin.elf.symtab.size ? "" : ", stripped");
    if (main)
        fprintf(out,
                "main.main after %.1f us, %" PRIu64 " faults, %" PRIu64 " system calls, %" PRIu64
                " KiB more memory%s\n",
                us(main->ns - first->ns), main->faults - first->faults,
                main->syscalls - first->syscalls,
                (main->resident_bytes - first->resident_bytes) / 1024,
                t->counts_instructions ? " (a microsecond is 1,000 instructions)" : "");
    steps_print(t, out);
    if (t->npackages)
        packages_print(t, out);
    checks_print(t, out);
    if (t->garbled)
        fprintf(out,
                "\nThe kernel's records make no sense from here on: another version's kernel?\n");
}
