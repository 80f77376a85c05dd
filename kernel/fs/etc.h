/* SPDX-License-Identifier: Apache-2.0 */
/* The files in /etc that C libraries and Go's net and os packages read. */
#ifndef KERNEL_FS_ETC_H
#define KERNEL_FS_ETC_H

/* etc_fill - make those that are not there yet. /etc exists. */
void etc_fill(void);

#endif
