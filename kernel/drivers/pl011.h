/* SPDX-License-Identifier: Apache-2.0 */
/* The ARM PL011 UART (ARM DDI 0183), polled output: usable as the first thing at boot, MMU off or
 * on, and from a panic. */
#ifndef KERNEL_DRIVERS_PL011_H
#define KERNEL_DRIVERS_PL011_H

#include "lib/types.h"

/* pl011_init - write to the registers at `base` from now on (physical while the MMU is off, from
 * mmio_map later; NULL: drop all text). The line's speed stays as the firmware left it. */
void pl011_init(volatile void *base);

/* pl011_write - send bytes, "\n" as "\r\n"; waits for room in the FIFO, and gives up on a line that
 * does not move. Any context; text of CPUs that write at the same time may mix. */
void pl011_write(const char *text, size_t size_bytes);

#endif
