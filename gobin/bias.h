/* SPDX-License-Identifier: Apache-2.0 */
/* Where a position-independent program was loaded. */
#ifndef GOBIN_BIAS_H
#define GOBIN_BIAS_H

#include "gobin/gobin.h"
#include "gobin/memory.h"

/* The load address minus the link address, worked out from the page of code around pc, of which
 * the program has to have exactly one. memory's own bias isn't used. False: pc isn't in the
 * program's code, or its page can't be read. 0 in a program that isn't position independent. */
bool bias_find(const struct gobin *bin, const struct memory *memory, vaddr_t pc, uint64_t *bias);

#endif
