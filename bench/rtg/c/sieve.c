/* SPDX-License-Identifier: Apache-2.0 */
/* bench/rtg/programs/sieve.rtg in C, statement by statement. */
#include "support.h"

/* Primes below 20,000 by Eratosthenes' sieve. */

#define limit (20000)

static int64 program(void)
{
    uint8_t composite[limit] = {0};
    int64 count = (int64)(0);
    for (int64 i = (int64)(2); i < limit; i++) {
        if (load8(composite, i) != 0) {
            continue;
        }
        count++;
        for (int64 k = i * i; k < limit; k += i) {
            store8(composite, k, 1);
        }
    }
    PRINTF("%d primes\n", count);
    return 0;
}

static int64 program_status(void)
{
    return program();
}
