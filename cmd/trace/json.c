/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/json_text.h"
#include "cmd/trace/trace.h"

#include <string.h>

static const char *function_name(const struct trace *t, const struct hit *h)
{
    size_t which = h->point->which;
    return h->point->kind == POINT_INIT ? t->inits[which].name : t->steps[which].name;
}

static json_t *hit_json(const struct trace *t, const struct hit *h)
{
    const char *name = function_name(t, h);
    const struct hit *first = &t->hits[0];
    json_t *o =
        json_pack("{so sI sI sI sI sI sI}", "function", json_text(name), "at_ns",
                  (json_int_t)(h->ns - first->ns), "takes_ns", (json_int_t)h->took_ns, "thread",
                  (json_int_t)h->thread, "faults", (json_int_t)h->faults, "syscalls",
                  (json_int_t)h->syscalls, "resident_bytes", (json_int_t)h->resident_bytes);
    return o;
}

static json_t *steps_json(const struct trace *t)
{
    json_t *all = json_array();
    for (size_t i = 0; i < t->nhits; i++) {
        const struct hit *h = &t->hits[i];
        if (!trace_is_step(t, h))
            continue;
        json_t *o = hit_json(t, h);
        json_object_set_new(o, "id", json_string(checkpoints[h->point->which].id));
        json_object_set_new(o, "phase", json_string(checkpoints[h->point->which].phase));
        json_array_append_new(all, o);
    }
    return all;
}

static json_t *inits_json(const struct trace *t)
{
    json_t *all = json_array();
    for (size_t i = 0; i < t->nhits; i++)
        if (t->hits[i].point->kind == POINT_INIT)
            json_array_append_new(all, hit_json(t, &t->hits[i]));
    return all;
}

static json_t *packages_json(const struct trace *t)
{
    json_t *all = json_array();
    for (size_t i = 0; i < t->npackages; i++) {
        const struct package_cost *p = &t->packages[i];
        json_array_append_new(
            all, json_pack("{so sI sI sI sI}", "name", json_bytes(p->name.data, p->name.size),
                           "takes_ns", (json_int_t)p->ns, "functions", (json_int_t)p->functions,
                           "faults", (json_int_t)p->faults, "resident_bytes",
                           (json_int_t)p->resident_bytes));
    }
    return all;
}

static json_t *checks_json(const struct trace *t)
{
    json_t *all = json_array();
    for (size_t i = 0; i < checks_count(); i++)
        json_array_append_new(all, json_pack("{ss ss ss ss}", "item", check_item(i), "title",
                                             check_title(i), "verdict",
                                             verdict_names[t->checks[i].verdict], "values",
                                             t->checks[i].text));
    return all;
}

static int dump(json_t *root, FILE *out)
{
    int rc = root ? json_dumpf(root, out, JSON_INDENT(1)) : -1;
    json_decref(root);
    fputc('\n', out);
    return rc;
}

int trace_json(const struct trace *t, FILE *out)
{
    return dump(json_pack("{so ss ss sb so so so so}", "file", json_text(t->path), "go_version",
                          t->bin.build.version, "arch", gobin_machine_name(t->bin.elf.machine),
                          "counts_instructions", t->counts_instructions, "steps", steps_json(t),
                          "inits", inits_json(t), "packages", packages_json(t), "checks",
                          checks_json(t)),
                out);
}

static json_t *event(const char *name, const char *category, const struct trace *t,
                     const struct hit *h)
{
    return json_pack("{so ss ss sf sf si sI}", "name", json_text(name), "cat", category, "ph", "X",
                     "ts", (double)(h->ns - t->hits[0].ns) / 1000, "dur", (double)h->took_ns / 1000,
                     "pid", 1, "tid", (json_int_t)h->thread);
}

static json_t *counter(const char *name, double value, const struct trace *t, const struct hit *h)
{
    return json_pack("{ss ss sf si s{sf}}", "name", name, "ph", "C", "ts",
                     (double)(h->ns - t->hits[0].ns) / 1000, "pid", 1, "args", "value", value);
}

int trace_perfetto(const struct trace *t, FILE *out)
{
    json_t *events = json_array();
    for (size_t i = 0; i < t->nhits; i++) {
        const struct hit *h = &t->hits[i];
        if (h->point->kind == POINT_INIT)
            json_array_append_new(events, event(t->inits[h->point->which].name, "init", t, h));
        else if (trace_is_step(t, h))
            json_array_append_new(events, event(checkpoints[h->point->which].phase, "step", t, h));
        json_array_append_new(events, counter("faults", (double)h->faults, t, h));
        json_array_append_new(events, counter("system calls", (double)h->syscalls, t, h));
        json_array_append_new(events,
                              counter("memory KiB", (double)h->resident_bytes / 1024, t, h));
    }
    return dump(json_pack("{so ss}", "traceEvents", events, "displayTimeUnit", "ns"), out);
}
