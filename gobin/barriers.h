/* SPDX-License-Identifier: Apache-2.0 */
/* The places where a program tells the garbage collector about a pointer store, and the flag that
 * decides whether it does. Source: Go's cmd/compile/internal/ssa/writebarrier.go and
 * runtime/asm_*.s, releases 1.18 to 1.26. */
#ifndef GOBIN_BARRIERS_H
#define GOBIN_BARRIERS_H

#include "gobin/gobin.h"
#include "gobin/isa.h"

enum barrier_abi {
    BARRIER_NONE,   /* no barrier function in the program */
    BARRIER_STORES, /* Go 1.20 and older: gcWriteBarrier gets slot and value, and does the store */
    BARRIER_BUFFER, /* Go 1.21 and newer: gcWriteBarrierN returns N free words; the caller fills
                       them and stores */
};

struct barrier_callee {
    vaddr_t entry;
    const char *name;
    uint8_t slots; /* words of the buffer that a call takes */
    bool bulk;     /* wbMove and its like: takes whole objects, slots is 0 */
    uint8_t value; /* BARRIER_STORES: the register that the value comes in */
};

struct barrier_site {
    vaddr_t pc;    /* of the call */
    uint32_t func; /* index in the function table */
    uint8_t callee;
};

#define BARRIER_CALLEES_MAX 32

struct barriers {
    const struct isa *isa;
    enum barrier_abi abi;
    struct barrier_callee callees[BARRIER_CALLEES_MAX];
    size_t ncallees;
    struct barrier_site *sites; /* ordered by pc */
    size_t nsites;
    size_t nbulk;      /* how many of them call a bulk barrier */
    vaddr_t flag;      /* runtime.writeBarrier; 0 when no test of it was seen */
    size_t flag_tests; /* how many instructions test the word at flag before a branch */
    vaddr_t runner_up; /* the word tested second most, and how often: what makes flag certain */
    size_t runner_up_tests;
};

/* Finds them in one walk over the text. -ENOMEM with bin->error set. */
int barriers_find(struct barriers *b, struct gobin *bin);
void barriers_free(struct barriers *b);

/* "buffer", "stores" or "none". */
const char *barrier_abi_name(enum barrier_abi abi);

/* A barrier function that starts at entry, or NULL. */
const struct barrier_callee *barrier_callee_at(const struct barriers *b, vaddr_t entry);

/* The first site at or behind pc, as an index; nsites where there is none. */
size_t barrier_site_from(const struct barriers *b, vaddr_t pc);

#endif
