/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes from the guest, in pieces whose sizes the input chooses: the reader never overruns,
 * stalls or loses a byte. */
#include "vmm/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t drain(struct frame_reader *reader, int *broken)
{
    struct frame frame;
    struct error err;
    size_t taken = 0;
    int result;

    while ((result = frame_next(reader, &frame, &err)) == 1) {
        if (frame.type < LINK_OUT || frame.type > LINK_COUNTS || frame.size_bytes > 65536)
            abort();
        if (frame.data < reader->buffer ||
            frame.data + frame.size_bytes > reader->buffer + reader->fill)
            abort();
        taken += 8 + frame.size_bytes;
    }
    *broken = result < 0;
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct frame_reader reader;
    size_t given = 0, taken = 0;
    int broken = 0;

    memset(&reader, 0, offsetof(struct frame_reader, buffer));
    while (given < size && !broken) {
        size_t space, piece = 1 + data[given] % 97;
        uint8_t *place = frame_space(&reader, &space);
        if (space == 0)
            abort();
        piece = piece < size - given ? piece : size - given;
        piece = piece < space ? piece : space;
        memcpy(place, data + given, piece);
        frame_filled(&reader, piece);
        given += piece;
        taken += drain(&reader, &broken);
        if (!broken && reader.fill - reader.start != given - taken)
            abort();
    }
    return 0;
}
