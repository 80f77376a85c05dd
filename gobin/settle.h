/* SPDX-License-Identifier: Apache-2.0 */
/* A position-independent program as Go's linker makes it, settled where it says that it is: the
 * file of a program that needs no loader and isn't moved. */
#ifndef GOBIN_SETTLE_H
#define GOBIN_SETTLE_H

#include "gobin/gobin.h"

/* A copy whose relative relocations are done and which asks for no interpreter. *out, of the file's
 * size, is the caller's to free. -ENOTSUP: it isn't position independent, says that it is at
 * address 0, or has relocations that need other objects; -ENOMEM; bin->error set. */
int settle(struct gobin *bin, uint8_t **out);

#endif
