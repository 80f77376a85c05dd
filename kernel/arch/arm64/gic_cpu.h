/* SPDX-License-Identifier: Apache-2.0 */
/* The GICv3 CPU interface's system registers (ARM IHI 0069, chapter 12.2). */
#ifndef KERNEL_ARCH_ARM64_GIC_CPU_H
#define KERNEL_ARCH_ARM64_GIC_CPU_H

#include "lib/types.h"

#define GIC_CPU_READ(name, reg)                                   \
    static inline uint64_t gic_cpu_read_##name(void)              \
    {                                                             \
        uint64_t value;                                           \
        __asm__ volatile("mrs %0, " reg : "=r"(value)::"memory"); \
        return value;                                             \
    }

#define GIC_CPU_WRITE(name, reg)                                            \
    static inline void gic_cpu_write_##name(uint64_t value)                 \
    {                                                                       \
        __asm__ volatile("msr " reg ", %0\n\tisb" ::"r"(value) : "memory"); \
    }

GIC_CPU_READ(iar, "ICC_IAR1_EL1")
GIC_CPU_WRITE(eoir, "ICC_EOIR1_EL1")
GIC_CPU_READ(sre, "ICC_SRE_EL1")
GIC_CPU_WRITE(sre, "ICC_SRE_EL1")
GIC_CPU_WRITE(pmr, "ICC_PMR_EL1")
GIC_CPU_WRITE(bpr, "ICC_BPR1_EL1")
GIC_CPU_WRITE(ctlr, "ICC_CTLR_EL1")
GIC_CPU_WRITE(igrpen, "ICC_IGRPEN1_EL1")

/* gic_cpu_send - ICC_SGI1R_EL1, after what was written before it has become visible to the CPUs
 * that get the interrupt. */
static inline void gic_cpu_send(uint64_t value)
{
    __asm__ volatile("dsb ishst\n\tmsr ICC_SGI1R_EL1, %0\n\tisb" ::"r"(value) : "memory");
}

#endif
