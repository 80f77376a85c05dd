/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's variables that a look from outside starts at: by symbol, or read off the code that
 * uses them. */
#ifndef GOBIN_GLOBALS_H
#define GOBIN_GLOBALS_H

#include "gobin/gobin.h"
#include "gobin/layout.h"

#define GLOBALS_CANDIDATES_MAX 16

struct globals {
    vaddr_t g0, m0; /* link addresses, as all here; 0 where not found */
    /* Where runtime.allgs, a slice, may be: one in a program with symbols. In a stripped one every
     * variable that runtime.allgadd touches; only memory can tell which (goroutines_list does). */
    vaddr_t allgs[GLOBALS_CANDIDATES_MAX];
    size_t nallgs;
    vaddr_t wait_reasons; /* runtime.waitReasonStrings, an array of strings in the file; 0 where not
                             found */
};

/* Fills what can be found; nothing of it is an error. */
void globals_find(struct globals *g, const struct gobin *bin, const struct layout *l);

/* The text of a wait reason, not NUL-terminated; empty where unknown. */
struct span globals_wait_reason(const struct globals *g, const struct gobin *bin, unsigned reason);

#endif
