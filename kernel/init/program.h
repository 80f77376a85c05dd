/* SPDX-License-Identifier: Apache-2.0 */
/* From the payload to a runnable first thread. */
#ifndef KERNEL_INIT_PROGRAM_H
#define KERNEL_INIT_PROGRAM_H

#include "lib/types.h"

/* program_start - load the payload's program and make its main thread runnable. NULL, or a sentence
 * that says why it can't run. Boot CPU, once. */
const char *program_start(void) MUST_CHECK;

/* program_refuse - say why on the console, end with status 126 and turn the machine off. */
void program_refuse(const char *why) NORETURN;

#endif
