/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trap frame: a task's registers in the program. struct trapframe is the machine's own;
 * portable code uses frame_result, frame_set_result     what the system call returns
 *   frame_argument(tf, i)              its arguments as they came
 *   frame_restart                      make the call happen again
 *   tf->syscall                        its number, NO_SYSCALL outside of one
 */
#ifndef KERNEL_ARCH_FRAME_H
#define KERNEL_ARCH_FRAME_H

#include "kernel/arch/arm64/frame.h"

#endif
