/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot wb list: every call of a barrier, and the evidence for the flag. */
#include "cmd/wb/wb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/json_text.h"
#include "gobin/packages.h"

struct total {
    struct span package;
    size_t calls, slots;
};

static const struct barrier_callee *callee_of(const struct wb *wb, const struct barrier_site *site)
{
    return &wb->barriers.callees[site->callee];
}

static struct gopos position(const struct wb *wb, const struct gofunc *f, vaddr_t pc)
{
    struct gopos pos = {.file = "?"};
    pclntab_positions(&wb->bin.pclntab, f, pc, &pos, 1);
    return pos;
}

static json_t *site_json(const struct wb *wb, const struct barrier_site *site)
{
    const struct barrier_callee *callee = callee_of(wb, site);
    struct gofunc f;
    if (pclntab_func(&wb->bin.pclntab, site->func, &f) != 0)
        return NULL;
    struct gopos pos = position(wb, &f, site->pc);
    json_t *row = json_object();
    json_object_set_new(row, "pc", json_address(site->pc));
    json_object_set_new(row, "func", json_text(f.name));
    json_object_set_new(row, "file", json_text(pos.file));
    json_object_set_new(row, "line", json_integer(pos.line));
    json_object_set_new(row, "callee", json_text(callee->name));
    json_object_set_new(row, "slots", json_integer(callee->slots));
    return row;
}

static int list_json(const struct wb *wb, bool bulk)
{
    const struct barriers *b = &wb->barriers;
    json_t *sites = json_array();
    for (size_t i = 0; i < b->nsites; i++)
        if (bulk || !callee_of(wb, &b->sites[i])->bulk)
            json_array_append_new(sites, site_json(wb, &b->sites[i]));
    json_t *root =
        json_pack("{so ss ss so sI so sI so}", "go_version", json_text(wb->bin.build.version),
                  "arch", gobin_machine_name(wb->bin.elf.machine), "abi", barrier_abi_name(b->abi),
                  "flag", json_address(b->flag), "flag_tests", (json_int_t)b->flag_tests,
                  "runner_up", json_address(b->runner_up), "runner_up_tests",
                  (json_int_t)b->runner_up_tests, "sites", sites);
    int rc = json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
    return rc == 0 ? 0 : 1;
}

static void print_head(const struct wb *wb)
{
    const struct barriers *b = &wb->barriers;
    printf("%s: %s, %s, barriers that %s\n", wb->path,
           wb->bin.build.version[0] ? wb->bin.build.version : "Go of an unknown version",
           gobin_machine_name(wb->bin.elf.machine),
           b->abi == BARRIER_STORES
               ? "get slot and value, and do the store (Go 1.20 and older)"
               : "return buffer words for the caller to fill (Go 1.21 and newer)");
    printf("flag runtime.writeBarrier at 0x%" PRIx64
           ": tested by %zu instructions; the word tested next often, 0x%" PRIx64 ", by %zu\n",
           b->flag, b->flag_tests, b->runner_up, b->runner_up_tests);
    printf("%zu calls of a barrier, %zu of a bulk barrier\n\n", b->nsites - b->nbulk, b->nbulk);
}

static void print_sites(const struct wb *wb, bool bulk)
{
    const struct barriers *b = &wb->barriers;
    struct gofunc f;
    printf("%-12s %5s  %-24s %s\n", "PC", "SLOTS", "CALLEE", "FUNCTION AND LINE");
    for (size_t i = 0; i < b->nsites; i++) {
        const struct barrier_site *site = &b->sites[i];
        const struct barrier_callee *callee = callee_of(wb, site);
        if ((callee->bulk && !bulk) || pclntab_func(&wb->bin.pclntab, site->func, &f) != 0)
            continue;
        struct gopos pos = position(wb, &f, site->pc);
        const char *callee_name = strchr(callee->name, '.');
        printf("0x%-10" PRIx64 " %5d  %-24s %s %s:%d\n", site->pc, callee->slots,
               callee_name ? callee_name + 1 : callee->name, f.name, pos.file, pos.line);
    }
}

static int total_order(const void *a, const void *b)
{
    const struct total *x = a, *y = b;
    return x->calls < y->calls ? 1 : x->calls > y->calls ? -1 : 0;
}

static bool same_package(struct span a, struct span b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static void total_add(struct total *totals, size_t *n, struct span package, size_t slots)
{
    size_t i =
        *n; /* sites are ordered by address, so that the package is most often the last one */
    while (i > 0 && !same_package(totals[i - 1].package, package))
        i--;
    if (i == 0) {
        totals[(*n)++] = (struct total){package, 1, slots};
        return;
    }
    totals[i - 1].calls++;
    totals[i - 1].slots += slots;
}

static int print_totals(const struct wb *wb)
{
    const struct barriers *b = &wb->barriers;
    struct total *totals = calloc(b->nsites + 1, sizeof(*totals));
    struct gofunc f;
    size_t n = 0;
    if (!totals)
        return 1;
    for (size_t i = 0; i < b->nsites; i++)
        if (!callee_of(wb, &b->sites[i])->bulk &&
            pclntab_func(&wb->bin.pclntab, b->sites[i].func, &f) == 0)
            total_add(totals, &n, package_of(f.name), callee_of(wb, &b->sites[i])->slots);
    qsort(totals, n, sizeof(*totals), total_order);
    printf("%7s %7s  PACKAGE\n", "CALLS", "SLOTS");
    for (size_t i = 0; i < n; i++)
        printf("%7zu %7zu  %.*s\n", totals[i].calls, totals[i].slots, (int)totals[i].package.size,
               (const char *)totals[i].package.data);
    free(totals);
    return 0;
}

int wb_list(struct wb *wb, const struct wb_options *o)
{
    if (o->json)
        return list_json(wb, o->bulk);
    print_head(wb);
    if (!o->totals)
        print_sites(wb, o->bulk);
    return o->totals ? print_totals(wb) : 0;
}
