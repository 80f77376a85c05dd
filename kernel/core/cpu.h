/* SPDX-License-Identifier: Apache-2.0 */
/* What each CPU owns. The running CPU's struct is behind cpu_self(); other CPUs' fields are read
 * only where said so. */
#ifndef KERNEL_CORE_CPU_H
#define KERNEL_CORE_CPU_H

#include "gort/sched.h"
#include "kernel/arch/cpu.h"

struct aspace;
struct task;

/* One event of the flight recorder: kernel/core/trace.h. */
struct trace_record {
    uint64_t ticks;
    uint64_t event;
};

#define TRACE_RECORDS 16 /* of the ring that each CPU has from the start: a power of two */

struct cpu {
    struct task *task;   /* the user one that runs or ran last here; not NULL once the first has */
    uint64_t syscalls;   /* system calls begun here */
    uintptr_t stack_top; /* of the scheduler's (g0's) stack */
    struct g *g;         /* what port_getg() returns */
    uintptr_t stack_guard;      /* the stack protector's word; 0 until the boot makes it random */
    uint64_t trace_count;       /* events ever recorded */
    struct trace_record *trace; /* the ring they go to, of trace_mask + 1 records */
    uint64_t trace_mask;
    struct trace_record trace_first[TRACE_RECORDS];
    struct aspace *as; /* whose page tables are active; NULL before the first task */
    struct m m;

    unsigned index; /* 0 is the boot CPU */
    uint64_t mpidr;
    bool online;
    bool wake_pending; /* another CPU's port_m_wake, until port_m_sleep takes it */
    uint64_t faults, switches, interrupts;
    uint64_t busy_ticks; /* of tasks that have run here, but for the one that does now */
};

#ifdef STACK_GUARD_OFFSET
_Static_assert(offsetof(struct cpu, stack_guard) == STACK_GUARD_OFFSET, "as kernel/mod.mk says");
#endif

extern struct cpu cpus[CPU_MAX];
extern unsigned cpu_count; /* CPUs that the machine has and we use */

static inline struct cpu *cpu_self(void)
{
    return (struct cpu *)cpu_pointer();
}

#endif
