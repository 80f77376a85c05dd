/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers that send signals: setitimer's three and timer_create's (setitimer(2), timer_create(2)).
 *
 * Each rests on one timer of the scheduler. On a clock of real time that fires when it is due. On a
 * clock of CPU time it fires at the earliest moment at which the time can be up, every CPU running
 * for the process, looks, and sets itself anew.
 */
#ifndef KERNEL_LINUX_ITIMER_H
#define KERNEL_LINUX_ITIMER_H

#include "abi/linux_signal.h"
#include "gort/timer.h"
#include "kernel/core/lock.h"
#include "lib/list.h"

struct process;

enum { ITIMER_REAL = 0, ITIMER_VIRTUAL = 1, ITIMER_PROF = 2, ITIMER_COUNT };

struct itimer {
    struct timer timer;
    struct process *process;
    struct list node; /* of timer_create's, in the process */
    int id;
    int clock;     /* enum linux_clock: monotonic time, or CPU time of process or thread */
    int clock_tid; /* whose CPU time, for the thread's */
    bool real;     /* absolute times are given in real time: turned into monotonic when it is set */
    struct linux_siginfo info; /* what is sent; signo 0: nothing */
    int target_tid;            /* 0: the process */

    struct spinlock lock; /* guards what follows; taken by the callback */
    bool armed;
    int64_t due_ns, interval_ns; /* on its clock */
    int overrun;
};

struct itimer_table {
    struct spinlock lock; /* guards the list */
    struct list created;
    uint32_t next_id; /* atomic */
    struct itimer classic[ITIMER_COUNT];
};

/* itimer_table_init - nothing armed. */
void itimer_table_init(struct itimer_table *t, struct process *p);

/* itimer_table_exec - delete what timer_create made, as execve does. itimer_table_exit -
 * everything. The process has one thread left. */
void itimer_table_exec(struct itimer_table *t);
void itimer_table_exit(struct itimer_table *t);

#endif
