/* SPDX-License-Identifier: Apache-2.0 */
/* What CPUs say to each other by interrupt. */
#ifndef KERNEL_CORE_SGI_H
#define KERNEL_CORE_SGI_H

enum sgi {
    SGI_WAKE = 0,    /* leave the idle sleep, or look at the task's work on the way back to EL0 */
    SGI_PREEMPT = 1, /* sched_preempt() */
    SGI_STOP = 2,    /* another CPU panicked: stop for ever */
    SGI_REPORT = 3,  /* say which thread you run (kernel/linux/dump.c) */
};

#endif
