/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KERNEL_ARCH_ARM64_CPU_INLINE_H
#define KERNEL_ARCH_ARM64_CPU_INLINE_H

#include "lib/types.h"

static inline void *cpu_pointer(void)
{
    void *p;
    __asm__ volatile("mrs %0, tpidr_el1" : "=r"(p));
    return p;
}

static inline void cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

static inline void cpu_wait(void)
{
    __asm__ volatile("dsb sy\n\twfi" ::: "memory");
}

#define sysreg_read(reg)                              \
    ({                                                \
        uint64_t v_;                                  \
        __asm__ volatile("mrs %0, " #reg : "=r"(v_)); \
        v_;                                           \
    })

#define sysreg_write(reg, value) __asm__ volatile("msr " #reg ", %x0" ::"rZ"((uint64_t)(value)))

static inline uint64_t timer_counter_now(void)
{
    return sysreg_read(cntvct_el0);
}

#define barrier_isb() __asm__ volatile("isb" ::: "memory")

#endif
