/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device registers and memory shared with devices: mmio_read32(base, offset), read8, read16,
 * read64, mmio_write32(base, offset, value) and write8, write16, write64.
 *
 * Accesses to one device happen in program order. They are not ordered with memory; where a device
 * reads or writes memory, dma_wmb() lets it see what was written before as soon as it sees any
 * later write, of memory or a register, and dma_rmb() lets us see all that it had written when it
 * wrote what we have just read.
 *
 * On the host tests/fake/kernel/arch/io.h stands in for this file and leads to a model of the
 * device.
 */
#ifndef KERNEL_ARCH_IO_H
#define KERNEL_ARCH_IO_H

#include "kernel/arch/arm64/io_inline.h"

#endif
