/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel a program gets: the smallest that has all that the program and its options need. */
#ifndef CMD_KERNEL_CHOICE_H
#define CMD_KERNEL_CHOICE_H

#include "cmd/kernel_files.h"

/*
 * kernel_choose - opens the smallest kernel, but at least `least`, that has each system call the
 * program can make and the full kernel has. That is the full one if it can't be told: programs that
 * aren't Go's, or work a call's number out as they run. The caller closes it.
 */
int kernel_choose(struct kernel_files *kernel, const struct blob *program, enum kernel_kind least,
                  struct error *err) MUST_CHECK;

#endif
