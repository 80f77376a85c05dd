/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU this code runs on: identity, features, waiting, power. */
#ifndef KERNEL_ARCH_CPU_H
#define KERNEL_ARCH_CPU_H

#include "lib/types.h"
#include "kernel/arch/arm64/cpu_inline.h"

#define CPU_MAX 8

/* cpu_pointer - this CPU's struct cpu (arm64/cpu_inline.h). Read afresh each time: a task may move
 * at any park. cpu_relax - one turn of a spin loop.   cpu_wait - sleep until an interrupt is
 * pending (masked or not). */

/* cpu_index - number of this CPU, 0 is the boot CPU. */
unsigned cpu_index(void);

/* cpu_affinity - the identity by which the device tree and the interrupt controller know this CPU
 * (MPIDR_EL1). */
uint64_t cpu_affinity(void);

/* cpu_init - set this CPU up for programs: feature registers, EL0 access to counter and cache
 * maintenance, FP. Each CPU once. */
void cpu_init(void);

/* cpu_hwcap, cpu_hwcap2 - AT_HWCAP and AT_HWCAP2 of Linux for what this CPU has and the kernel
 * saves. */
uint64_t cpu_hwcap(void);
uint64_t cpu_hwcap2(void);

/* cpu_random - a random number from the CPU's own generator. False when it has none or it failed.
 */
bool cpu_random(uint64_t *value);

/* cpu_id_register - what a program reads from an ID register that traps (op0 3, op1 0, CRn 0):
 * sanitized. */
uint64_t cpu_id_register(unsigned crm, unsigned op2);

#endif
