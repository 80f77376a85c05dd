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
    static const char *const names[] = {"syscall.",
                                        "internal/runtime/syscall",
                                        "runtime/internal/syscall.",
                                        "golang.org/x/sys/unix.",
                                        "runtime.mmap",
                                        "runtime.munmap"};
    return *at->file == '<' || begins_with(at->func, names, ARRAY_SIZE(names));
}

static bool of_runtime(const char *func)
{
    static const char *const names[] = {"runtime.", "runtime/", "internal/"};
    return begins_with(func, names, ARRAY_SIZE(names));
}

static size_t folder_length(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? (size_t)(slash + 1 - file) : 0;
}

/* Where files have no folders but those of their packages (-trimpath), other modules' have a dot in
 * the first one, and the program's are below its main package's. */
static bool of_library(const struct go_library *l, const struct gopos *at)
{
    if (l->length)
        return strncmp(at->file, l->folder, l->length) == 0;
    size_t first = strcspn(at->file, "/");
    bool is_program = !at->file[first] || memchr(at->file, '.', first) ||
                      (l->main_length && strncmp(at->file, l->main_folder, l->main_length) == 0);
    return !is_program;
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

/* The file of the function with that name; NULL: there is none. */
static const char *file_of(const struct gobin *go, const char *name)
{
    struct gofunc f;
    struct gopos at;
    if (pclntab_find_name(&go->pclntab, name, &f) != 0 ||
        pclntab_positions(&go->pclntab, &f, f.entry, &at, 1) != 1)
        return NULL;
    return at.file;
}

void go_library_find(struct go_library *l, const struct gobin *go)
{
    static const char ours[] = "runtime/proc.go";
    const char *file = file_of(go, "runtime.main"), *main_file = file_of(go, "main.main");
    size_t length = file ? strlen(file) : 0, tail = sizeof(ours) - 1;
    *l = (struct go_library){.folder = file, .main_folder = main_file};
    if (length > tail && strcmp(file + length - tail, ours) == 0)
        l->length = length - tail;
    if (main_file)
        l->main_length = folder_length(main_file);
}

void caller_start(struct caller *c, const struct gobin *go, const struct go_library *library,
                  char *text, size_t size_bytes)
{
    *c = (struct caller){.go = go, .library = library, .text = text, .size_bytes = size_bytes};
    *text = 0;
}

bool caller_meet(struct caller *c, const struct gofunc *f, vaddr_t lookup)
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
    return c->rank == PROGRAM;
}
