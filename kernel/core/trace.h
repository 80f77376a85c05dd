/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flight recorder: each CPU remembers its last events in a ring, always, for a few instructions
 * each. A panic prints it. A record is two words: the counter's ticks, and a kind in the top byte
 * of what it is about. Only the CPU itself writes its ring.
 */
#ifndef KERNEL_CORE_TRACE_H
#define KERNEL_CORE_TRACE_H

#include "kernel/arch/timer.h"
#include "kernel/core/cpu.h"

enum trace_kind {
    TRACE_SYSCALL = 0, /* its number; written by vectors.S */
    TRACE_FAULT = 1,   /* the program's address */
    TRACE_SWITCH = 2,  /* the task's G's id */
    TRACE_IRQ = 3,     /* where the program was */
};

#define TRACE_KIND_SHIFT 56

static inline void trace_event(enum trace_kind kind, uint64_t about)
{
    struct cpu *cpu = cpu_self();
    struct trace_record *r = &cpu->trace[cpu->trace_count++ % TRACE_RECORDS];
    r->ticks = timer_counter_now();
    r->event =
        (uint64_t)kind << TRACE_KIND_SHIFT | (about & ((UINT64_C(1) << TRACE_KIND_SHIFT) - 1));
}

/* trace_print - the last events of this CPU, oldest first, one line each through print(line). Any
 * context. */
void trace_print(void (*print)(const char *line));

#endif
