/* SPDX-License-Identifier: Apache-2.0 */
/* bench/rtg/programs/crc.rtg in C, statement by statement. */
#include "support.h"

/* CRC-32 of 20,000 bytes, bit by bit. */

#define size (20000)

static uint64 crc(uintptr p, int64 n)
{
    int64 sum = (uint64)(0xffffffff);
    for (int64 i = (int64)(0); i < n; i++) {
        sum ^= (uint64)(load8(p, i));
        for (int64 bit = (int64)(0); bit < 8; bit++) {
            if (sum & 1 != 0) {
                sum = sum >> 1 ^ 0xedb88320;
            } else {
                sum >>= 1;
            }
        }
    }
    return sum ^ 0xffffffff;
}

static int64 program(void)
{
    uint8_t area[size] = {0};
    uintptr p = (uintptr)area;
    for (int64 i = (int64)(0); i < size; i++) {
        store8(p, i, i * 7);
    }
    PRINTF("%x\n", crc(p, size));
    return 0;
}

static int64 program_status(void)
{
    return program();
}
