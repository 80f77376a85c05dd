/* SPDX-License-Identifier: Apache-2.0 */
/* Who a process acts as (credentials(7)). It begins as root. Linux keeps credentials per thread;
 * here the process has one set, which is what programs make of it. Guarded by the process lock. */
#ifndef KERNEL_LINUX_CREDS_H
#define KERNEL_LINUX_CREDS_H

#include "lib/types.h"

#define CREDS_GROUPS_MAX 32 /* supplementary groups; Linux allows more */

struct creds {
    uint32_t ruid, euid, suid;
    uint32_t rgid, egid, sgid;
    uint32_t group_count;
    uint32_t groups[CREDS_GROUPS_MAX];
};

#endif
