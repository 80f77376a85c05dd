/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for kernel/arch/arm64/cpu_inline.h on the host (-iquote tests/fake): what of it the
 * tested files need. The functions are given by the tests that need them. */
#ifndef TESTS_FAKE_KERNEL_ARCH_ARM64_CPU_INLINE_H
#define TESTS_FAKE_KERNEL_ARCH_ARM64_CPU_INLINE_H

#include "lib/types.h"

void *cpu_pointer(void);
void cpu_wait(void);
uint64_t timer_counter_now(void);

static inline void cpu_relax(void)
{
}

#endif
