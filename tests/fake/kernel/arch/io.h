/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for kernel/arch/io.h on the host (-iquote tests/fake): a model of the device, linked
 * with the test, answers. */
#ifndef TESTS_FAKE_KERNEL_ARCH_IO_H
#define TESTS_FAKE_KERNEL_ARCH_IO_H

#include "lib/types.h"

uint32_t mmio_read32(const volatile void *base, size_t offset);
void mmio_write32(volatile void *base, size_t offset, uint32_t value);

static inline void dma_wmb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void dma_rmb(void)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif
