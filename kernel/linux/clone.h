/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of clone(2). */
#ifndef KERNEL_LINUX_CLONE_H
#define KERNEL_LINUX_CLONE_H

#include "lib/types.h"

#define CLONE_SIGNAL         UINT64_C(0x000000ff) /* the signal at its end: CSIGNAL */
#define CLONE_VM             UINT64_C(0x00000100)
#define CLONE_SIGHAND        UINT64_C(0x00000800)
#define CLONE_PIDFD          UINT64_C(0x00001000)
#define CLONE_VFORK          UINT64_C(0x00004000)
#define CLONE_PARENT         UINT64_C(0x00008000)
#define CLONE_THREAD         UINT64_C(0x00010000)
#define CLONE_SYSVSEM        UINT64_C(0x00040000)
#define CLONE_SETTLS         UINT64_C(0x00080000)
#define CLONE_PARENT_SETTID  UINT64_C(0x00100000)
#define CLONE_CHILD_CLEARTID UINT64_C(0x00200000)
#define CLONE_DETACHED       UINT64_C(0x00400000)
#define CLONE_UNTRACED       UINT64_C(0x00800000)
#define CLONE_CHILD_SETTID   UINT64_C(0x01000000)
#define CLONE_IO             UINT64_C(0x80000000)

#endif
