/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/dump.h"
#include "kernel/core/log.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"

/* The frame of a running thread is the one of its last entry; that is said by its state. */
static void dump_one(struct g *gp, void *arg)
{
    (void)arg;
    struct thread *t = thread_of(container_of(gp, struct task, g));
    const struct trapframe *tf = task_frame(&t->task);
    const char *call = tf->syscall >= 0 ? syscall_name((uint64_t)tf->syscall) : NULL;
    klog(LOG_ERR, "thread %d %s, %s%s, pc %lx, sp %lx, lr %lx, %ld us of CPU time", t->tid,
         gstatus_name(readgstatus(gp)), call ? "in " : "in the program", call ? call : "", tf->pc,
         tf->sp, tf->regs[30], (long)(task_cpu_ns(&t->task) / 1000));
}

void threads_dump(void)
{
    klog(LOG_ERR, "%lu threads:", (unsigned long)sched_live());
    sched_foreach(dump_one, NULL);
}
