/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing the write barrier of a program whose collector will never run: what has to be changed
 * in the file, and every reason not to. Nothing is written here; the plan is a list of bytes, each
 * with what it replaces, so that it can be undone. */
#ifndef GOBIN_REDIRECT_H
#define GOBIN_REDIRECT_H

#include "gobin/barriers.h"
#include "gobin/disasm.h"

#define CHANGE_BYTES_MAX 8

struct change {
    uint64_t offset; /* in the file */
    vaddr_t addr;    /* 0 where it isn't of the loaded image */
    uint8_t size_bytes;
    uint8_t before[CHANGE_BYTES_MAX], after[CHANGE_BYTES_MAX];
};

struct redirect {
    struct change *changes;
    size_t nchanges, room;
    size_t nsites;   /* calls that now go to the replacement */
    size_t nsymbols; /* made weak */
};

/* The words that a call of Go 1.21 or newer may fill: a replacement has to provide as many. */
enum { REDIRECT_BUFFER_BYTES = 64 };

/* Each barrier's own first instructions become the replacement: it hands out the 64 bytes below sp,
 * which nothing keeps (BARRIER_BUFFER), or does the store (BARRIER_STORES). No call has to be
 * changed. -ENOTSUP, -ENOMEM; bin->error set. */
int redirect_builtin(struct redirect *r, struct gobin *bin, const struct barriers *b);

/* Every call goes to the function at stub, which is checked first: straight code that keeps all
 * registers but the one it returns, and returns the address of 64 writable bytes (BARRIER_BUFFER),
 * or stores the value to the slot (BARRIER_STORES). -ENOTSUP: it isn't, or a call can't reach it;
 * -ENOMEM; bin->error says which and why. */
int redirect_calls(struct redirect *r, struct gobin *bin, const struct barriers *b,
                   struct disasm *d, vaddr_t stub);

void redirect_free(struct redirect *r);

/* A function outside of the runtime that starts a collection or changes its settings, or NULL: such
 * a program's flag does get set. */
const char *redirect_collects(const struct gobin *bin, const struct isa *isa);

#endif
