/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/inspect/report.h"
#include "cmd/json_text.h"
#include "gobin/syscalls.h"

static json_t *build_json(const struct report *r)
{
    struct span rest = r->bin.build.lines;
    struct buildinfo_line line;
    json_t *all = json_array();
    while (buildinfo_next(&rest, &line)) {
        json_t *row = json_array();
        json_array_append_new(row, json_span(line.kind));
        for (unsigned i = 0; i < line.ncolumns; i++)
            json_array_append_new(row, json_span(line.columns[i]));
        json_array_append_new(all, row);
    }
    return all;
}

static json_t *sections_json(const struct elf *e)
{
    json_t *all = json_array();
    for (size_t i = 1; i < e->nsections; i++) {
        const struct elf_section *s = &e->sections[i];
        json_array_append_new(
            all, json_pack("{so ss so sI sI}", "name", json_text(s->name), "purpose",
                           section_purpose(s), "addr", json_address(s->addr), "memory_bytes",
                           (json_int_t)s->size_bytes, "file_bytes", (json_int_t)s->contents.size));
    }
    return all;
}

static json_t *packages_json(const struct packages *p)
{
    json_t *all = json_array();
    for (size_t i = 0; i < p->n; i++)
        json_array_append_new(all, json_pack("{so sI sI}", "name", json_span(p->all[i].name),
                                             "text_bytes", (json_int_t)p->all[i].text_bytes,
                                             "functions", (json_int_t)p->all[i].nfuncs));
    return all;
}

static json_t *calls_json(const struct needs *n)
{
    static const char *const support[] = {"done", "part", "missing"};
    json_t *all = json_array();
    for (size_t i = 0; i < syscall_count && i < NEEDS_SYSCALLS_MAX; i++)
        if (n->made_by[i])
            json_array_append_new(all, json_pack("{ss ss so}", "name", syscall_table[i].name,
                                                 "mazboot", support[syscall_table[i].support],
                                                 "made_by", json_text(n->made_by[i])));
    for (size_t i = 0; i < n->nunlisted; i++)
        json_array_append_new(
            all, json_pack("{sI ss}", "number", (json_int_t)n->unlisted[i], "mazboot", "missing"));
    return all;
}

static json_t *needs_json(const struct report *r)
{
    const struct needs *n = &r->needs;
    return json_pack(
        "{sb sb sb sb sI sI so sI}", "network", n->network, "other_programs", n->starts_processes,
        "cgo", n->cgo, "dynamic_loader", n->dynamic_loader, "image_bytes",
        (json_int_t)n->image_bytes, "writable_bytes", (json_int_t)n->writable_bytes, "syscalls",
        r->needs_missing ? json_null() : calls_json(n), "syscalls_unknown", (json_int_t)n->unknown);
}

static json_t *checkpoints_json(const struct report *r)
{
    static const char *const states[] = {"found", "inlined", "later", "absent"};
    json_t *all = json_array();
    for (size_t i = 0; i < checkpoint_count; i++) {
        const struct checkpoint_at *at = &r->checkpoints[i];
        json_t *entries = json_array();
        for (size_t k = 0; k < at->nentries; k++)
            json_array_append_new(entries, json_address(at->entries[k]));
        json_array_append_new(
            all, json_pack("{ss ss ss so so}", "id", checkpoints[i].id, "phase",
                           checkpoints[i].phase, "state", states[at->state], "function",
                           at->name ? json_text(at->name) : json_null(), "entries", entries));
    }
    return all;
}

static json_t *lines_json(const char (*lines)[192], size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(all, json_text(lines[i]));
    return all;
}

static json_t *barriers_json(const struct barriers *b)
{
    return json_pack("{ss so sI sI}", "abi", barrier_abi_name(b->abi), "flag",
                     json_address(b->flag), "sites", (json_int_t)(b->nsites - b->nbulk),
                     "bulk_sites", (json_int_t)b->nbulk);
}

void report_json(const struct report *r)
{
    const struct elf *e = &r->bin.elf;
    json_t *root = json_pack(
        "{so ss so sb sb so so so so so so sb so so}", "file", json_text(r->path), "arch",
        gobin_machine_name(e->machine), "go_version", json_text(r->bin.build.version), "pie",
        e->pie, "stripped", r->stripped, "build", build_json(r), "sections", sections_json(e),
        "packages", packages_json(&r->packages), "needs", needs_json(r), "write_barriers",
        barriers_json(&r->barriers), "checkpoints", checkpoints_json(r), "runs_on_mazboot",
        r->nreasons == 0, "reasons", lines_json(r->reasons, r->nreasons), "warnings",
        lines_json(r->warnings, r->nwarnings));
    json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
}
