/* SPDX-License-Identifier: Apache-2.0 */
/* Files of /proc/net that have a source file of their own. */
#ifndef KERNEL_NET_PROC_NET_H
#define KERNEL_NET_PROC_NET_H

#include "lib/types.h"

struct text;

/* proc_net_snmp - the show function (kernel/fs/pseudo.h) of /proc/net/snmp; arg is unused. */
void proc_net_snmp(struct text *t, uint64_t arg);

#endif
