/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of clone(2) and clone3(2), and what a new process is to be. */
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
#define CLONE_CLEAR_SIGHAND  UINT64_C(0x100000000) /* these two clone3 only */
#define CLONE_INTO_CGROUP    UINT64_C(0x200000000)

struct clone_request {
    uint64_t flags;                 /* without CLONE_SIGNAL's bits */
    int exit_signal;                /* 0: none */
    vaddr_t stack;                  /* where it begins; 0: where the maker's is */
    vaddr_t ptid, ctid, pidfd, tls; /* for the flags that ask for them */
};

/* process_create - clone(2) without CLONE_THREAD, its exit signal checked. The new process's id;
 * -EINVAL: what isn't there, namespaces and tables that two processes share; -ENOMEM, -EFAULT,
 * -EMFILE. (fork.c) */
long process_create(const struct clone_request *r);

#endif
