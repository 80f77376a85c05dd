/* SPDX-License-Identifier: Apache-2.0 */
/* See kernel/arch/io.h. Plain base-register loads and stores: a hypervisor can decode them from the
 * syndrome register alone. */
#ifndef KERNEL_ARCH_ARM64_IO_INLINE_H
#define KERNEL_ARCH_ARM64_IO_INLINE_H

#include "lib/types.h"

#define MMIO_READ(bits, type, insn, width)                                       \
    static inline type mmio_read##bits(const volatile void *base, size_t offset) \
    {                                                                            \
        type value;                                                              \
        __asm__ volatile(insn " %" width "0, [%1]"                               \
                         : "=r"(value)                                           \
                         : "r"((const volatile char *)base + offset)             \
                         : "memory");                                            \
        return value;                                                            \
    }

#define MMIO_WRITE(bits, type, insn, width)                                             \
    static inline void mmio_write##bits(volatile void *base, size_t offset, type value) \
    {                                                                                   \
        __asm__ volatile(insn " %" width "0, [%1]"                                      \
                         :                                                              \
                         : "r"(value), "r"((volatile char *)base + offset)              \
                         : "memory");                                                   \
    }

MMIO_READ(8, uint8_t, "ldrb", "w")
MMIO_READ(16, uint16_t, "ldrh", "w")
MMIO_READ(32, uint32_t, "ldr", "w")
MMIO_READ(64, uint64_t, "ldr", "x")
MMIO_WRITE(8, uint8_t, "strb", "w")
MMIO_WRITE(16, uint16_t, "strh", "w")
MMIO_WRITE(32, uint32_t, "str", "w")
MMIO_WRITE(64, uint64_t, "str", "x")

static inline void dma_wmb(void)
{
    __asm__ volatile("dmb oshst" ::: "memory");
}

static inline void dma_rmb(void)
{
    __asm__ volatile("dmb oshld" ::: "memory");
}

#endif
