/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a program's instructions from the kernel. (arm64/breakpoint_inline.h)
 *
 * BREAKPOINT_INSN - the instruction that ends in user_fault with FAULT_BREAKPOINT, pc at it.
 * code_store(at, insn) - write one instruction, `at` being its place in the direct map; every CPU
 * fetches it from then on. */
#ifndef KERNEL_ARCH_BREAKPOINT_H
#define KERNEL_ARCH_BREAKPOINT_H

#include "kernel/arch/arm64/breakpoint_inline.h"

#endif
