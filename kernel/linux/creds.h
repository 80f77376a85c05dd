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
    uint64_t permitted, effective, inheritable; /* capabilities; bit n is capability n */
    uint32_t group_count;
    uint32_t groups[CREDS_GROUPS_MAX];
};

#define CREDS_ALL_CAPABILITIES ((UINT64_C(1) << 41) - 1)

/* creds_init - root's. */
void creds_init(struct creds *c);

#endif
