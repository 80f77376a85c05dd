/* SPDX-License-Identifier: Apache-2.0 */
/* Breaking the kernel on purpose, so that tests see what a broken kernel says. */
#ifndef KERNEL_INIT_CRASH_H
#define KERNEL_INIT_CRASH_H

/* crash_if_asked - do what the option crash= says; nothing without it. End of the boot. */
void crash_if_asked(void);

#endif
