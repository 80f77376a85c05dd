/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the guest a program is found. */
#ifndef CMD_GUEST_PATH_H
#define CMD_GUEST_PATH_H

#include "lib/types.h"

#define GUEST_PATH_BYTES 256 /* what the kernel keeps of an option, with its NUL */

/*
 * guest_path - where a program called name (argv[0]) has to be for one that starts in the root to
 * find it under that name: absolute, without "." and "..". "/" and the name's last part if that is
 * too long or in a file system of the kernel's own.
 */
void guest_path(char path[GUEST_PATH_BYTES], const char *name);

#endif
