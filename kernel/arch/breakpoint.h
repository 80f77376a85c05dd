/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a program's instructions from the kernel. (arm64/breakpoint_inline.h)
 *
 * breakpoint_insn(number) - the instruction that ends in user_breakpoint with this number, below
 * BREAKPOINTS_MAX, pc at it.
 * code_store(at, insn) - write one instruction, `at` being its place in the direct map; every CPU
 * fetches it from then on. */
#ifndef KERNEL_ARCH_BREAKPOINT_H
#define KERNEL_ARCH_BREAKPOINT_H

#include "kernel/arch/arm64/breakpoint_inline.h"

#endif
