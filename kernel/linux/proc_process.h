/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KERNEL_LINUX_PROC_PROCESS_H
#define KERNEL_LINUX_PROC_PROCESS_H

#include "kernel/fs/pseudo.h"

/* proc_show_maps - /proc/self/maps (proc_maps.c). */
void proc_show_maps(struct text *t, uint64_t arg);

#endif
