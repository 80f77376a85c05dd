/* SPDX-License-Identifier: Apache-2.0 */
/* What files tell and ask the Linux personality: kernel/linux/ defines it, host tests have fakes.
 */
#ifndef KERNEL_FS_SIGNAL_HOOK_H
#define KERNEL_FS_SIGNAL_HOOK_H

#include "lib/types.h"

#define LINUX_SIGPIPE 13

/* thread_signal_self - send signal sig to the running thread, as the kernel would. Task context, no
 * spinlock. */
void thread_signal_self(int sig);

/* thread_is_ending - is there a signal for the running thread that will end the program? Task
 * context, no spinlock. kernel/linux/signal.c. */
bool thread_is_ending(void);

#endif
