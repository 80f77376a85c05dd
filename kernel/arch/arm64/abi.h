/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KERNEL_ARCH_ARM64_ABI_H
#define KERNEL_ARCH_ARM64_ABI_H

#include "lib/elf.h"

#define ARCH_ELF_MACHINE ELF_MACHINE_ARM64
#define ARCH_PLATFORM    "aarch64"

#endif
