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

/* The kernels that come with the command, each with all that the ones before it have. */
enum kernel_kind {
    KERNEL_SMALL, /* few system calls */
    KERNEL_NET,   /* all of them, and the network */
    KERNEL_FULL,  /* what options need as well */
    KERNEL_KINDS
};

/* kernel_kind_name - "small", "net", "full". kernel_kind_of - the kind with that name, or
 * KERNEL_KINDS. */
const char *kernel_kind_name(enum kernel_kind kind);
enum kernel_kind kernel_kind_of(const char *name);

/*
 * kernel_files_open - the kernel in the file called path; kernel_files_open_kind - PREFIX/lib/
 * mazboot/kernel-arm64[-KIND].img for a command in PREFIX/bin, or build/kernel-arm64/mazboot
 * [-KIND].img beside the command; the small one's name has no kind. Symbols are the .sym beside the
 * .img. The caller closes it.
 */
int kernel_files_open_kind(struct kernel_files *kernel, enum kernel_kind kind,
                           struct error *err) MUST_CHECK;
int kernel_files_open(struct kernel_files *kernel, const char *path, struct error *err) MUST_CHECK;
void kernel_files_close(struct kernel_files *kernel);

#endif
