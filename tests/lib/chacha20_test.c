/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors of RFC 8439: section 2.3.2 and appendix A.1. */
#include "lib/chacha20.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void from_hex(const char *hex, uint8_t *out, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
                           (strchr(digits, hex[2 * i + 1]) - digits));
    assert_int_equal(hex[2 * size], 0);
}

static void vector(const char *key_hex, const char *nonce_hex, uint32_t counter,
                   const char *stream_hex)
{
    uint8_t key[32], nonce[12], expected[64], got[64];
    struct chacha20 c;

    from_hex(key_hex, key, 32);
    from_hex(nonce_hex, nonce, 12);
    from_hex(stream_hex, expected, 64);
    chacha20_init(&c, key, nonce, counter);
    chacha20_block(&c, got);
    assert_memory_equal(got, expected, 64);
    assert_int_equal(c.state[12], counter + 1);
}

#define ZERO16 "00000000000000000000000000000000"
#define ZERO24 "000000000000000000000000"

static void vectors(void **state)
{
    (void)state;
    vector("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
           "000000090000004a00000000", 1,
           "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
           "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
    vector(ZERO16 ZERO16, ZERO24, 0,
           "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
           "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586");
    vector(ZERO16 ZERO16, ZERO24, 1,
           "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
           "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
    vector(ZERO16 ZERO16, "000000000000000000000002", 0,
           "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
           "8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
