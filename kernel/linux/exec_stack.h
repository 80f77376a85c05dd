/* SPDX-License-Identifier: Apache-2.0 */
/* A program's first stack, as the System V ABI and Linux lay it out. Used by exec.c only. */
#ifndef KERNEL_LINUX_EXEC_STACK_H
#define KERNEL_LINUX_EXEC_STACK_H

#include "kernel/linux/exec.h"

/* exec_stack_build - map the stack and fill it; sets sp, the string areas and auxv of result (entry
 * is set). 0, -E2BIG, -ENOMEM. */
int exec_stack_build(struct aspace *as, const struct exec_args *args, const struct elf_load *plan,
                     uint64_t bias, struct exec_result *result) MUST_CHECK;

#endif
