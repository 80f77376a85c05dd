/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtqueue whose device writes anything: each input byte gives a buffer, or lets the device put
 * something into the used ring, or takes back. A buffer that comes back must have been with the
 * device, and nothing comes after the queue is found broken.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "kernel/drivers/virtio/ring.h"
#include "tests/drivers/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

enum { SIZE = 8 };

static _Alignas(4096) uint8_t memory[4096];

static void device_writes(const uint8_t *input)
{
    uint8_t *used =
        memory + 192; /* 8 descriptors, 22 bytes of available ring, up to a multiple of 64 */
    uint16_t idx;
    memcpy(&idx, used + 2, 2);
    memset(used + 4 + 8 * (idx % SIZE), 0, 8);
    used[4 + 8 * (idx % SIZE)] = input[1];
    used[4 + 8 * (idx % SIZE) + 4] = input[2];
    used[4 + 8 * (idx % SIZE) + 5] = input[3] & 1;
    idx = (uint16_t)(idx + (input[3] & 0x80 ? input[3] : 1));
    memcpy(used + 2, &idx, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct virtq q;
    bool out[SIZE] = {false};
    memset(memory, 0, sizeof memory);
    virtq_init(&q, memory, SIZE);
    CHECK((const uint8_t *)q.used == memory + 192 && virtq_bytes(SIZE) == 320);
    for (unsigned i = 0; i < SIZE; i++)
        virtq_bind(&q, i, 0x1000 + i, i % 2);
    for (; size >= 4; input += 4, size -= 4) {
        unsigned i = input[1] % SIZE;
        uint32_t bytes = 0;
        bool was_broken = q.broken;
        if (input[0] % 4 == 0 && !out[i]) {
            virtq_give(&q, i, 256);
            out[i] = true;
        } else if (input[0] % 4 == 1) {
            device_writes(input);
        } else {
            int got = virtq_take(&q, &bytes);
            CHECK(got == -EAGAIN || got == -EIO ||
                  (got >= 0 && got < SIZE && out[got] && bytes <= (got % 2 ? 256u : 0u)));
            CHECK(!was_broken || got == -EIO);
            if (got >= 0)
                out[got] = false;
        }
    }
    return 0;
}
