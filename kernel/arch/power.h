/* SPDX-License-Identifier: Apache-2.0 */
/* Starting CPUs and ending the machine, through the firmware (PSCI on arm64). Any context. */
#ifndef KERNEL_ARCH_POWER_H
#define KERNEL_ARCH_POWER_H

#include "lib/types.h"

struct machine;

/* power_init - take note of how the machine's firmware is called. Returns its version (major << 16
 * | minor), 0: there is none. */
uint32_t power_init(const struct machine *m);

/*
 * power_start_cpu - let cpu (index in machine.cpus) begin at physical address `entry`, MMU off,
 * with `context` in its first register. 0; -ENODEV: no firmware or the CPU isn't under its control;
 * -EINVAL: the firmware does not know it; -EEXIST: it already runs; -EIO: the firmware failed.
 */
int power_start_cpu(unsigned cpu, paddr_t entry, uint64_t context) MUST_CHECK;

/* power_off - end the machine. Where the firmware can't, the CPU waits for ever. */
NORETURN void power_off(void);

#endif
