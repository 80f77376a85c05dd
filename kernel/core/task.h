/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A task: a G with a kernel stack, an address space and a program's registers. kernel/linux embeds
 * it in struct thread. Every park and yield of a task goes through here, since the FP registers
 * must be in memory before another CPU may run it.
 */
#ifndef KERNEL_CORE_TASK_H
#define KERNEL_CORE_TASK_H

#include "gort/sched.h"
#include "kernel/arch/fpu.h"
#include "kernel/arch/trap.h"
#include "kernel/core/wait.h"

struct aspace;
struct cpu;

/* Bits of task.work: reasons not to go straight back to EL0. Set from any CPU with task_set_work().
 */
enum task_work {
    WORK_SIGNAL = 1, /* a signal may be deliverable */
    WORK_END = 2,    /* the task is to end: its process does, or goes on with another one alone */
    WORK_MASK = 16,  /* a signal mask has to be given back */
};

struct task {
    struct g g;
    uint32_t work;                /* enum task_work */
    uint32_t id;                  /* what traces call it: the thread's id */
    struct aspace *as;            /* the address space it runs in */
    uintptr_t stack_top;          /* the trap frame is right below */
    uint64_t tls;                 /* TPIDR_EL0 while not running */
    uint64_t cpu_ticks;           /* time on CPUs up to the last switch, of the counter */
    uint64_t running_since;       /* of the current stretch; 0: not running */
    void (*begin)(struct task *); /* NULL, or kernel code that runs before the task first enters the
                                     program; fills its frame */
    void (*dead)(struct task *); /* on g0, after its last instruction: frees the memory around it */
    struct spinlock sleep_lock;
    struct sleeper *sleeper;    /* what it sleeps in, for task_interrupt; under sleep_lock */
    struct task *next_released; /* in a struct task_list */
    struct fpu_state fpu;       /* while not running */
};

/* task_self - the running task. Not from g0 or an interrupt that hit the idle loop. */
struct task *task_self(void);

/*
 * task_init - make t, zeroed memory, a task that will leave the kernel through task_frame(t), which
 * the caller fills. 0 or -ENOMEM (no kernel stack). task_start makes it runnable; task_exit ends
 * the running one.
 */
int task_init(struct task *t, struct aspace *as, void (*dead)(struct task *)) MUST_CHECK;
void task_discard(struct task *t); /* instead of task_start */
void task_start(struct task *t);
void task_exit(void) NORETURN;

static inline struct trapframe *task_frame(struct task *t)
{
    return (struct trapframe *)(t->stack_top - sizeof(struct trapframe));
}

/* task_park - g_park for the running task. task_yield, task_preempted likewise. */
void task_park(bool (*unlockf)(struct g *, void *), void *arg, uint8_t reason);
void task_yield(void);
void task_preempted(void);

/* task_use_aspace - the running task's address space is `as` from here on. */
void task_use_aspace(struct aspace *as);

/* task_set_work, task_clear_work - atomically. task_set_work doesn't wake or kick: see
 * task_interrupt. */
void task_set_work(struct task *t, uint32_t bits);
void task_clear_work(struct task *t, uint32_t bits);

/* task_interrupt - make t look at its work soon: ends an interruptible sleep, or kicks the CPU that
 * runs it. Any context. */
void task_interrupt(struct task *t);

/* task_cpu_ns - time t has had on CPUs, the current stretch included. */
int64_t task_cpu_ns(const struct task *t);

#endif
