/* SPDX-License-Identifier: Apache-2.0 */
/* The signal mask that ppoll, pselect6 and epoll_pwait put in place while they wait. */
#ifndef KERNEL_LINUX_SIGWAIT_H
#define KERNEL_LINUX_SIGWAIT_H

#include "lib/types.h"

/* sigwait_begin - mask: address of a signal set in the program, 0 for none. From now to the end of
 * the call it is the running thread's. -EINVAL (size), -EFAULT. */
int sigwait_begin(vaddr_t mask, uint64_t size) MUST_CHECK;

#endif
