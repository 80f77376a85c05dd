/* SPDX-License-Identifier: Apache-2.0 */
/* The ChaCha20 block function (RFC 8439, 2.3). */
#ifndef LIB_CHACHA20_H
#define LIB_CHACHA20_H

#include "lib/types.h"

#define CHACHA20_KEY_BYTES   32
#define CHACHA20_NONCE_BYTES 12
#define CHACHA20_BLOCK_BYTES 64

/* state: constants, key, counter, nonce as little-endian words. state[12] is the counter: the
 * caller advances it. */
struct chacha20 {
    uint32_t state[16];
};

/* chacha20_init - key, nonce and the first block's number. */
void chacha20_init(struct chacha20 *c, const uint8_t key[CHACHA20_KEY_BYTES],
                   const uint8_t nonce[CHACHA20_NONCE_BYTES], uint32_t counter);

/* chacha20_block - 64 bytes of key stream for the current counter, which is then advanced by one
 * (wrapping). */
void chacha20_block(struct chacha20 *c, uint8_t out[CHACHA20_BLOCK_BYTES]);

#endif
