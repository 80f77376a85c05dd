/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device registers and memory shared with devices.
 *
 *     uint32_t mmio_read32(const volatile void *base, size_t offset)       and read8, read64
 *     void mmio_write32(volatile void *base, size_t offset, uint32_t value)      and write8,
 * write64
 *
 * Accesses to one device happen in program order. They are not ordered with memory; where a device
 * reads or writes memory:
 *
 *     dma_wmb()   memory writes before it are seen by the device before any write after it, of
 * memory or a register dma_rmb()   memory reads after it see at least what the device had written
 * when a read before it was done dma_mb()    both, and writes before it against reads after it
 *
 * On the host tests/fake/kernel/arch/io.h stands in for this file and leads to a model of the
 * device.
 */
#ifndef KERNEL_ARCH_IO_H
#define KERNEL_ARCH_IO_H

#include "kernel/arch/arm64/io_inline.h"

#endif
