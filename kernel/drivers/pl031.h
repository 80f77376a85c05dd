/* SPDX-License-Identifier: Apache-2.0 */
/* The ARM PL031 real-time clock (ARM DDI 0224). */
#ifndef KERNEL_DRIVERS_PL031_H
#define KERNEL_DRIVERS_PL031_H

#include "lib/types.h"

/* pl031_read_s - seconds since 1970, read from the registers at `base`. */
uint32_t pl031_read_s(volatile void *base);

#endif
