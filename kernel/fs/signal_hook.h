/* SPDX-License-Identifier: Apache-2.0 */
/* The one thing that files tell the Linux personality: kernel/linux/thread.c defines it, host tests
 * have a fake. */
#ifndef KERNEL_FS_SIGNAL_HOOK_H
#define KERNEL_FS_SIGNAL_HOOK_H

#define LINUX_SIGPIPE 13

/* thread_signal_self - send signal sig to the running thread, as the kernel would. Task context, no
 * spinlock. */
void thread_signal_self(int sig);

#endif
