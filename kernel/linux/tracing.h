/* SPDX-License-Identifier: Apache-2.0 */
/* --trace: every event of the flight recorder to the launcher. */
#ifndef KERNEL_LINUX_TRACING_H
#define KERNEL_LINUX_TRACING_H

#include "kernel/core/optional.h"

/* tracing_end - the last events: the program ends. Task context. */
void tracing_end(void) OPTIONAL;

#endif
