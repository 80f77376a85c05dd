/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offsets of fields that assembly uses. Compiled to assembly text only: each line comes out as
 * `.ascii "->NAME value"`, from which kernel/mod.mk makes build/kernel-arm64/offsets.h. So nothing
 * has to be kept in step by hand.
 */
#include "kernel/arch/arm64/frame.h"
#include "kernel/core/cpu.h"
#include "kernel/core/task.h"

#define OFFSET(name, type, field) \
    __asm__ volatile(".ascii \"->" #name " %0\"" ::"i"(offsetof(type, field)))

void offsets(void);

void offsets(void)
{
    OFFSET(TF_SP, struct trapframe, sp);
    OFFSET(TF_PC, struct trapframe, pc);
    OFFSET(TF_ORIG_X0, struct trapframe, orig_x0);
    OFFSET(TF_SYSCALL, struct trapframe, syscall);
    OFFSET(CPU_TASK, struct cpu, task);
    OFFSET(CPU_SYSCALLS, struct cpu, syscalls);
    OFFSET(CPU_STACK_TOP, struct cpu, stack_top);
    OFFSET(CPU_TRACE_COUNT, struct cpu, trace_count);
    OFFSET(CPU_TRACE, struct cpu, trace);
    OFFSET(CPU_NEED_RESCHED, struct cpu, m.need_resched);
    OFFSET(TASK_WORK, struct task, work);
}
