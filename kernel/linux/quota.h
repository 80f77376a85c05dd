/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU quota: option cpu_max="QUOTA PERIOD" in microseconds, as a cgroup's cpu.max. */
#ifndef KERNEL_LINUX_QUOTA_H
#define KERNEL_LINUX_QUOTA_H

#include "kernel/core/optional.h"

/* Set while the period's quota is used up: nobody goes back to the program. */
extern bool quota_spent;

/* quota_wait - until the next period. On the way back to the program, nothing held. */
void quota_wait(void) OPTIONAL;

#endif
