/* SPDX-License-Identifier: Apache-2.0 */
/* A machine on the host for tests of the kernel's memory: some RAM, a number for the running CPU,
 * an end for panics. */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include "lib/types.h"

/* fake_ram - size_bytes of memory at a multiple of 2 MiB, filled with a pattern (RAM isn't zero at
 * reset). Given back by fake_ram_free. */
paddr_t fake_ram(uint64_t size_bytes);
void fake_ram_free(paddr_t pa, uint64_t size_bytes);

/* random_next - a repeatable sequence (xorshift64*). random_below - 0 to n - 1. */
uint64_t random_next(void);
uint64_t random_below(uint64_t n);
void random_seed(uint64_t seed);

#endif
