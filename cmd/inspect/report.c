/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/inspect/report.h"
#include "vmm/program.h"

#include <stdarg.h>

#include "gobin/syscalls.h"

static void add_line(char (*lines)[192], size_t *n, const char *format, va_list args)
{
    if (*n < REPORT_REASONS_MAX)
        vsnprintf(lines[(*n)++], sizeof(lines[0]), format, args);
}

PRINTF_LIKE(2, 3) static void reason(struct report *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(r->reasons, &r->nreasons, format, args);
    va_end(args);
}

PRINTF_LIKE(2, 3) static void warning(struct report *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(r->warnings, &r->nwarnings, format, args);
    va_end(args);
}

static size_t calls_missing(const struct needs *n, const char **example)
{
    size_t missing = 0;
    for (size_t i = 0; i < syscall_count && i < NEEDS_SYSCALLS_MAX; i++) {
        if (!n->made_by[i] || syscall_table[i].support != SYSCALL_MISSING)
            continue;
        *example = syscall_table[i].name;
        missing++;
    }
    return missing;
}

/* The kernel that boots a program is arm64's. */
static void verdict(struct report *r)
{
    struct span file = r->bin.elf.file;
    struct error refused;
    const char *example = NULL;
    if (r->bin.elf.machine != GOBIN_ARM64)
        reason(r, "it is built for %s: build it with GOARCH=arm64",
               gobin_machine_name(r->bin.elf.machine));
    else if (program_check(&(struct blob){.bytes = file.data, .size_bytes = file.size}, "it",
                           &refused) < 0)
        reason(r, "%s", refused.text);
    size_t missing = calls_missing(&r->needs, &example);
    if (missing)
        warning(r, "%zu of its system calls answer ENOSYS, among them %s", missing, example);
    if (r->needs.starts_processes)
        warning(r, "it can start other programs; there are none on a bare machine");
}

int report_make(struct report *r, const char *path, struct span file)
{
    *r = (struct report){.path = path};
    int rc = gobin_open(&r->bin, file.data, file.size);
    if (rc != 0)
        return rc;
    rc = packages_find(&r->packages, &r->bin);
    if (rc == 0)
        rc = barriers_find(&r->barriers, &r->bin);
    if (rc != 0) {
        report_free(r);
        return rc;
    }
    if (needs_find(&r->needs, &r->bin) != 0) {
        r->needs_error = r->bin.error;
        r->needs_missing = r->needs_error.text;
    }
    if (layout_find(&r->layout, &r->bin) != 0) {
        r->layout_error = r->bin.error;
        r->layout_missing = r->layout_error.text;
    }
    r->stripped = r->bin.elf.symtab.size == 0;
    checkpoints_resolve(r->checkpoints, &r->bin);
    verdict(r);
    return 0;
}

void report_free(struct report *r)
{
    packages_free(&r->packages);
    barriers_free(&r->barriers);
    gobin_close(&r->bin);
}

const char *section_purpose(const struct elf_section *s)
{
    static const struct {
        const char *part, *purpose;
    } by_name[] = {
        {"gopclntab", "function table"}, {"debug_", "debug information"}, {"typelink", "types"},
        {"itablink", "types"},           {"symtab", "symbols"},           {"strtab", "symbols"},
        {"rela", "relocations"},         {"dyn", "relocations"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(by_name); i++)
        if (strstr(s->name, by_name[i].part))
            return by_name[i].purpose;
    if (!(s->flags & SHF_ALLOC))
        return "other";
    if (s->flags & SHF_EXECINSTR)
        return "code";
    if (s->type == SHT_NOBITS)
        return "zeroed data";
    return s->flags & SHF_WRITE ? "data" : "constants and types";
}
