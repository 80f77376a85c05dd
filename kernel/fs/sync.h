/* SPDX-License-Identifier: Apache-2.0 */
/* What is only in memory goes to where it belongs. */
#ifndef KERNEL_FS_SYNC_H
#define KERNEL_FS_SYNC_H

/* fs_sync - write back what programs changed through mappings of volumes' files. A task, no lock.
 * fs_sync_hook: volumes', once there are any. */
extern void (*fs_sync_hook)(void);

static inline void fs_sync(void)
{
    if (fs_sync_hook)
        fs_sync_hook();
}

#endif
