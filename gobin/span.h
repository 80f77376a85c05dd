/* SPDX-License-Identifier: Apache-2.0 */
/* A span is a piece of a file that nobody has checked: every read through it is bounded and
 * little-endian. */
#ifndef GOBIN_SPAN_H
#define GOBIN_SPAN_H

#include <string.h>

#include "lib/types.h"

struct span {
    const uint8_t *data;
    size_t size;
};

/* The part [offset, offset+size) of s, or an empty span where s doesn't hold all of it. */
static inline struct span span_part(struct span s, uint64_t offset, uint64_t size)
{
    if (!s.data || offset > s.size || size > s.size - offset)
        return (struct span){0};
    return (struct span){s.data + offset, size};
}

/* What follows offset, or an empty span. */
static inline struct span span_from(struct span s, uint64_t offset)
{
    return offset > s.size ? (struct span){0} : span_part(s, offset, s.size - offset);
}

/* Copies size bytes at offset to out; false, and out untouched, where s doesn't hold them. */
static inline bool span_copy(struct span s, uint64_t offset, void *out, size_t size)
{
    struct span part = span_part(s, offset, size);
    if (!part.data)
        return false;
    memcpy(out, part.data, size);
    return true;
}

static inline bool span_u16(struct span s, uint64_t offset, uint16_t *out)
{
    return span_copy(s, offset, out, sizeof(*out));
}

static inline bool span_u32(struct span s, uint64_t offset, uint32_t *out)
{
    return span_copy(s, offset, out, sizeof(*out));
}

static inline bool span_u64(struct span s, uint64_t offset, uint64_t *out)
{
    return span_copy(s, offset, out, sizeof(*out));
}

/* The NUL-terminated string at offset, or NULL where it doesn't end inside s. */
static inline const char *span_string(struct span s, uint64_t offset)
{
    if (offset >= s.size || !memchr(s.data + offset, 0, s.size - offset))
        return NULL;
    return (const char *)s.data + offset;
}

/* Reads a base-128 number at *offset and moves *offset behind it. */
static inline bool span_varint(struct span s, size_t *offset, uint32_t *out)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35 && *offset < s.size; shift += 7) {
        uint8_t byte = s.data[(*offset)++];
        if (shift < 32)
            value |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = value;
            return true;
        }
    }
    return false;
}

#endif
