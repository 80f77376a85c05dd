/* SPDX-License-Identifier: Apache-2.0 */
/* The table by which a Go program knows its functions: entry, name, file, line, frame size, inlined
 * calls. It is in every Go binary, stripped or not. Layouts of Go 1.18 (magic 0xfffffff0) and
 * Go 1.20 (0xfffffff1), which is today's. */
#ifndef GOBIN_PCLNTAB_H
#define GOBIN_PCLNTAB_H

#include "gobin/error.h"
#include "gobin/span.h"

struct pclntab {
    struct span names;
    struct span cutab;
    struct span files;
    struct span pctab;
    struct span funcs;    /* the function index, then the functions */
    struct span funcdata; /* go:func.*; empty until the module data is known */
    vaddr_t text;         /* what entries are relative to */
    uint64_t
        text_header; /* the header's own word for it: 0 since Go 1.26, and unrelocated in a PIE */
    uint32_t nfuncs;
    uint8_t quantum; /* size of the smallest instruction */
    bool go120;      /* the newer layout */
};

struct gofunc {
    uint32_t index;
    vaddr_t entry;
    vaddr_t end;      /* where the next function starts */
    const char *name; /* never NULL */
    uint32_t offset;  /* of its record, in pclntab.funcs */
    uint32_t pcsp, pcfile, pcln;
    uint32_t npcdata, cu;
    int32_t args; /* bytes of arguments and results on the stack; negative: not known */
    uint8_t id, flags, nfuncdata;
};

enum { GOFUNC_TOP_FRAME = 1, GOFUNC_SP_WRITE = 2, GOFUNC_ASM = 4 };

/* One level of a source position: the innermost inlined call first, the function itself last. */
struct gopos {
    const char *func;
    const char *file; /* "?" where the table doesn't tell */
    int line;         /* 0 where the table doesn't tell */
};

/* Reads the header of table, which starts with the magic; text is where .text starts unless 0.
 * -ENOEXEC: another layout (the sentence says which Go); -EINVAL: the header contradicts the
 * table's size. */
int pclntab_parse(struct pclntab *t, struct span table, struct gobin_error *err);

/* The function number index. -EINVAL: no such function, or its record is damaged. */
int pclntab_func(const struct pclntab *t, uint32_t index, struct gofunc *out);

/* The function that holds pc. -ENOENT. */
int pclntab_find(const struct pclntab *t, vaddr_t pc, struct gofunc *out);

/* The first function called name. -ENOENT. Linear: to find many, walk once with pclntab_func. */
int pclntab_find_name(const struct pclntab *t, const char *name, struct gofunc *out);

/* How far sp is below its value at f's entry when pc is about to be executed. -ENOENT: the table
 * doesn't tell. */
int pclntab_frame_size(const struct pclntab *t, const struct gofunc *f, vaddr_t pc, int32_t *out);

/* The source positions of pc, inlined calls first: fills at most max and returns how many. At least
 * 1 where max > 0. */
size_t pclntab_positions(const struct pclntab *t, const struct gofunc *f, vaddr_t pc,
                         struct gopos *out, size_t max);

#endif
