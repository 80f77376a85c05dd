/* SPDX-License-Identifier: Apache-2.0 */
/* bench/rtg/programs/sort.rtg in C, statement by statement. */
#include "support.h"

/* Heap sort of 2,000 pseudo-random 64-bit words. */

#define words (2000)

static void sift(uintptr p, int64 root, int64 end)
{
    for (;;) {
        int64 child = 2 * root + 1;
        if (child >= end) {
            return;
        }
        if (child + 1 < end && load64(p, 8 * child) < load64(p, 8 * child + 8)) {
            child++;
        }
        int64 a = load64(p, 8 * root);
        int64 b = load64(p, 8 * child);
        if (a >= b) {
            return;
        }
        store64(p, 8 * root, b);
        store64(p, 8 * child, a);
        root = child;
    }
}

static int64 program(void)
{
    uint8_t area[16000] = {0};
    uintptr p = (uintptr)area;
    int64 state = (int64)(42);
    for (int64 i = (int64)(0); i < words; i++) {
        state = state * 6364136223846793005 + 1442695040888963407;
        store64(p, 8 * i, state >> 20);
    }
    for (int64 i = (int64)(words / 2 - 1); i >= 0; i--) {
        sift(p, i, words);
    }
    for (int64 i = (int64)(words - 1); i > 0; i--) {
        int64 a = load64(p, 0);
        store64(p, 0, load64(p, 8 * i));
        store64(p, 8 * i, a);
        sift(p, 0, i);
    }
    int64 wrong = (int64)(0);
    for (int64 i = (int64)(1); i < words; i++) {
        if (load64(p, 8 * i - 8) > load64(p, 8 * i)) {
            wrong++;
        }
    }
    PRINTF("%d out of order, median %d\n", wrong, load64(p, 8000));
    return 0;
}

static int64 program_status(void)
{
    return program();
}
