/* SPDX-License-Identifier: Apache-2.0 */
/* Probes of abi/probe.h. Only the full image has them. */
#ifndef KERNEL_LINUX_PROBE_H
#define KERNEL_LINUX_PROBE_H

#include "kernel/arch/frame.h"
#include "kernel/core/optional.h"

/* Whether there are any; only then the functions below are there. */
extern bool probes_armed;

/* probe_hit - the program ran into the breakpoint of this number. True: it was one of ours; the
 * instruction is back, go on. Task context. */
bool probe_hit(const struct trapframe *tf, uint32_t number) OPTIONAL;

/* probes_end - the program ends: send what hasn't been sent. Any context. */
void probes_end(void) OPTIONAL;

#endif
