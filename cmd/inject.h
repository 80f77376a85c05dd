/* SPDX-License-Identifier: Apache-2.0 */
/* --inject SPEC: faults that the kernel makes on purpose. */
#ifndef CMD_INJECT_H
#define CMD_INJECT_H

#include "vmm/error.h"

#include <stdio.h>

/* inject_check - is SPEC a list "key=N,key=N" of known keys? -EINVAL with a sentence. */
int inject_check(const char *spec, struct error *err) MUST_CHECK;

/* inject_help - the keys and what they do. */
void inject_help(FILE *out);

#endif
