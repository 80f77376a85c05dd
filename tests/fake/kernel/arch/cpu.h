/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for kernel/arch/cpu.h on the host (-iquote tests/fake): a thread is a CPU, and says
 * which. */
#ifndef TESTS_FAKE_KERNEL_ARCH_CPU_H
#define TESTS_FAKE_KERNEL_ARCH_CPU_H

#include "kernel/arch/arm64/cpu_inline.h"
#include "lib/types.h"

#define CPU_MAX 8

extern _Thread_local unsigned fake_cpu; /* tests/fake/machine.c */

static inline unsigned cpu_index(void)
{
    return fake_cpu;
}

/* Given by the tests that need them. */
bool cpu_random(uint64_t *value);
uint64_t cpu_hwcap(void);
uint64_t cpu_hwcap2(void);

#endif
