/* SPDX-License-Identifier: Apache-2.0 */
/* The files in /etc that C libraries and Go's net and os packages read. */
#ifndef KERNEL_FS_ETC_H
#define KERNEL_FS_ETC_H

#include "lib/types.h"

/* etc_resolv - puts the text of /etc/resolv.conf, NUL-ended, into text; NULL: there is no network.
 * Set once, at boot. */
extern void (*etc_resolv)(char *text, size_t size_bytes);

/* etc_fill - make those that are not there yet. /etc exists. */
void etc_fill(void);

#endif
