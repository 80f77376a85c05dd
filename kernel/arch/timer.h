/* SPDX-License-Identifier: Apache-2.0 */
/* The generic timer: a counter that all CPUs share and a one-shot comparator per CPU. No periodic
 * tick. */
#ifndef KERNEL_ARCH_TIMER_H
#define KERNEL_ARCH_TIMER_H

#include "kernel/arch/arm64/cpu_inline.h"
#include "lib/types.h"

/* timer_hw_init - this CPU's comparator off, its interrupt `intid` enabled with `handler`. Each CPU
 * once. */
void timer_hw_init(unsigned intid, void (*handler)(void *));

uint64_t timer_counter(void); /* now, in ticks */

/* timer_counter_now - the same without waiting for earlier instructions: for records of when
 * something was. (arm64/cpu_inline.h) */
uint64_t timer_frequency_hz(void);

/* timer_hw_set - interrupt when the counter reaches `ticks`; timer_hw_clear - no interrupt. This
 * CPU. */
void timer_hw_set(uint64_t ticks);
void timer_hw_clear(void);

#endif
