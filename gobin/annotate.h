/* SPDX-License-Identifier: Apache-2.0 */
/* What each instruction of a function has to do with write barriers. */
#ifndef GOBIN_ANNOTATE_H
#define GOBIN_ANNOTATE_H

#include "gobin/barriers.h"
#include "gobin/disasm.h"

enum step_role {
    STEP_OTHER,
    STEP_FLAG_ADDRESS, /* works out the flag's address */
    STEP_FLAG_LOAD,    /* reads the flag */
    STEP_FLAG_BRANCH,  /* decides by it; insn.imm is where it goes */
    STEP_CALL,         /* calls a barrier; callee */
    STEP_OLD_LOAD,     /* reads a pointer that is about to be overwritten */
    STEP_RECORD_NEW,   /* puts a new pointer into the buffer; word, words */
    STEP_RECORD_OLD,   /* puts an old one there */
    STEP_RECORD_BOTH,  /* a paired store of one each, or of unknown ones */
    STEP_STORE,        /* the store that the barrier is for */
    STEP_SLOT,         /* BARRIER_STORES: sets the address argument */
    STEP_VALUE,        /* BARRIER_STORES: sets the value argument */
};

struct step {
    vaddr_t pc;
    uint8_t size_bytes;
    enum step_role role;
    struct insn insn;
    vaddr_t addr; /* of the memory that a load or store of a fixed address uses; 0: not fixed */
    const struct barrier_callee *callee;
    size_t call;   /* STEP_RECORD_*, STEP_OLD_LOAD, STEP_STORE, ...: index of the step that calls; 0
                      elsewhere */
    uint8_t word;  /* first word of the buffer that is written */
    uint8_t words; /* how many */
    char text[96]; /* the disassembly */
};

/* What is known of one call. */
struct call_facts {
    vaddr_t pc;
    bool tested;      /* a test of the flag leads here, and nothing else is done on the way */
    uint32_t written; /* BARRIER_BUFFER: bit per word of the buffer that the caller fills */
    bool stored;      /* a store follows (BARRIER_BUFFER) */
    bool clobbered;   /* the buffer register changes before the last word is filled */
};

struct annotation {
    struct step *steps;
    size_t nsteps;
    struct call_facts *calls; /* one per STEP_CALL, in order */
    size_t ncalls;
};

/* Annotates f. -ENOMEM, with bin->error set. */
int annotate(struct annotation *a, struct gobin *bin, const struct barriers *b, struct disasm *d,
             const struct gofunc *f);
void annotation_free(struct annotation *a);

#endif
