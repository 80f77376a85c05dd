/* SPDX-License-Identifier: Apache-2.0 */
/* Names, which nobody vouches for, as text of a picture. */
#ifndef CMD_SVG_TEXT_H
#define CMD_SVG_TEXT_H

#include <stdio.h>

#include "gobin/span.h"

/* Prints the text for an XML file: characters that mean something there are escaped, those that
 * aren't printable ASCII become '?'. */
void svg_text(FILE *out, struct span text);

/* What to show of a path in room letters: all of it, or as many of its last elements as fit, or the
 * beginning of the last one; nothing where that would be too little to recognise. */
struct span svg_fit(struct span path, size_t room);

static inline struct span svg_span(const char *text)
{
    return (struct span){(const uint8_t *)text, strlen(text)};
}

#endif
