/* SPDX-License-Identifier: Apache-2.0 */
/* How often each address was met: a hash table that only grows. Zero is empty and ready. */
#ifndef GOBIN_FLAGCOUNT_H
#define GOBIN_FLAGCOUNT_H

#include "lib/types.h"

struct flagcount_entry {
    vaddr_t addr;
    size_t count; /* 0: free */
};

struct flagcount {
    struct flagcount_entry *entries;
    size_t room; /* a power of two, or 0 */
    size_t used;
};

/* Counts addr once more. -ENOMEM. */
int flagcount_add(struct flagcount *f, vaddr_t addr);

/* The two addresses met most, with their counts; 0 and 0 where there are fewer. */
void flagcount_top(const struct flagcount *f, vaddr_t *first, size_t *first_count, vaddr_t *second,
                   size_t *second_count);
void flagcount_free(struct flagcount *f);

#endif
