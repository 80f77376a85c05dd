/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that kernel and vDSO share: the page right before the vDSO's ELF header. It needs no
 * sequence lock: what turns ticks into time never changes once a program runs, and what does
 * (clock_settime) is a single word for each clock.
 */
#ifndef KERNEL_LINUX_VDSO_DATA_H
#define KERNEL_LINUX_VDSO_DATA_H

#include "kernel/core/timebase.h"

#define VDSO_DATA_BYTES 4096 /* from the data to the ELF header */
#define VDSO_CLOCKS     12   /* clocks 0 to 11 (enum linux_clock) */

struct vdso_data {
    uint64_t base_ticks; /* as in struct timebase */
    uint64_t s_mult;     /* VDSO_S_MULT: quicker to load than to make */
    struct scale to_ns;
    int64_t offset_ns[VDSO_CLOCKS]; /* a clock minus CLOCK_MONOTONIC */
    uint64_t random_generation;     /* > 0; another one: keys that were made before are void */
};

/* x / 10^9 is ((x >> 9) * VDSO_S_MULT / 2^64) >> 11, exactly, for every 64-bit x: 2^75 / 5^9
 * rounded up, whose error is too small to matter. */
#define VDSO_S_MULT UINT64_C(0x44b82fa09b5a53)

static inline uint64_t vdso_seconds(const struct vdso_data *d, uint64_t ns)
{
    return (uint64_t)(((unsigned __int128)(ns >> 9) * d->s_mult) >> 64) >> 11;
}

#endif
