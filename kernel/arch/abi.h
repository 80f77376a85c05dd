/* SPDX-License-Identifier: Apache-2.0 */
/* What Linux programs are told about this machine: ARCH_ELF_MACHINE (enum elf_machine),
 * ARCH_PLATFORM (AT_PLATFORM). */
#ifndef KERNEL_ARCH_ABI_H
#define KERNEL_ARCH_ABI_H

#include "kernel/arch/arm64/abi.h"

#endif
