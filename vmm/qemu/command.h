/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a QEMU that runs a machine. */
#ifndef VMM_QEMU_COMMAND_H
#define VMM_QEMU_COMMAND_H

#include "vmm/machine.h"
#include "vmm/qemu/args.h"

/* Where the board "virt" has the kernel that -kernel names: 2 MiB into RAM. */
#define QEMU_KERNEL_AT UINT64_C(0x40200000)

/* What has been settled before. */
struct qemu_plan {
    const struct machine_config *config;
    uint64_t kernel_bytes; /* of the file config->image.kernel_fd */
    bool kvm;
    int link_fd, console_fd; /* QEMU's ends */
};

/* Adds the program and all its arguments. args->failed says whether there was room. */
void qemu_command(struct args *args, const struct qemu_plan *plan);

/* The program that the environment names instead of QEMU (MAZBOOT_QEMU), or NULL. */
const char *qemu_chosen(void);

#endif
