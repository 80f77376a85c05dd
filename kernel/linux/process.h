/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process: what its threads share. The first one, pid 1, is the payload's program; its end is the
 * machine's. Others and what they are to each other: family.h.
 *
 * Locks: `lock` guards the thread list, actions, pending and limits. Order: process, then a
 * thread's sleep_lock.
 */
#ifndef KERNEL_LINUX_PROCESS_H
#define KERNEL_LINUX_PROCESS_H

#include "abi/linux_signal.h"
#include "kernel/fs/context.h"
#include "kernel/linux/creds.h"
#include "kernel/linux/exec.h"
#include "kernel/linux/family.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/itimer.h"
#include "kernel/linux/sigqueue.h"
#include "lib/list.h"

#define INIT_PID       1
#define PROCESS_LIMITS 16 /* RLIM_NLIMITS */

struct thread;

struct process_limit {
    uint64_t soft, hard; /* UINT64_MAX: unlimited */
};

struct process {
    int pid; /* constant from here on */
    struct aspace *as;
    vaddr_t vdso;
    struct exec_result image; /* where the program and its arguments are, for /proc */
    char exec_path[256];
    struct file *exe; /* what it runs since its last execve; NULL: the payload's program */
    int64_t start_ns; /* monotonic */
    struct family family;

    struct fd_table files; /* their own locks */
    struct fs_context fs;

    struct spinlock lock;
    struct list threads; /* struct thread.siblings */
    unsigned thread_count;
    struct thread *only; /* that goes on, the others were told to end; NULL: all do */
    struct linux_sigaction actions[SIG_MAX + 1];
    struct sigqueue pending; /* for the process as a whole */
    struct process_limit limits[PROCESS_LIMITS];
    struct creds creds;
    struct itimer_table timers; /* their own lock */
    int64_t ended_cpu_ns;       /* of threads that are gone */
    bool ending;
};

/* process_self - of the running thread. */
struct process *process_self(void) __attribute__((returns_nonnull));

/* process_init - the boot's first process, without threads; p is zeroed memory that stays. 0 or
 * -ENOMEM. */
int process_init(struct process *p, struct aspace *as) MUST_CHECK;

/*
 * process_end - the process is over: by exit_group or its last thread's exit (signal 0), or killed
 * by a signal. For pid 1 this tells the launcher and turns the machine off. For others it ends the
 * running thread and soon the rest. Task context, nothing held: it doesn't return.
 */
void process_end(struct process *p, int status, int signal) NORETURN;

/* process_find_thread - by thread id; the caller holds p->lock. NULL: none. */
struct thread *process_find_thread_locked(struct process *p, int tid);

/* process_rusage - what getrusage tells of so much time and memory, to the program at `at`. 0 or
 * -EFAULT. */
int process_rusage(vaddr_t at, int64_t cpu_ns, uint64_t pages, uint64_t faults) MUST_CHECK;

/* process_apply_limits - to its address space and descriptors; the caller holds p->lock. */
void process_apply_limits_locked(struct process *p);

/* process_cpu_ns - time all its threads have had on CPUs. */
int64_t process_cpu_ns(struct process *p);

#endif
