/* SPDX-License-Identifier: Apache-2.0 */
/* mremap: see kernel/core/aspace.h. */
#include "kernel/core/aspace.h"
#include "kernel/core/task.h"
#include "kernel/linux/syscall.h"

long sys_mremap(vaddr_t old, uint64_t oldlen, uint64_t newlen, uint32_t flags, vaddr_t new)
{
    vaddr_t at = 0;
    int err = aspace_remap(task_self()->as, old, oldlen, newlen, flags, new, &at);

    return err ? err : (long)at;
}
