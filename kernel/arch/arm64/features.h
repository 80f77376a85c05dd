/* SPDX-License-Identifier: Apache-2.0 */
/* What cpu_init() found, for this machine's own assembly and C. */
#ifndef KERNEL_ARCH_ARM64_FEATURES_H
#define KERNEL_ARCH_ARM64_FEATURES_H

#include "lib/types.h"

extern uint64_t clear_block_bytes; /* block of DC ZVA, 0: not to be used */
extern bool cpu_has_pan;

#endif
