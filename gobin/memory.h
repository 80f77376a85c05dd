/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a running, stopped or dead program, wherever it is: a guest's RAM, a core file, a
 * debugger's link. */
#ifndef GOBIN_MEMORY_H
#define GOBIN_MEMORY_H

#include "lib/types.h"

struct memory {
    /* Copies size bytes at addr of the program to out. 0, or a negative errno where not all of them
     * can be read. */
    int (*read)(void *context, vaddr_t addr, void *out, size_t size);
    void *context;
    uint64_t bias; /* load address minus link address of a PIE; 0 otherwise */
};

static inline bool memory_word(const struct memory *m, vaddr_t addr, uint64_t *out)
{
    return m->read(m->context, addr, out, sizeof(*out)) == 0;
}

static inline bool memory_u32(const struct memory *m, vaddr_t addr, uint32_t *out)
{
    return m->read(m->context, addr, out, sizeof(*out)) == 0;
}

#endif
