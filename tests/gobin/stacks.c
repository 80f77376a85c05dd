/* SPDX-License-Identifier: Apache-2.0 */
/* Prints every goroutine of a core file that isn't running, frame by frame, in the words of a Go
 * traceback; given the registers pc, sp and lr of a thread, the stack of what it runs instead. */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gobin/goroutines.h"
#include "tests/gobin/file.h"

static int core_read(void *context, vaddr_t addr, void *out, size_t size)
{
    const struct span *core = context;
    Elf64_Ehdr eh;
    Elf64_Phdr ph;
    span_copy(*core, 0, &eh, sizeof(eh));
    for (size_t i = 0; i < eh.e_phnum; i++) {
        span_copy(*core, eh.e_phoff + i * sizeof(ph), &ph, sizeof(ph));
        if (ph.p_type == PT_LOAD && addr >= ph.p_vaddr && addr - ph.p_vaddr + size <= ph.p_filesz)
            return span_copy(*core, ph.p_offset + (addr - ph.p_vaddr), out, size) ? 0 : -EFAULT;
    }
    return -EFAULT;
}

static void frame_print(const struct gobin *bin, const struct frame *f)
{
    struct gopos pos[32];
    size_t n = pclntab_positions(&bin->pclntab, &f->func, f->lookup, pos, ARRAY_SIZE(pos));
    for (size_t i = 0; i < n; i++) {
        printf("%s %s:%d", pos[i].func, pos[i].file, pos[i].line);
        if (i + 1 == n)
            printf(" sp=0x%" PRIx64 " pc=0x%" PRIx64, f->sp, f->pc);
        putchar('\n');
    }
}

static void creator_print(const struct gobin *bin, const struct goroutine *g)
{
    struct gofunc f;
    struct gopos pos;
    if (pclntab_find(&bin->pclntab, g->creator_pc - 1, &f) == 0 &&
        pclntab_positions(&bin->pclntab, &f, g->creator_pc - 1, &pos, 1) == 1)
        printf("created by %s %s:%d\n", f.name, pos.file, pos.line);
}

static void goroutine_print(const struct gobin *bin, const struct memory *memory,
                            const struct goroutine *g)
{
    struct unwind u;
    struct frame f;
    struct span why = g->wait_reason;
    printf("goroutine %" PRIu64 " [%.*s]\n", g->id, (int)(why.size ? why.size : strlen(g->state)),
           why.size ? (const char *)why.data : g->state);
    goroutine_unwind(&u, g, bin, memory);
    while (unwind_next(&u, &f))
        frame_print(bin, &f);
    if (u.end != UNWIND_TOP)
        printf("the stack ends early: %d\n", u.end);
    creator_print(bin, g);
}

static int registers_print(const struct gobin *bin, const struct memory *memory, char **regs)
{
    struct unwind u;
    struct frame f;
    unwind_start(&u, bin, memory, strtoull(regs[0], NULL, 16), strtoull(regs[1], NULL, 16),
                 strtoull(regs[2], NULL, 16), true);
    while (unwind_next(&u, &f))
        frame_print(bin, &f);
    return u.end == UNWIND_TOP ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct gobin bin;
    struct layout layout;
    struct globals globals;
    struct goroutine *all;
    size_t n;
    if (argc != 3 && argc != 6) {
        fprintf(stderr, "usage: stacks PROGRAM CORE [PC SP LR]\n");
        return 2;
    }
    struct span file = file_map(argv[1]), core = file_map(argv[2]);
    struct memory memory = {.read = core_read, .context = &core};
    if (gobin_open(&bin, file.data, file.size) != 0 || layout_find(&layout, &bin) != 0) {
        fprintf(stderr, "%s\n", bin.error.text);
        return 1;
    }
    if (argc == 6)
        return registers_print(&bin, &memory, argv + 3);
    globals_find(&globals, &bin, &layout);
    if (goroutines_list(&bin, &layout, &globals, &memory, &all, &n) != 0) {
        fprintf(stderr, "%s\n", bin.error.text);
        return 1;
    }
    for (size_t i = 0; i < n; i++)
        if (!all[i].running && !all[i].dead)
            goroutine_print(&bin, &memory, &all[i]);
    free(all);
    gobin_close(&bin);
    return 0;
}
