/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's variables by name: by symbol, or, where that is missing, read off the code of a
 * function that sets them, reads them or hands them on. */
#ifndef GOBIN_VARIABLES_H
#define GOBIN_VARIABLES_H

#include "gobin/gobin.h"

/* The link address of the variable called name, such as "runtime.ncpu"; of one field there is, too:
 * "runtime.memstats.enablegc". -ENOENT: the program has none, or no symbol of it and has it where
 * nobody knows to look. */
int variable_find(const struct gobin *bin, const char *name, vaddr_t *out);

/* The name of the i-th variable that is found without symbols, in some version of Go; NULL behind
 * the last. */
const char *variable_known(size_t i);

/* variable_find as if the program were stripped. */
int variable_from_code(const struct gobin *bin, const char *name, vaddr_t *out);

#endif
