/* SPDX-License-Identifier: Apache-2.0 */
/* The steps by which a Go program comes up, as functions to stop at: the same list for every
 * version, resolved by name. */
#ifndef GOBIN_CHECKPOINTS_H
#define GOBIN_CHECKPOINTS_H

#include "gobin/gobin.h"

struct checkpoint {
    const char *id;    /* "6e": stable between versions of Go and of this table */
    const char *phase; /* "heap" */
    const char
        *names;     /* functions, separated by spaces; a later one took over from an earlier one */
    unsigned since; /* first Go 1.N that has it; 0: all we read */
};

extern const struct checkpoint checkpoints[];
extern const size_t checkpoint_count;

enum checkpoint_state {
    CHECKPOINT_FOUND,   /* entries says where to stop */
    CHECKPOINT_INLINED, /* it is there, but only as part of its callers: nothing to stop at */
    CHECKPOINT_LATER,   /* not in this version of Go */
    CHECKPOINT_ABSENT,  /* not in this program */
};

/* An assembly function and the wrapper that calls it have one name in the function table: stop at
 * both. */
#define CHECKPOINT_ENTRIES_MAX 4

struct checkpoint_at {
    enum checkpoint_state state;
    const char *name; /* the one of the names that is in the program, or NULL */
    vaddr_t entries[CHECKPOINT_ENTRIES_MAX];
    size_t nentries;
};

/* Resolves all of them into out, an array of checkpoint_count. */
void checkpoints_resolve(struct checkpoint_at *out, const struct gobin *bin);

#endif
