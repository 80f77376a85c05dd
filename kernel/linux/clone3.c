/* SPDX-License-Identifier: Apache-2.0 */
/* clone3(2): the request is a structure that grows with the versions of Linux; threads and
 * processes are then made as clone(2) makes them. */
#include "abi/errno.h"
#include "abi/linux_signal.h"
#include "kernel/core/aspace.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/super.h"
#include "kernel/linux/clone.h"
#include "kernel/linux/fd.h"
#include "kernel/linux/syscall.h"

/* struct clone_args */
struct linux_clone_args {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
    uint64_t set_tid, set_tid_size; /* since Linux 5.5 */
    uint64_t cgroup;                /* since Linux 5.7 */
};

#define SIZE_FIRST     64 /* Linux 5.3's */
#define SIZE_CGROUP    offsetof(struct linux_clone_args, cgroup) + sizeof(uint64_t)
#define CLONE_NEWTIME  UINT64_C(0x80)
#define PID_LEVELS_MAX 32
#define FLAGS_KNOWN    (UINT32_MAX | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)

_Static_assert(sizeof(struct linux_clone_args) == 88, "clone_args");

/* What a newer program knows to ask for has to be zeros. */
static int read_rest(vaddr_t at, uint64_t size)
{
    uint8_t piece[64];
    for (uint64_t n; size; at += n, size -= n) {
        n = MIN(size, (uint64_t)sizeof piece);
        if (copy_from_user(piece, at, n))
            return -EFAULT;
        for (uint64_t i = 0; i < n; i++)
            if (piece[i])
                return -E2BIG;
    }
    return 0;
}

static int read_args(struct linux_clone_args *a, vaddr_t at, uint64_t size)
{
    *a = (struct linux_clone_args){0};
    if (size > PAGE_SIZE)
        return -E2BIG;
    if (size < SIZE_FIRST)
        return -EINVAL;
    int err = size > sizeof *a ? read_rest(at + sizeof *a, size - sizeof *a) : 0;
    return err ? err : copy_from_user(a, at, MIN(size, (uint64_t)sizeof *a));
}

static bool stack_makes_sense(const struct linux_clone_args *a)
{
    if (!a->stack || !a->stack_size)
        return !a->stack && !a->stack_size;
    return a->stack < USER_END && a->stack_size <= USER_END - a->stack;
}

static int check(const struct linux_clone_args *a, uint64_t size)
{
    uint64_t flags = a->flags;
    if (a->set_tid_size > PID_LEVELS_MAX || !a->set_tid != !a->set_tid_size ||
        a->exit_signal > SIG_MAX)
        return -EINVAL;
    if ((flags & CLONE_INTO_CGROUP) && (a->cgroup > INT32_MAX || size < SIZE_CGROUP))
        return -EINVAL;
    if ((flags & ~FLAGS_KNOWN) || (flags & (CLONE_DETACHED | (CLONE_SIGNAL & ~CLONE_NEWTIME))))
        return -EINVAL;
    if ((flags & CLONE_SIGHAND) && ((flags & CLONE_CLEAR_SIGHAND) || !(flags & CLONE_VM)))
        return -EINVAL;
    if ((flags & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal)
        return -EINVAL;
    if ((flags & CLONE_PIDFD) &&
        ((flags & CLONE_THREAD) || ((flags & CLONE_PARENT_SETTID) && a->pidfd == a->parent_tid)))
        return -EINVAL;
    return stack_makes_sense(a) ? 0 : -EINVAL;
}

/* To choose an id needs a privilege that nobody has here. There is one level of them. */
static int check_ids(const struct linux_clone_args *a)
{
    int32_t id;
    if (!a->set_tid)
        return 0;
    if (a->set_tid_size > 1)
        return -EINVAL;
    return copy_from_user(&id, a->set_tid, sizeof id) ? -EFAULT : id < 1 ? -EINVAL : -EPERM;
}

/* There is one, in which everything is. */
static int check_cgroup(const struct linux_clone_args *a)
{
    if (!(a->flags & CLONE_INTO_CGROUP))
        return 0;
    struct file *f = fd_get((int)a->cgroup);
    if (!f)
        return -EBADF;
    bool is_one = f->inode->super->magic == CGROUP2_SUPER_MAGIC && inode_is(f->inode, S_IFDIR);
    fd_put(f);
    return is_one ? 0 : -EBADF;
}

long sys_clone3(vaddr_t args, uint64_t size)
{
    struct linux_clone_args a;
    int err = read_args(&a, args, size);
    if (!err)
        err = check(&a, size);
    if (!err)
        err = check_ids(&a);
    if (!err)
        err = check_cgroup(&a);
    if (err)
        return err;
    vaddr_t stack = a.stack + a.stack_size;
    if (a.flags & CLONE_THREAD)
        return sys_clone(a.flags, stack, a.parent_tid, a.tls, a.child_tid);
    return process_create(&(struct clone_request){.flags = a.flags,
                                                  .exit_signal = (int)a.exit_signal,
                                                  .stack = stack,
                                                  .ptid = a.parent_tid,
                                                  .ctid = a.child_tid,
                                                  .pidfd = a.pidfd,
                                                  .tls = a.tls});
}
