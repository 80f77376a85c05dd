/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables about processes share. */
#ifndef KERNEL_LINUX_PROC_PROCESS_H
#define KERNEL_LINUX_PROC_PROCESS_H

#include "kernel/fs/pseudo.h"
#include "kernel/linux/process.h"

/* An entry's arg: the process, and a thread, descriptor or 0. The first process is 0, too, so that
 * its names can be remembered. */
#define PROC_ARG(pid, number)      ((uint64_t)(number) | ((pid) == INIT_PID ? 0 : (uint64_t)(pid) << 32))
#define PROC_ARG_PID(arg)          ((arg) >> 32 ? (int)((arg) >> 32) : INIT_PID)
#define PROC_ARG_NUMBER(arg)       ((uint32_t)(arg))
#define PROC_ARG_WITH(arg, number) (((arg) & ~(uint64_t)UINT32_MAX) | (number))

/* proc_subject - the process that arg is about, until proc_done. NULL and *err: -ESRCH: it is gone;
 * -EACCES: what is asked for is secret, and the caller must not know. */
struct process *proc_subject(uint64_t arg, bool secret, int *err);
void proc_done(struct process *p);

/* proc_memory - the subject's, until proc_memory_done; NULL: it has none any more. */
struct aspace *proc_memory(struct process *p);
void proc_memory_done(struct aspace *as);

/* proc_show_maps - /proc/PID/maps (proc_maps.c). */
void proc_show_maps(struct text *t, uint64_t arg);

#endif
