/* SPDX-License-Identifier: Apache-2.0 */
/* Where the kernel of a machine is: beside the installed command, or in the build tree. */
#ifndef CMD_KERNEL_FILES_H
#define CMD_KERNEL_FILES_H

#include "vmm/blob.h"

#include <limits.h>

struct kernel_files {
    char path[PATH_MAX]; /* of the image */
    struct blob image;
    struct blob symbols; /* abi/payload.h PAYLOAD_SYMBOLS; empty if there are none */
};

#define KERNEL_SMALL "small"
#define KERNEL_FULL  "full"

/*
 * Opens the kernel called "small" or "full": PREFIX/lib/mazboot/kernel-arm64[-full].img for a
 * command in PREFIX/bin, or build/kernel-arm64/mazboot[-full].img beside the command; or the file
 * called name. Symbols are the .sym beside the .img. The caller closes it.
 */
int kernel_files_open(struct kernel_files *kernel, const char *name, struct error *err) MUST_CHECK;
void kernel_files_close(struct kernel_files *kernel);

#endif
