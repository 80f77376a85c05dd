/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what the reader says in the words of the tools it is compared with: see the case of each
 * mode in main. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gobin/barriers.h"
#include "gobin/checkpoints.h"
#include "gobin/globals.h"
#include "gobin/variables.h"
#include "gobin/layout.h"
#include "gobin/reach.h"
#include "gobin/syscalls.h"
#include "tests/gobin/file.h"

/* `go version -m`, without the file's name. */
static void dump_version(const struct gobin *bin)
{
    struct span rest = bin->build.lines;
    struct buildinfo_line line;
    printf("%s\n", bin->build.version);
    while (buildinfo_next(&rest, &line)) {
        printf("\t%.*s", (int)line.kind.size, (const char *)line.kind.data);
        for (unsigned i = 0; i < line.ncolumns; i++)
            printf("\t%.*s", (int)line.columns[i].size, (const char *)line.columns[i].data);
        putchar('\n');
    }
}

/* Address and name, as `go tool nm` has them. */
static void dump_functions(const struct gobin *bin)
{
    struct gofunc f;
    for (uint32_t i = 0; i < bin->pclntab.nfuncs; i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0)
            printf("%" PRIx64 " %s\n", f.entry, f.name);
}

/* For each address on standard input one line: function and position, from the innermost inlined
 * call outwards. */
static void dump_positions(const struct gobin *bin)
{
    vaddr_t pc;
    struct gopos pos[32];
    struct gofunc f;
    while (scanf("%" SCNx64, &pc) == 1) {
        if (pclntab_find(&bin->pclntab, pc, &f) != 0) {
            printf("%" PRIx64 " none\n", pc);
            continue;
        }
        size_t n = pclntab_positions(&bin->pclntab, &f, pc, pos, ARRAY_SIZE(pos));
        printf("%" PRIx64, pc);
        for (size_t i = 0; i < n; i++)
            printf("\t%s\t%s:%d", pos[i].func, pos[i].file, pos[i].line);
        putchar('\n');
    }
}

/* Address and callee of each barrier call, as a whole disassembly shows them; the flag's address
 * first. */
static void dump_sites(struct gobin *bin)
{
    struct barriers b;
    if (barriers_find(&b, bin) != 0)
        exit(1);
    printf("flag %" PRIx64 "\n", b.flag);
    for (size_t i = 0; i < b.nsites; i++)
        if (!b.callees[b.sites[i].callee].bulk)
            printf("%" PRIx64 " %s\n", b.sites[i].pc, b.callees[b.sites[i].callee].name);
    barriers_free(&b);
}

/* The runtime's variables, one a line; of runtime.allgs every candidate. */
static void dump_globals(struct gobin *bin)
{
    struct layout l;
    struct globals g;
    if (layout_find(&l, bin) != 0)
        exit(1);
    globals_find(&g, bin, &l);
    printf("%" PRIx64 " runtime.g0\n%" PRIx64 " runtime.m0\n", g.g0, g.m0);
    printf("%" PRIx64 " runtime.waitReasonStrings\n", g.wait_reasons);
    for (size_t i = 0; i < g.nallgs; i++)
        printf("%" PRIx64 " runtime.allgs\n", g.allgs[i]);
    vaddr_t addr;
    for (size_t i = 0; variable_known(i); i++)
        if (variable_from_code(bin, variable_known(i), &addr) == 0)
            printf("%" PRIx64 " %s\n", addr, variable_known(i));
}

/* A row of gobin/layout.def made from DWARF. */
static void dump_layout(struct gobin *bin)
{
    struct layout l;
    const char *machine = gobin_machine_name(bin->elf.machine);
    if (layout_from_dwarf(&l, bin) != 0)
        exit(1);
    printf("ROW(%u, ", l.minor);
    for (; *machine; machine++)
        putchar(toupper(*machine));
    for (size_t i = 0; i < LAYOUT_FIELD_COUNT; i++)
        printf(", %d", l.at[i]);
    printf(")\n");
}

/* Each step of coming up: its id, whether it can be stopped at, where, and its name in this
 * program. */
static void dump_checkpoints(const struct gobin *bin)
{
    static const char *const states[] = {"found", "inlined", "later", "absent"};
    struct checkpoint_at at[64];
    checkpoints_resolve(at, bin);
    for (size_t i = 0; i < checkpoint_count; i++) {
        printf("%s %s %s", checkpoints[i].id, states[at[i].state], at[i].name ? at[i].name : "-");
        for (size_t k = 0; k < at[i].nentries; k++)
            printf(" %" PRIx64, at[i].entries[k]);
        putchar('\n');
    }
}

/* The system calls that it can make, one a line, or why that isn't known. */
static void dump_reach(struct gobin *bin)
{
    struct reach r;
    reach_find(&r, bin);
    if (r.unknown)
        printf("unknown %s %s\n", r.where ? r.where : "it", r.why);
    for (unsigned n = 0; n < REACH_NUMBERS; n++) {
        int index = syscall_by_number(bin->elf.machine, n);
        if (r.numbers[n / 64] >> n % 64 & 1)
            printf("%s\n", index < 0 ? "?" : syscall_table[index].name);
    }
}

int main(int argc, char **argv)
{
    struct gobin bin;
    if (argc != 3) {
        fprintf(stderr,
                "usage: dump version|functions|positions|sites|layout|checkpoints|globals|reach "
                "FILE\n");
        return 2;
    }
    struct span file = file_map(argv[2]);
    if (gobin_open(&bin, file.data, file.size) != 0) {
        fprintf(stderr, "%s: %s\n", argv[2], bin.error.text);
        return 1;
    }
    switch (argv[1][0]) {
    case 'v':
        dump_version(&bin);
        break;
    case 'f':
        dump_functions(&bin);
        break;
    case 'p':
        dump_positions(&bin);
        break;
    case 's':
        dump_sites(&bin);
        break;
    case 'c':
        dump_checkpoints(&bin);
        break;
    case 'g':
        dump_globals(&bin);
        break;
    case 'r':
        dump_reach(&bin);
        break;
    case 'l':
        dump_layout(&bin);
        break;
    }
    gobin_close(&bin);
    return 0;
}
