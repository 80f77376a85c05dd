/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that kernel and vDSO share: the page right before the vDSO's ELF header. It needs no
 * sequence lock: the timebase never changes once a program runs, and what does (clock_settime) is a
 * single word.
 */
#ifndef KERNEL_LINUX_VDSO_DATA_H
#define KERNEL_LINUX_VDSO_DATA_H

#include "kernel/core/timebase.h"

#define VDSO_DATA_BYTES 4096 /* from the data to the ELF header */

struct vdso_data {
    struct timebase timebase;
    int64_t
        wall_offset_ns; /* CLOCK_REALTIME minus CLOCK_MONOTONIC; the vDSO reads it with one load */
};

#endif
