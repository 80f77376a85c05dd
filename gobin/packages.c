/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/packages.h"

#include <errno.h>
#include <stdlib.h>

static struct span span_of(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

/* The path ends at the first dot behind its last slash; type arguments may hold dots and slashes of
 * their own. */
struct span package_of(const char *function)
{
    if (strncmp(function, "type:", 5) == 0 || strncmp(function, "type..", 6) == 0)
        return span_of("(types)");
    if (strncmp(function, "go:", 3) == 0 || strncmp(function, "go.", 3) == 0)
        return span_of("(linker)");
    size_t end = strcspn(function, "[("), start = 0;
    for (size_t i = 0; i < end; i++)
        if (function[i] == '/')
            start = i;
    const char *dot = memchr(function + start, '.', strlen(function + start));
    if (!dot)
        return span_of("(assembly)");
    return (struct span){(const uint8_t *)function, (size_t)(dot - function)};
}

static int by_name(const void *a, const void *b)
{
    const struct package *x = a, *y = b;
    int order = memcmp(x->name.data, y->name.data, MIN(x->name.size, y->name.size));
    return order ? order : (x->name.size > y->name.size) - (x->name.size < y->name.size);
}

static int by_size(const void *a, const void *b)
{
    const struct package *x = a, *y = b;
    if (x->text_bytes != y->text_bytes)
        return x->text_bytes < y->text_bytes ? 1 : -1;
    return by_name(a, b);
}

static size_t merge(struct package *all, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && by_name(&all[kept - 1], &all[i]) == 0) {
            all[kept - 1].text_bytes += all[i].text_bytes;
            all[kept - 1].nfuncs += all[i].nfuncs;
        } else {
            all[kept++] = all[i];
        }
    }
    return kept;
}

/* The linker keeps a package's functions together, so merging neighbours first leaves little to
 * sort. */
int packages_find(struct packages *p, struct gobin *bin)
{
    struct package *all = calloc(bin->pclntab.nfuncs, sizeof(*all));
    if (!all)
        return gobin_fail(&bin->error, ENOMEM, "no memory for the list of packages");
    struct gofunc f;
    size_t n = 0;
    for (uint32_t i = 0; i < bin->pclntab.nfuncs; i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0 && f.end > f.entry)
            all[n++] = (struct package){package_of(f.name), f.end - f.entry, 1};
    n = merge(all, n);
    if (n)
        qsort(all, n, sizeof(*all), by_name);
    n = merge(all, n);
    if (n)
        qsort(all, n, sizeof(*all), by_size);
    *p = (struct packages){all, n};
    return 0;
}

void packages_free(struct packages *p)
{
    free(p->all);
    *p = (struct packages){0};
}
