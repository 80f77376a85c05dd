/* SPDX-License-Identifier: Apache-2.0 */
/* A thread: a task of a process. Fields belong to the thread itself unless a lock is named. */
#ifndef KERNEL_LINUX_THREAD_H
#define KERNEL_LINUX_THREAD_H

#include "kernel/core/task.h"
#include "kernel/linux/process.h"

/* A system call that was interrupted and goes on with the time that is left (restart_syscall). */
struct restart {
    long (*fn)(struct thread *t);
    int64_t deadline_ns;
    vaddr_t rem, uaddr;
    uint64_t key;
    uint32_t value, bitset;
};

struct thread {
    struct task task;
    struct process *process;
    int tid;
    struct list siblings; /* process lock */
    char name[16];
    uint64_t dice;        /* thrown for it; inject.c */
    bool refusable;       /* its system call may be refused memory; inject.c */
    uint32_t reported;    /* the last dump that its own CPU told of it; dump.c */
    char traced_name[16]; /* what --trace has told of it; tracing.c */

    struct sigqueue pending; /* process lock; for this thread alone */
    uint64_t blocked;        /* written by the thread under the process lock */
    uint64_t saved_blocked;  /* to go back to after sigsuspend, ppoll, epoll_pwait */
    bool restore_blocked;
    struct linux_stack altstack;
    bool forced; /* forced_info goes before all that is pending: a fault's own signal. What it
                    doesn't use is zero */
    struct linux_siginfo forced_info;
    uint64_t fault_address, fault_esr; /* of the last fault, for its signal frame */
    struct restart restart;
    uint64_t awaited; /* process lock; signals that rt_sigtimedwait takes */

    bool keep_capabilities; /* PR_SET_KEEPCAPS */
    bool last;         /* of its process, not the first one's: takes it along when it is gone */
    vaddr_t clear_tid; /* 0: none */
    vaddr_t robust_list;
};

static inline struct thread *thread_of(struct task *t)
{
    return container_of(t, struct thread, task);
}

/* thread_self - the running thread. */
struct thread *thread_self(void);

/*
 * thread_new - a thread of p that isn't started: zeroed frame, next thread id, on the process's
 * list. NULL: no memory. thread_start makes it runnable.
 */
struct thread *thread_new(struct process *p) MUST_CHECK;
void thread_start(struct thread *t);
void thread_discard(struct thread *t); /* instead of thread_start */

/* thread_inherit - what clone(2) gives the new thread of its maker, which runs: mask, name,
 * registers; it returns 0 from the same system call, on `stack` unless that is 0. */
void thread_inherit(struct thread *child, struct thread *parent, vaddr_t stack);

/* thread_last_id - the highest thread id so far; there is one sequence for all processes. */
int thread_last_id(void);

/* thread_leave_memory - of the running thread: let go of robust locks and tell who waits at
 * clear_tid. */
void thread_leave_memory(struct thread *t);

/* thread_exit - end the running thread; the last one ends the process with `status`. */
void thread_exit(int status) NORETURN;

/* thread_signal_self - send sig to the running thread, as the kernel does for SIGPIPE. */
void thread_signal_self(int sig);

#endif
