/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page that kernel and vDSO share. It needs no sequence lock: the timebase never changes once a program runs, and the one thing that
 * does (clock_settime) is a single word. Symbol: vdso_data, the page right before the vDSO's first.
 */
#ifndef KERNEL_LINUX_VDSO_DATA_H
#define KERNEL_LINUX_VDSO_DATA_H

#include "kernel/core/timebase.h"

struct vdso_data {
    struct timebase timebase;
    int64_t wall_offset_ns; /* CLOCK_REALTIME minus CLOCK_MONOTONIC; the vDSO reads it with one load */
};

#endif
