/* SPDX-License-Identifier: Apache-2.0 */
/* JSON strings out of bytes that nobody vouches for, such as names in a program. */
#ifndef CMD_JSON_TEXT_H
#define CMD_JSON_TEXT_H

#include <jansson.h>

#include "gobin/span.h"

/* The bytes as a string; where they aren't UTF-8, each that isn't ASCII becomes '?'. The caller's;
 * NULL: no memory. json_text: of what ends at a NUL. json_address: "0x4a0". */
json_t *json_bytes(const void *data, size_t size);
json_t *json_text(const char *text);
json_t *json_address(vaddr_t addr);

static inline json_t *json_span(struct span s)
{
    return json_bytes(s.data, s.size);
}

#endif
