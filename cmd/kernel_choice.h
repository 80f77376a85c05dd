/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel a program gets: the small one if that has all that the program can ask for. */
#ifndef CMD_KERNEL_CHOICE_H
#define CMD_KERNEL_CHOICE_H

#include "vmm/blob.h"

/* kernel_small_suffices - the program makes no system call that full has and small hasn't. False if
 * that can't be told: programs that aren't Go's, or work a call's number out as they run. */
bool kernel_small_suffices(const struct blob *program, const struct blob *small,
                           const struct blob *full);

#endif
