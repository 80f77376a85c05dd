/* SPDX-License-Identifier: Apache-2.0 */
/* Where a value comes from inside one function: walks the code backwards over every way that leads
 * to an instruction. Never too sure: what it can't follow is `unknown`. */
#ifndef GOBIN_ORIGIN_H
#define GOBIN_ORIGIN_H

#include "gobin/gobin.h"
#include "gobin/isa.h"

#define ORIGIN_VALUES_MAX 16

/* A register, or a word of the stack: at is its distance from sp at the function's entry. */
struct place {
    bool on_stack;
    uint8_t reg;
    int32_t at;
};

struct origins {
    bool unknown;
    bool argument;       /* the function's own first argument, in its register ... */
    bool argument_stack; /* ... or on the stack (ABI0) */
    bool variable;       /* of the values one is what a variable holds when the program starts */
    int64_t values[ORIGIN_VALUES_MAX];
    size_t nvalues;
};

struct origin_insn {
    struct insn insn;
    uint32_t at;    /* from the function's entry */
    bool is_target; /* of a branch in this function */
};

#define ORIGIN_WORK_MAX (1 << 26) /* in instructions: then all is unknown */

struct origin_code { /* one function, decoded; zeroed before the first use */
    const struct gobin *bin;
    const struct isa *isa;
    struct gofunc func;
    struct span bytes;
    struct origin_insn *insns;
    size_t n, room;
    size_t work;     /* done with it so far, over all functions */
    int32_t exposed; /* words of the stack from here on may be reached through pointers */
    bool wild;       /* jumps to an address that it works out: anything may be a target */
};

/* The number of the instruction at pc; c->n where there is none. */
size_t origin_index(const struct origin_code *c, vaddr_t pc);

/* Decodes f; only for machines whose isa has may_change. -ENOMEM; -ENOENT: it isn't in the text. */
int origin_decode(struct origin_code *c, const struct gobin *bin, const struct gofunc *f);
void origin_free(struct origin_code *c);

/* What a place may hold when the instruction number index is about to run. */
void origin_find(struct origins *o, struct origin_code *c, size_t index, struct place place);

/* The word at offset from sp, as instruction number index sees it, as a place. False where the
 * frame isn't known. */
bool origin_slot(const struct origin_code *c, size_t index, int64_t offset, struct place *out);

#endif
