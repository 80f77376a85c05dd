/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a Go program: everything that inspect and wb do with one, except for printing. */
#include <stdlib.h>

#include "gobin/annotate.h"
#include "gobin/barriers.h"
#include "gobin/bias.h"
#include "gobin/checkpoints.h"
#include "gobin/goroutines.h"
#include "gobin/needs.h"
#include "gobin/packages.h"
#include "gobin/reach.h"
#include "gobin/redirect.h"
#include "gobin/settle.h"
#include "gobin/variables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Memory whose words depend on their address alone: plausible, wrong, and different everywhere. */
static int memory_read(void *context, vaddr_t addr, void *out, size_t size)
{
    const struct span *file = context;
    if (file->size < 16 || addr % 7 == 0)
        return -1;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)out)[i] = file->data[(addr + i) % file->size];
    return 0;
}

static void try_functions(const struct gobin *bin)
{
    struct gofunc f;
    struct gopos pos[8];
    for (uint32_t i = 0; i < bin->pclntab.nfuncs && i < 256; i++) {
        int32_t frame;
        if (pclntab_func(&bin->pclntab, i, &f) != 0)
            continue;
        pclntab_positions(&bin->pclntab, &f, f.entry, pos, ARRAY_SIZE(pos));
        pclntab_positions(&bin->pclntab, &f, f.end - 1, pos, ARRAY_SIZE(pos));
        pclntab_frame_size(&bin->pclntab, &f, f.entry + 4, &frame);
    }
}

static void try_stack(const struct gobin *bin, const struct memory *memory)
{
    struct unwind u;
    struct frame f;
    unwind_start(&u, bin, memory, bin->module.text + 8, 4096, bin->module.text, true);
    for (unsigned i = 0; i < 100 && unwind_next(&u, &f); i++)
        ;
}

static void try_goroutines(struct gobin *bin, const struct memory *memory)
{
    struct layout layout;
    struct globals globals;
    struct goroutine *all;
    size_t n;
    if (layout_from_table(&layout, 26, bin->elf.machine) != 0)
        return;
    layout_find(&layout, bin);
    globals_find(&globals, bin, &layout);
    if (goroutines_list(bin, &layout, &globals, memory, &all, &n) == 0)
        free(all);
}

/* What needs a disassembler; one per machine is opened, once. */
static void try_disassembly(struct gobin *bin, const struct barriers *b)
{
    static struct disasm *all[3];
    struct disasm **d = &all[bin->elf.machine];
    struct annotation a;
    struct redirect r;
    struct gofunc f = {0};
    if (b->nsites == 0 || (!*d && disasm_open(d, b->isa, &bin->error) != 0))
        return;
    if (pclntab_func(&bin->pclntab, b->sites[0].func, &f) == 0 && annotate(&a, bin, b, *d, &f) == 0)
        annotation_free(&a);
    if (redirect_calls(&r, bin, b, *d, f.entry) == 0)
        redirect_free(&r);
}

static void try_barriers(struct gobin *bin)
{
    struct barriers b;
    struct redirect r;
    if (barriers_find(&b, bin) != 0)
        return;
    redirect_collects(bin, b.isa);
    try_disassembly(bin, &b);
    if (redirect_builtin(&r, bin, &b) == 0)
        redirect_free(&r);
    barriers_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gobin bin;
    struct packages packages;
    struct needs needs;
    struct reach reach;
    struct span file = {data, size};
    struct memory memory = {.read = memory_read, .context = &file};
    struct checkpoint_at *found = calloc(checkpoint_count, sizeof(*found));
    if (found && gobin_open(&bin, data, size) == 0) {
        struct span rest = bin.build.lines;
        struct buildinfo_line line;
        while (buildinfo_next(&rest, &line))
            ;
        try_functions(&bin);
        try_stack(&bin, &memory);
        try_goroutines(&bin, &memory);
        try_barriers(&bin);
        if (bin.elf.machine != GOBIN_AMD64) /* there it opens a disassembler each time */
            needs_find(&needs, &bin);
        reach_find(&reach, &bin);
        checkpoints_resolve(found, &bin);
        vaddr_t addr;
        for (size_t i = 0; variable_known(i); i++)
            (void)!variable_find(&bin, variable_known(i), &addr);
        uint64_t bias;
        (void)!bias_find(&bin, &memory, bin.module.text, &bias);
        uint8_t *settled;
        if (settle(&bin, &settled) == 0)
            free(settled);
        if (packages_find(&packages, &bin) == 0)
            packages_free(&packages);
        gobin_close(&bin);
    }
    free(found);
    return 0;
}
