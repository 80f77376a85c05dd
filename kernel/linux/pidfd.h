/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors that stand for processes (pidfd_open(2)). */
#ifndef KERNEL_LINUX_PIDFD_H
#define KERNEL_LINUX_PIDFD_H

#include "kernel/fs/file.h"
#include "kernel/linux/process.h"

/* pidfd_give - a new descriptor of p, its number to the program at `at`. 0, or an error and there
 * is none. */
int pidfd_give(struct process *p, vaddr_t at) MUST_CHECK;

/* pidfd_process - whom f stands for, a reference; NULL: it is another kind of file. *nonblock:
 * whether waiting for it is refused. */
struct process *pidfd_process(struct file *f) MUST_CHECK;

#endif
