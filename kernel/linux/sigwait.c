/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/sigwait.h"

#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/signal.h"

int sigwait_begin(vaddr_t at, uint64_t size)
{
    uint64_t mask;
    if (!at)
        return 0;
    if (size != sizeof(mask))
        return -EINVAL;
    if (copy_from_user(&mask, at, sizeof(mask)))
        return -EFAULT;
    signal_block_while(mask);
    return 0;
}
