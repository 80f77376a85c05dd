/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machines made by qemu-system-aarch64, board "virt", without any default device: one virtio
 * console port is the link, the UART is for early boot and panics. QEMU runs under its own seccomp
 * filter and dies with its parent. The environment variable MAZBOOT_QEMU names another program to
 * start.
 */
#ifndef VMM_QEMU_QEMU_H
#define VMM_QEMU_QEMU_H

#include "vmm/machine.h"

#define QEMU_PROGRAM "qemu-system-aarch64"
#define QEMU_PACKAGE "qemu-system-arm"

extern const struct machine_backend qemu_backend;

#endif
