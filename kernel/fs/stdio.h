/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input, output and error: files over the console. Each is a terminal or a pipe's end, as
 * the launcher's own are (option tty=). */
#ifndef KERNEL_FS_STDIO_H
#define KERNEL_FS_STDIO_H

#include "kernel/fs/file.h"

extern const struct file_ops tty_fops; /* /dev/tty, /dev/console */

/* stdio_open - the file for descriptor 0, 1 or 2. Boot. */
int stdio_open(unsigned fd, struct file **out) MUST_CHECK;

/* stdio_has_tty - is one of them a terminal? */
bool stdio_has_tty(void);

#endif
