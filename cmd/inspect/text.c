/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "cmd/inspect/report.h"
#include "gobin/syscalls.h"

enum { PACKAGES_SHOWN = 20, LINE_WIDTH = 96 };

static void print_span(const char *label, struct span s)
{
    if (s.size)
        printf("  %-14s %.*s\n", label, (int)s.size, (const char *)s.data);
}

static void print_bytes(uint64_t bytes)
{
    if (bytes >= 10 << 20)
        printf("%7.1f MiB", (double)bytes / (1 << 20));
    else
        printf("%7.1f KiB", (double)bytes / (1 << 10));
}

static bool kind_is(const struct buildinfo_line *line, const char *kind)
{
    return line->kind.size == strlen(kind) && memcmp(line->kind.data, kind, line->kind.size) == 0;
}

static void print_build(const struct report *r)
{
    struct span rest = r->bin.build.lines;
    struct buildinfo_line line;
    printf("  %-14s %s%s\n", "Go",
           r->bin.build.version[0] ? r->bin.build.version : "of an unknown version",
           r->bin.build.from_rodata ? " (no build info: by the runtime's own version)" : "");
    while (buildinfo_next(&rest, &line)) {
        if (kind_is(&line, "path") || kind_is(&line, "build"))
            print_span(kind_is(&line, "path") ? "main package" : "setting", line.columns[0]);
        else if (line.ncolumns >= 2)
            printf("  %-14s %.*s %.*s\n", kind_is(&line, "mod") ? "module" : "depends on",
                   (int)line.columns[0].size, (const char *)line.columns[0].data,
                   (int)line.columns[1].size, (const char *)line.columns[1].data);
    }
}

static void print_sections(const struct report *r)
{
    const struct elf *e = &r->bin.elf;
    printf("\nSections (%.1f MiB of file)\n", (double)e->file.size / (1 << 20));
    for (size_t i = 1; i < e->nsections; i++) {
        const struct elf_section *s = &e->sections[i];
        printf("  %-22s ", s->name);
        print_bytes(s->size_bytes);
        printf(" %5.1f%%  %s\n", 100.0 * (double)s->contents.size / (double)e->file.size,
               section_purpose(s));
    }
}

static void print_packages(const struct report *r, bool all)
{
    const struct packages *p = &r->packages;
    size_t shown = all ? p->n : MIN(p->n, PACKAGES_SHOWN);
    uint64_t text = MAX(r->bin.module.etext - r->bin.module.text, 1u), rest = 0;
    printf("\nPackages by machine code (%zu)\n", p->n);
    for (size_t i = 0; i < p->n; i++) {
        if (i >= shown) {
            rest += p->all[i].text_bytes;
            continue;
        }
        print_bytes(p->all[i].text_bytes);
        printf(" %5.1f%%  %.*s\n", 100.0 * (double)p->all[i].text_bytes / (double)text,
               (int)p->all[i].name.size, (const char *)p->all[i].name.data);
    }
    if (rest) {
        print_bytes(rest);
        printf(" %5.1f%%  %zu more (--all shows them)\n", 100.0 * (double)rest / (double)text,
               p->n - shown);
    }
}

static void print_calls(const struct needs *n)
{
    size_t column = LINE_WIDTH;
    for (size_t i = 0; i < syscall_count && i < NEEDS_SYSCALLS_MAX; i++) {
        if (!n->made_by[i])
            continue;
        static const char *const marks[] = {"", "*", "!"};
        const char *name = syscall_table[i].name, *mark = marks[syscall_table[i].support];
        size_t width = strlen(name) + strlen(mark) + 1;
        if (column + width > LINE_WIDTH)
            column = (size_t)printf("\n   ") - 1;
        printf(" %s%s", name, mark);
        column += width;
    }
    for (size_t i = 0; i < n->nunlisted; i++)
        printf(" #%" PRId64 "!", n->unlisted[i]);
    putchar('\n');
}

static void print_needs(const struct report *r)
{
    const struct needs *n = &r->needs;
    printf("\nWhat it needs\n  %-14s ", "memory");
    print_bytes(n->image_bytes);
    printf(" for its image, of which");
    print_bytes(n->writable_bytes);
    printf(" are writable, and the heap\n");
    printf("  %-14s %s, %s, %s, %s\n", "uses", n->network ? "network" : "no network",
           n->starts_processes ? "other programs" : "no other programs",
           n->cgo ? "C code" : "no C code",
           n->dynamic_loader ? "a dynamic loader" : "no dynamic loader");
    if (r->needs_missing) {
        printf("  %-14s not determined: %s\n", "system calls", r->needs_missing);
        return;
    }
    printf("  %-14s %zu can be reached (* in part, ! not in Mazboot's kernel)", "system calls",
           n->nsyscalls + n->nunlisted);
    print_calls(n);
    if (n->unknown)
        printf("    and %zu whose number is worked out as it runs, by %s\n", n->unknown,
               n->unknown_by);
}

static void print_runtime(const struct report *r)
{
    size_t found = 0;
    for (size_t i = 0; i < checkpoint_count; i++)
        found += r->checkpoints[i].state == CHECKPOINT_FOUND;
    printf("\nIts runtime\n  %-14s %u functions, %s\n", "function table", r->bin.pclntab.nfuncs,
           r->stripped ? "no symbols (stripped)" : "symbols");
    printf("  %-14s %zu calls and %zu bulk ones, flag at 0x%" PRIx64 " (`mazboot wb list`)\n",
           "write barriers", r->barriers.nsites - r->barriers.nbulk, r->barriers.nbulk,
           r->barriers.flag);
    printf("  %-14s %zu of %zu steps can be watched\n", "coming up", found, checkpoint_count);
    if (r->layout_missing)
        printf("  %-14s unknown: %s\n", "structs", r->layout_missing);
    else
        printf("  %-14s known from %s\n", "structs",
               r->layout.from_dwarf ? "its DWARF"
                                    : "the table of Go versions, and proved by its write barrier");
}

static void print_verdict(const struct report *r)
{
    printf("\nRuns on Mazboot: %s\n", r->nreasons ? "no" : "yes");
    for (size_t i = 0; i < r->nreasons; i++)
        printf("  %s\n", r->reasons[i]);
    for (size_t i = 0; i < r->nwarnings; i++)
        printf("  but %s\n", r->warnings[i]);
}

void report_text(const struct report *r, bool all)
{
    const struct elf *e = &r->bin.elf;
    printf("%s\n  %-14s %s, %s%s\n", r->path, "program", gobin_machine_name(e->machine),
           elf_needs_loader(e) ? "dynamically linked" : "static",
           e->pie ? ", position independent" : "");
    print_build(r);
    if (e->nsections > 1)
        print_sections(r);
    print_packages(r, all);
    print_needs(r);
    print_runtime(r);
    print_verdict(r);
}
