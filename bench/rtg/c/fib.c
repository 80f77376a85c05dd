/* SPDX-License-Identifier: Apache-2.0 */
/* bench/rtg/programs/fib.rtg in C, statement by statement. */
#include "support.h"

/* Fibonacci numbers by recursion, and their digits by division. */

static int64 fib(int64 n)
{
    if (n < 2) {
        return n;
    }
    return fib(n - 1) + fib(n - 2);
}

static int64 program(void)
{
    for (int64 i = (int64)(0); i < 22; i++) {
        PRINTF("%d ", fib(i));
    }
    print("\n", sizeof "\n" - 1);
    return 0;
}

static int64 program_status(void)
{
    return program();
}
