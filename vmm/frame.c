/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/frame.h"

#include <errno.h>
#include <string.h>

uint8_t *frame_space(struct frame_reader *reader, size_t *size_bytes)
{
    memmove(reader->buffer, reader->buffer + reader->start, reader->fill - reader->start);
    reader->fill -= reader->start;
    reader->start = 0;
    *size_bytes = sizeof(reader->buffer) - reader->fill;
    return reader->buffer + reader->fill;
}

void frame_filled(struct frame_reader *reader, size_t size_bytes)
{
    reader->fill += size_bytes;
}

/* The size that data of this type must have, or LINK_FRAME_MAX where any is fine. */
static uint32_t size_required(const struct link_frame *header)
{
    switch (header->type) {
    case LINK_WANT:
        return sizeof(uint32_t);
    case LINK_EXIT:
        return sizeof(struct link_exit);
    case LINK_THREAD:
        return sizeof(struct link_thread);
    default:
        return LINK_FRAME_MAX;
    }
}

static int header_check(const struct link_frame *header, struct error *err)
{
    uint32_t required = size_required(header);

    if (header->type < LINK_OUT || header->type > LINK_COUNTS)
        return error_set(err, -EPROTO, "the kernel sent a frame of unknown type %u", header->type);
    if (header->type == LINK_OUT && header->stream != 1 && header->stream != 2)
        return error_set(err, -EPROTO, "the kernel sent output for stream %u", header->stream);
    if (header->size_bytes > LINK_FRAME_MAX ||
        (required != LINK_FRAME_MAX && header->size_bytes != required))
        return error_set(err, -EPROTO, "the kernel sent a frame of type %u with %u bytes",
                         header->type, header->size_bytes);
    return 0;
}

int frame_next(struct frame_reader *reader, struct frame *frame, struct error *err)
{
    size_t received = reader->fill - reader->start;
    const uint8_t *bytes = reader->buffer + reader->start;
    struct link_frame header;

    if (received < sizeof(header))
        return 0;
    memcpy(&header, bytes, sizeof(header));
    int result = header_check(&header, err);
    if (result < 0)
        return result;
    if (received - sizeof(header) < header.size_bytes)
        return 0;
    *frame = (struct frame){.type = header.type,
                            .stream = header.stream,
                            .size_bytes = header.size_bytes,
                            .data = bytes + sizeof(header)};
    reader->start += sizeof(header) + header.size_bytes;
    return 1;
}
