/* SPDX-License-Identifier: Apache-2.0 */
/* --inject: faults on purpose, by seed. */
#ifndef KERNEL_LINUX_INJECT_H
#define KERNEL_LINUX_INJECT_H

#include "kernel/core/optional.h"

/* Set when faults are injected. */
extern bool inject_on;

/* inject_report - how many faults there were, into the log. The program ends. */
void inject_report(void) OPTIONAL;

#endif
