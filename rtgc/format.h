/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a Printf format: literal bytes and verbs. The checker counts with it, lowering rewrites
 * with it. */
#ifndef RTGC_FORMAT_H
#define RTGC_FORMAT_H

#include "lib/types.h"

struct format_reader {
    const char *at, *end;
};

struct format_verb {
    const char *text; /* the piece, literal or verb with flags */
    size_t bytes;
    char verb;         /* d u x s c p; 0: literal bytes ("%%" gives the byte "%") */
    const char *wrong; /* what is wrong with the verb, NULL when nothing is */
};

/* The next piece; false at the end. */
bool format_next(struct format_reader *r, struct format_verb *v);

#endif
