/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_KERNEL_ARCH_ABI_H
#define TESTS_FAKE_KERNEL_ARCH_ABI_H

#define ARCH_ELF_MACHINE 183
#define ARCH_PLATFORM    "aarch64"

#endif
