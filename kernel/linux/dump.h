/* SPDX-License-Identifier: Apache-2.0 */
/* What everybody is doing: for the launcher's LINK_DUMP (Ctrl-T, --timeout). */
#ifndef KERNEL_LINUX_DUMP_H
#define KERNEL_LINUX_DUMP_H

/* threads_dump - every thread with its state, the system call it is in and where it came from, as
 * log text. Interrupt context. */
void threads_dump(void);

#endif
