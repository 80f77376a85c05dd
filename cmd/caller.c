/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/caller.h"

#include <stdio.h>
#include <string.h>

enum { NOBODY, PASSES_ON, RUNTIME, LIBRARY, PROGRAM };

static bool begins_with(const char *text, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static bool passes_on(const struct gopos *at)
{
    static const char *const packages[] = {"syscall.", "internal/runtime/syscall",
                                           "runtime/internal/syscall.", "golang.org/x/sys/unix."};
    return *at->file == '<' || begins_with(at->func, packages, ARRAY_SIZE(packages));
}

static bool of_runtime(const char *func)
{
    static const char *const packages[] = {"runtime.", "runtime/", "internal/"};
    return begins_with(func, packages, ARRAY_SIZE(packages));
}

/* By its file; where files have no folders (-trimpath), by what only paths of other packages have,
 * a dot in their first element. */
static bool of_library(const struct go_library *l, const struct gopos *at)
{
    if (l->length)
        return strncmp(at->file, l->folder, l->length) == 0;
    size_t path = strcspn(at->func, "([");
    const char *slash = memchr(at->func, '/', path);
    if (slash)
        return !memchr(at->func, '.', (size_t)(slash - at->func));
    return strncmp(at->func, "main.", 5) != 0;
}

static bool is_assembly(const char *file)
{
    size_t length = strlen(file);
    return length > 2 && strcmp(file + length - 2, ".s") == 0;
}

static int rank_of(const struct go_library *l, const struct gopos *at)
{
    if (passes_on(at))
        return PASSES_ON;
    if (!of_library(l, at))
        return PROGRAM;
    if (is_assembly(at->file))
        return PASSES_ON;
    return of_runtime(at->func) ? RUNTIME : LIBRARY;
}

void go_library_find(struct go_library *l, const struct gobin *go)
{
    static const char file[] = "runtime/proc.go";
    size_t tail = sizeof(file) - 1;
    struct gofunc f;
    struct gopos at;
    *l = (struct go_library){.folder = ""};
    if (pclntab_find_name(&go->pclntab, "runtime.main", &f) != 0 ||
        pclntab_positions(&go->pclntab, &f, f.entry, &at, 1) != 1)
        return;
    size_t length = strlen(at.file);
    if (length > tail && strcmp(at.file + length - tail, file) == 0)
        *l = (struct go_library){at.file, length - tail};
}

void caller_start(struct caller *c, const struct gobin *go, const struct go_library *library,
                  char *text, size_t size_bytes)
{
    *c = (struct caller){.go = go, .library = library, .text = text, .size_bytes = size_bytes};
    *text = 0;
}

void caller_meet(struct caller *c, const struct gofunc *f, vaddr_t lookup)
{
    struct gopos at[8];
    size_t n = pclntab_positions(&c->go->pclntab, f, lookup, at, ARRAY_SIZE(at));
    for (size_t i = 0; i < n; i++) {
        int rank = rank_of(c->library, &at[i]);
        if (rank <= c->rank)
            continue;
        c->rank = rank;
        snprintf(c->text, c->size_bytes, "%s %s:%d", at[i].func, at[i].file, at[i].line);
    }
}
