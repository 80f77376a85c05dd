/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/trace/trace.h"
#include "gobin/isa.h"

static int point_add(struct trace *t, vaddr_t addr, enum point_kind kind, size_t which)
{
    uint64_t offset;
    if (elf_offset(&t->bin.elf, addr, &offset) != 0 || t->npoints == PROBES_MAX)
        return 0;
    struct point *grown = reallocarray(t->points, t->npoints + 1, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    t->points = grown;
    t->points[t->npoints++] = (struct point){.offset_bytes = offset, .kind = kind, .which = which};
    return 0;
}

/* Whether the function at from, a small one, calls the one at to. */
static bool calls(const struct trace *t, vaddr_t from, vaddr_t to)
{
    enum { LONGEST = 64 };
    const struct isa *isa = isa_of(t->bin.elf.machine);
    struct span code = elf_bytes(&t->bin.elf, from);
    struct insn i;
    for (size_t n = 0, at = 0; n < LONGEST && at < code.size; n++, at += MAX(i.size_bytes, 1)) {
        isa->decode(span_from(code, at), from + at, &i);
        if ((i.kind == INSN_CALL || i.kind == INSN_JUMP) && (vaddr_t)i.imm == to)
            return true;
        if (i.kind == INSN_RETURN)
            break;
    }
    return false;
}

/* Of an assembly function and the wrapper that calls it, the one that is called is enough. */
static bool is_wrapper(const struct trace *t, const struct checkpoint_at *step, size_t entry)
{
    for (size_t i = 0; i < step->nentries; i++)
        if (i != entry && calls(t, step->entries[entry], step->entries[i]))
            return true;
    return false;
}

static int points_add(struct trace *t)
{
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < checkpoint_count; k++)
        for (size_t i = 0; rc == 0 && i < t->steps[k].nentries; i++)
            if (!is_wrapper(t, &t->steps[k], i))
                rc = point_add(t, t->steps[k].entries[i], POINT_STEP, k);
    for (size_t i = 0; rc == 0 && i < t->ninits; i++)
        rc = point_add(t, t->inits[i].entry, POINT_INIT, i);
    return rc;
}

static int by_offset(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    return (x->offset_bytes > y->offset_bytes) - (x->offset_bytes < y->offset_bytes);
}

/* One probe a place: functions with the same code may share it. */
static void points_sort(struct trace *t)
{
    size_t kept = 0;
    qsort(t->points, t->npoints, sizeof(*t->points), by_offset);
    for (size_t i = 0; i < t->npoints; i++)
        if (kept == 0 || t->points[kept - 1].offset_bytes != t->points[i].offset_bytes)
            t->points[kept++] = t->points[i];
    t->npoints = kept;
}

/* Where the entry is in the file; 0 in a program that has none: then nothing runs. */
static uint64_t entry_offset(const struct trace *t)
{
    uint64_t offset;
    return elf_offset(&t->bin.elf, t->bin.elf.entry, &offset) == 0 ? offset : 0;
}

static int payload_make(struct trace *t)
{
    size_t words = 0;
    for (size_t i = 0; i < t->npoints; i++)
        words += t->points[i].nwords;
    t->payload_bytes = sizeof(struct probes_header) + t->npoints * sizeof(struct probe) +
                       words * sizeof(struct probe_word);
    t->payload = calloc(1, t->payload_bytes);
    if (!t->payload)
        return -ENOMEM;
    struct probes_header *h = (void *)t->payload;
    struct probe *probe = (void *)(h + 1);
    struct probe_word *word = (void *)(probe + t->npoints);
    *h = (struct probes_header){(uint32_t)t->npoints, (uint32_t)words, t->bin.elf.entry,
                                entry_offset(t)};
    words = 0;
    for (size_t i = 0; i < t->npoints; i++) {
        const struct point *p = &t->points[i];
        probe[i] = (struct probe){.offset_bytes = p->offset_bytes,
                                  .first_word = (uint32_t)words,
                                  .word_count = p->nwords};
        memcpy(word + words, p->words, p->nwords * sizeof(*word));
        words += p->nwords;
    }
    return 0;
}

int trace_plan(struct trace *t, const char *path, struct span program, struct error *err)
{
    t->path = path;
    if (gobin_open(&t->bin, program.data, program.size) != 0)
        return error_set(err, -ENOEXEC, "%s", t->bin.error.text);
    t->has_layout = layout_find(&t->layout, &t->bin) == 0;
    if (!t->has_layout)
        memset(&t->layout, 0xff, sizeof(t->layout));
    globals_find(&t->globals, &t->bin, &t->layout);
    checkpoints_resolve(t->steps, &t->bin);
    int rc = inits_find(&t->bin, &t->inits, &t->ninits);
    if (rc == 0)
        rc = points_add(t);
    if (rc == 0) {
        points_sort(t);
        checks_plan(t);
        rc = payload_make(t);
    }
    return rc == 0 ? 0 : error_set(err, -ENOMEM, "no memory for the probes");
}

void trace_free(struct trace *t)
{
    free(t->inits);
    free(t->points);
    free(t->payload);
    free(t->hits);
    free(t->packages);
    gobin_close(&t->bin);
}

static size_t record_take(struct trace *t, const uint8_t *data, size_t size)
{
    struct probe_record r;
    if (size < sizeof(r))
        return 0;
    memcpy(&r, data, sizeof(r));
    size_t whole = sizeof(r) + r.word_count * sizeof(uint64_t);
    if (r.probe >= t->npoints || t->nhits == t->npoints || r.word_count > PROBE_WORDS_MAX ||
        size < whole)
        return 0;
    struct hit *grown = reallocarray(t->hits, t->nhits + 1, sizeof(*grown));
    if (!grown)
        return 0;
    t->hits = grown;
    struct hit *h = &t->hits[t->nhits++];
    *h = (struct hit){.point = &t->points[r.probe],
                      .thread = r.thread,
                      .ns = r.ns,
                      .faults = r.faults,
                      .syscalls = r.syscalls,
                      .resident_bytes = r.resident_bytes,
                      .read = r.read};
    memcpy(h->words, data + sizeof(r), r.word_count * sizeof(uint64_t));
    return whole;
}

void trace_take(struct trace *t, const void *data, size_t size_bytes)
{
    const uint8_t *at = data;
    while (size_bytes > 0 && !t->garbled) {
        size_t n = record_take(t, at, size_bytes);
        t->garbled = n == 0;
        at += n;
        size_bytes -= n;
    }
}

bool trace_is_step(const struct trace *t, const struct hit *h)
{
    if (h->point->kind != POINT_STEP)
        return false;
    for (const struct hit *i = t->hits; i < h; i++)
        if (i->point->kind == POINT_STEP && i->point->which == h->point->which)
            return false;
    return true;
}

const struct hit *trace_step_hit(const struct trace *t, const char *id)
{
    for (size_t i = 0; i < t->nhits; i++)
        if (t->hits[i].point->kind == POINT_STEP &&
            strcmp(checkpoints[t->hits[i].point->which].id, id) == 0)
            return &t->hits[i];
    return NULL;
}

/* A step takes until its thread comes to the next step, an init until its thread comes to anything.
 */
static void times_find(struct trace *t)
{
    for (size_t i = 0; i < t->nhits; i++) {
        struct hit *h = &t->hits[i];
        for (size_t k = i + 1; k < t->nhits; k++) {
            const struct hit *next = &t->hits[k];
            if (next->thread == h->thread &&
                (h->point->kind == POINT_INIT || trace_is_step(t, next))) {
                h->took_ns = next->ns - h->ns;
                break;
            }
        }
    }
}

static struct package_cost *package_of(struct trace *t, struct span name)
{
    for (size_t i = 0; i < t->npackages; i++)
        if (t->packages[i].name.size == name.size &&
            memcmp(t->packages[i].name.data, name.data, name.size) == 0)
            return &t->packages[i];
    struct package_cost *grown = reallocarray(t->packages, t->npackages + 1, sizeof(*grown));
    if (!grown)
        return NULL;
    t->packages = grown;
    t->packages[t->npackages] = (struct package_cost){.name = name};
    return &t->packages[t->npackages++];
}

static int dearest_first(const void *a, const void *b)
{
    const struct package_cost *x = a, *y = b;
    return (x->ns < y->ns) - (x->ns > y->ns);
}

static void packages_add(struct trace *t)
{
    for (size_t i = 0; i < t->nhits; i++) {
        const struct hit *h = &t->hits[i], *next = h + 1;
        if (h->point->kind != POINT_INIT)
            continue;
        t->inits_run++;
        struct package_cost *p = package_of(t, t->inits[h->point->which].package);
        if (!p)
            continue;
        p->functions++;
        p->ns += h->took_ns;
        if (next < t->hits + t->nhits && next->thread == h->thread) {
            p->faults += next->faults - h->faults;
            p->resident_bytes += next->resident_bytes - h->resident_bytes;
        }
    }
    if (t->npackages)
        qsort(t->packages, t->npackages, sizeof(*t->packages), dearest_first);
}

void trace_finish(struct trace *t)
{
    times_find(t);
    packages_add(t);
    checks_judge(t);
}
