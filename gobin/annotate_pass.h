/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of annotate.h only. */
#ifndef GOBIN_ANNOTATE_PASS_H
#define GOBIN_ANNOTATE_PASS_H

#include "gobin/annotate.h"

struct pass {
    struct annotation *a;
    const struct gobin *bin;
    const struct barriers *b;
    struct disasm *d;
};

/* The number of the step at pc; a->nsteps where none begins there. */
size_t step_at(const struct annotation *a, vaddr_t pc);

/* Whether reg is another one after the instruction. */
bool insn_writes(const struct insn *i, uint8_t reg);

/* Gives loads, stores and tests of fixed addresses their addr; finds the tests of the flag, and
 * what they are made of. Barrier calls have their role and callee by now. -ENOMEM. */
int tests_find(struct pass *p) MUST_CHECK;

#endif
