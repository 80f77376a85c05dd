/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What processes are to each other: parents and children, groups and sessions, the ways that
 * processes other than the first end, and the list of all. Part of the larger images: where it
 * isn't there, the first process is the only one.
 *
 * family_lock, outside every process's lock, guards lists, groups and what is known of the ended.
 */
#ifndef KERNEL_LINUX_FAMILY_H
#define KERNEL_LINUX_FAMILY_H

#include "abi/linux_signal.h"
#include "kernel/core/optional.h"
#include "kernel/core/wait.h"

struct process;
struct thread;

struct family {
    uint32_t refs;          /* atomic: one until it was waited for, one of its threads, pidfds */
    struct process *parent; /* NULL: the first process */
    int parent_pid;
    struct list children; /* struct process.family.siblings; the ended ones, too */
    struct list siblings;
    struct list all;    /* of all processes, until it was waited for */
    int group, session; /* ids of process group and session */
    int exit_signal;    /* to the parent at its end; 0: none */
    int death_signal;   /* to it at the parent's end (PR_SET_PDEATHSIG); 0: none */
    bool executed;      /* called execve: the parent can't change its group any more */
    bool shares;        /* the parent's memory, which CLONE_VFORK waits for */
    bool ended, reaped;
    int status;               /* for wait4; set when the end begins */
    int64_t cpu_ns;           /* that it took, once ended */
    int64_t children_cpu_ns;  /* of children that were waited for */
    struct waitq child_ended; /* waits of its own threads for children */
    struct waitq changed;     /* it ended, gave memory back, or lost a thread that execve awaits */
};

extern struct spinlock family_lock;
/* This image has what is declared OPTIONAL below. Where nothing sets it the linker leaves out what
 * is behind it. (process.c) */
extern bool family_here;

/* family_init - p is nobody's yet. family_join - it, whose pid is set, becomes a child of `maker`
 * or, as a sibling, of its parent, with the maker's group and session. */
void family_init(struct family *f);
void family_join(struct process *p, struct process *maker, bool sibling);

/* family_find - the process with that id, not waited for yet, with a reference; NULL: none.
 * family_next - the lowest id at or above `from`, 0: none. family_get, family_put - a reference
 * more or less. */
OPTIONAL struct process *family_find(int pid) MUST_CHECK;
OPTIONAL int family_next(int from);
struct process *family_get(struct process *p);
OPTIONAL void family_put(struct process *p);

/* family_has_group - is there such a group in the session? The caller holds family_lock. */
bool family_has_group_locked(int group, int session);

/* family_reap - what remains of an ended child has been told: its number is free. The caller holds
 * family_lock, and owns a reference from then on. */
void family_reap_locked(struct process *p);

/* family_shares_no_more - p has memory of its own, or none any more. */
void family_shares_no_more(struct process *p);

/* family_end_others - tell all threads of the running one's process but itself to end. False: it is
 * to end itself, for another was faster. */
bool family_end_others(struct thread *self, bool for_good, int status) MUST_CHECK;

/* family_exit - process_end for processes other than the first. family_end - the running thread is
 * the last of such a process: give everything back, tell the parent. family_gone - and now it runs
 * no more; g0. */
OPTIONAL void family_exit(struct process *p, int status, int signal) NORETURN;
OPTIONAL void family_end(struct thread *t, int status);
OPTIONAL void family_gone(struct process *p);

/* family_thread_left - a thread is gone, which another of p may wait for; p->lock is held. */
OPTIONAL void family_thread_left_locked(struct process *p);

/* family_signal - kill(2): to a process by its id, to a group (0: the caller's, below -1: by
 * number), to all (-1). family_signal_thread - tgkill(2) to a thread of another process; pid -1:
 * whichever has it. 0, -ESRCH, -EPERM. */
OPTIONAL long family_signal(int pid, const struct linux_siginfo *info);
OPTIONAL long family_signal_thread(int pid, int tid, const struct linux_siginfo *info);

/* family_may_signal - may the running process send it one? */
bool family_may_signal(const struct process *to);

/* family_reach - the process with that id, with a reference. NULL and *err: -ESRCH; -EPERM, if
 * `inside`: the running one may not look into it or change it (ptrace(2)). For that all ids have to
 * be the caller's, or the caller root. */
OPTIONAL struct process *family_reach(int pid, bool inside, int *err) MUST_CHECK;

/* family_wait4, family_waitid - the system calls, their options checked. */
OPTIONAL long family_wait4(int pid, vaddr_t status, int options, vaddr_t rusage);
OPTIONAL long family_waitid(int type, int id, vaddr_t info, int options, vaddr_t rusage);

/* process_clone - clone(2) without CLONE_THREAD. */
OPTIONAL long process_clone(uint64_t flags, vaddr_t stack, vaddr_t ptid, vaddr_t tls, vaddr_t ctid);

#endif
