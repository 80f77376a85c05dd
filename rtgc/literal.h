/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner's literals: each reads one at s->at into a token and leaves s->at behind it. */
#ifndef RTGC_LITERAL_H
#define RTGC_LITERAL_H

#include "rtgc/scan.h"

void scan_number(struct scanner *s, struct token *t);
void scan_string(struct scanner *s, struct token *t);
void scan_char(struct scanner *s, struct token *t);

#endif
