/* SPDX-License-Identifier: Apache-2.0 */
/* The functions that initialise packages: what the compiler makes of variables with values that
 * have to be worked out (init), and func init() (init.0, init.1, ...). The runtime calls one after
 * the other. */
#ifndef GOBIN_INITS_H
#define GOBIN_INITS_H

#include "gobin/gobin.h"

struct init_function {
    vaddr_t entry;
    const char *name;    /* "net/http.init.0" */
    struct span package; /* "net/http" */
};

/* Lists them in the order of their addresses; *out is the caller's to free. -ENOMEM; bin->error
 * set. */
int inits_find(struct gobin *bin, struct init_function **out, size_t *n);

#endif
