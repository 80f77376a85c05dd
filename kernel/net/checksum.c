/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/net/checksum.h. RFC 1071, section 2: the words may be added in any grouping. Halves of
 * 64-bit words go into one wide sum, where no carry is lost for 2 GiB.
 */
#include "kernel/net/checksum.h"

#include "lib/str.h"

enum { WORD = sizeof(uint64_t), STRIDE = 4 * WORD };

static uint64_t add_word(uint64_t sum, const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, WORD);
    return sum + (uint32_t)word + (word >> 32);
}

static uint64_t add_two(uint64_t sum, const uint8_t *at)
{
    return add_word(add_word(sum, at), at + WORD);
}

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)sum;
}

uint16_t checksum_sum(const void *bytes, int size)
{
    const uint8_t *at = bytes;
    uint8_t rest[WORD] = {0};
    uint64_t sum = 0;
    for (; size >= STRIDE; size -= STRIDE, at += STRIDE)
        sum = add_two(add_two(sum, at), at + 2 * WORD);
    for (; size >= WORD; size -= WORD, at += WORD)
        sum = add_word(sum, at);
    memcpy(rest, at, (size_t)size);
    return fold(add_word(sum, rest));
}
