/* SPDX-License-Identifier: Apache-2.0 */
/* What each package costs in machine code. */
#ifndef GOBIN_PACKAGES_H
#define GOBIN_PACKAGES_H

#include "gobin/gobin.h"

struct package {
    struct span name; /* import path, or "(assembly)", "(types)", "(linker)" for code that belongs
                         to none */
    uint64_t text_bytes;
    size_t nfuncs;
};

struct packages {
    struct package *all; /* largest first */
    size_t n;
};

/* -ENOMEM with bin->error set. */
int packages_find(struct packages *p, struct gobin *bin);
void packages_free(struct packages *p);

/* The package part of a function's name. */
struct span package_of(const char *function);

#endif
