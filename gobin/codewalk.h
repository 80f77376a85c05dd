/* SPDX-License-Identifier: Apache-2.0 */
/* Code of one function, instruction by instruction; unknown amd64 forms are stepped over bytewise.
 */
#ifndef GOBIN_CODEWALK_H
#define GOBIN_CODEWALK_H

#include "gobin/gobin.h"
#include "gobin/isa.h"

struct code_walk {
    const struct isa *isa;
    struct span code;
    vaddr_t pc;
    struct insn insn; /* the last one */
};

/* At the first function of that name. False: there is none. */
static inline bool code_walk_start(struct code_walk *w, const struct gobin *bin,
                                   const char *function)
{
    struct gofunc f;
    if (pclntab_find_name(&bin->pclntab, function, &f) != 0)
        return false;
    *w = (struct code_walk){isa_of(bin->elf.machine), elf_bytes(&bin->elf, f.entry), f.entry,
                            insn_other(0)};
    w->code.size = MIN(w->code.size, f.end - f.entry);
    return true;
}

/* False: behind the last. */
static inline bool code_walk_next(struct code_walk *w)
{
    if (w->code.size == 0)
        return false;
    w->isa->decode(w->code, w->pc, &w->insn);
    size_t size = MIN(MAX(w->insn.size_bytes, 1), w->code.size);
    w->code = span_from(w->code, size);
    w->pc += size;
    return true;
}

#endif
