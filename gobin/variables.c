/* SPDX-License-Identifier: Apache-2.0 */
/* Source: the functions named here, of Go 1.18 to 1.26. */
#include "gobin/variables.h"

#include <errno.h>

#include "gobin/codewalk.h"
#include "gobin/constants.h"

enum how {
    STORED, /* the first word of that width that the function stores at a fixed address */
    LOADED, /* the first that it loads from one */
    PASSED, /* what is passed first to the function `callee` */
    SLICE,  /* the first that it loads part of: its address and its length are next to each other */
};

static const struct source {
    const char *name, *function;
    enum how how;
    uint8_t width_bytes;
    const char *callee;
} sources[] = {
    {"runtime.argc", "runtime.args", STORED, 4, NULL},
    {"runtime.argv", "runtime.args", STORED, 8, NULL},
    {"runtime.ncpu", "runtime.osinit", STORED, 4, NULL},
    {"runtime.numCPUStartup", "runtime.osinit", STORED, 4, NULL},
    {"runtime.ticks", "runtime.schedinit", PASSED, 0, "runtime.(*ticksType).init"},
    {"runtime.mheap_", "runtime.mallocinit", PASSED, 0, "runtime.(*mheap).init"},
    {"internal/cpu.HWCap", "internal/cpu.hwcapInit", LOADED, 8, NULL},
    {"runtime.useAeshash", "runtime.alginit", STORED, 1, NULL},
    {"runtime.itabTable", "runtime.itabAdd", LOADED, 8, NULL},
    {"runtime.gcController", "runtime.gcinit", PASSED, 0, "runtime.(*gcControllerState).init"},
    {"runtime.physPageSize", "runtime.mallocinit", LOADED, 8, NULL},
    {"runtime.allp", "runtime.retake", SLICE, 8, NULL},
    {"runtime.memstats.enablegc", "runtime.gcenable", STORED, 1, NULL},
};

const char *variable_known(size_t i)
{
    return i < ARRAY_SIZE(sources) ? sources[i].name : NULL;
}

static bool is_data(const struct gobin *bin, vaddr_t addr)
{
    const struct elf_segment *s = elf_segment_at(&bin->elf, addr);
    return s && (s->flags & PF_W);
}

static bool calls(const struct gobin *bin, const struct insn *i, const char *name)
{
    struct gofunc f;
    return i->kind == INSN_CALL && i->imm &&
           pclntab_find(&bin->pclntab, (vaddr_t)i->imm, &f) == 0 && f.entry == (vaddr_t)i->imm &&
           strcmp(f.name, name) == 0;
}

static bool found(const struct gobin *bin, const struct source *s, const struct code_walk *w,
                  const struct constants *c, vaddr_t *out)
{
    const struct insn *i = &w->insn;
    int64_t value;
    if (s->how == PASSED) {
        if (!calls(bin, i, s->callee) || !constants_get(c, w->isa->argument, &value))
            return false;
        *out = (vaddr_t)value;
        return is_data(bin, *out);
    }
    return i->kind == (s->how == STORED ? INSN_STORE : INSN_LOAD) &&
           i->width_bytes == s->width_bytes && constants_address(c, i, out) && is_data(bin, *out);
}

/* An instruction that the decoder doesn't follow may change what isn't proved to stay. */
static void step(struct constants *c, const struct code_walk *w, struct span code)
{
    constants_step(c, &w->insn);
    for (uint8_t r = 0; w->insn.kind == INSN_OTHER && r < REG_COUNT; r++)
        if (c->known[r] && (!w->isa->may_change || w->isa->may_change(code, r)))
            c->known[r] = false;
}

/* The first address that s tells; of a slice's two words the lower one. */
static int source_find(const struct gobin *bin, const struct source *s, vaddr_t *out)
{
    struct code_walk w;
    struct constants c = {0};
    vaddr_t addr, first = 0;
    if (!code_walk_start(&w, bin, s->function))
        return -ENOENT;
    for (struct span code = w.code; code_walk_next(&w); step(&c, &w, code), code = w.code) {
        if (!found(bin, s, &w, &c, &addr))
            continue;
        if (!first || addr == first - s->width_bytes)
            *out = addr;
        if (s->how != SLICE || (first && addr == first - s->width_bytes))
            return 0;
        first = first ? first : addr;
    }
    return first ? 0 : -ENOENT;
}

int variable_from_code(const struct gobin *bin, const char *name, vaddr_t *out)
{
    for (size_t k = 0; k < ARRAY_SIZE(sources); k++)
        if (strcmp(sources[k].name, name) == 0 && source_find(bin, &sources[k], out) == 0)
            return 0;
    return -ENOENT;
}

int variable_find(const struct gobin *bin, const char *name, vaddr_t *out)
{
    if (elf_symbol_address(&bin->elf, name, out) == 0)
        return 0;
    return variable_from_code(bin, name, out);
}
