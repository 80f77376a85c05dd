/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts the bytes that a guest sends over the link (abi/link.h) into frames. Pure: the caller does
 * the reading. */
#ifndef VMM_FRAME_H
#define VMM_FRAME_H

#include "abi/link.h"
#include "vmm/error.h"

#define FRAME_BUFFER_BYTES (sizeof(struct link_frame) + LINK_FRAME_MAX)

/* Bytes from `start` to `fill` are received and not yet handed out. Zeroed is ready for use. */
struct frame_reader {
    size_t start;
    size_t fill;
    uint8_t buffer[FRAME_BUFFER_BYTES];
};

struct frame {
    enum link_type type;
    unsigned stream; /* 1 or 2 for LINK_OUT */
    size_t size_bytes;
    const uint8_t *data; /* in the reader; valid until frame_space */
};

/* Where the next bytes from the guest go: returns their place and *size_bytes, how many fit (never
 * 0 after frame_next said 0). */
uint8_t *frame_space(struct frame_reader *reader, size_t *size_bytes);

/* The caller has put size_bytes bytes where frame_space said. */
void frame_filled(struct frame_reader *reader, size_t size_bytes);

/*
 * Takes the next whole frame: 1 and *frame, or 0 if more bytes are needed. -EPROTO if the guest
 * broke the protocol (unknown type, impossible size or stream); the link is of no use from then on.
 */
int frame_next(struct frame_reader *reader, struct frame *frame, struct error *err) MUST_CHECK;

#endif
