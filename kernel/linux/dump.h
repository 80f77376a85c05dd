/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody is doing: for the launcher's LINK_DUMP (Ctrl-T, SIGUSR1, --timeout). */
#ifndef KERNEL_LINUX_DUMP_H
#define KERNEL_LINUX_DUMP_H

/* dump_init - threads_dump may be called. Boot. */
void dump_init(void);

/* threads_dump - tell the launcher of every thread: where it is, what it waits for. Running ones
 * are asked; a CPU that doesn't answer is told. Interrupt context. */
void threads_dump(void);

/* thread_report_unknown - tell it of the running thread, as LINK_UNKNOWN. In a system call, no lock
 * held. */
void thread_report_unknown(void);

#endif
