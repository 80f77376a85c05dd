/* SPDX-License-Identifier: Apache-2.0 */
/* Parents, process groups and sessions, as far as numbers go: there are no terminals to control. */
#include "abi/errno.h"
#include "kernel/linux/process.h"
#include "kernel/linux/syscall.h"

long sys_getppid(void)
{
    return __atomic_load_n(&process_self()->family.parent_pid, __ATOMIC_RELAXED);
}

/* The process (0: the caller), with a reference. */
static struct process *named(int pid)
{
    return pid ? family_find(pid) : family_get(process_self());
}

long sys_getpgid(int pid)
{
    struct process *p = named(pid);
    if (!p)
        return -ESRCH;
    int group = p->family.group;
    family_put(p);
    return group;
}

long sys_getsid(int pid)
{
    struct process *p = named(pid);
    if (!p)
        return -ESRCH;
    int session = p->family.session;
    family_put(p);
    return session;
}

static int set_group_locked(struct process *p, int group)
{
    struct process *self = process_self();
    if (p != self && p->family.parent != self)
        return -ESRCH;
    if (p != self && p->family.session != self->family.session)
        return -EPERM;
    if (p != self && p->family.executed)
        return -EACCES;
    if (p->family.session == p->pid)
        return -EPERM;
    if (group != p->pid && !family_has_group_locked(group, self->family.session))
        return -EPERM;
    p->family.group = group;
    return 0;
}

long sys_setpgid(int pid, int pgid)
{
    if (pgid < 0)
        return -EINVAL;
    struct process *p = named(pid);
    if (!p)
        return -ESRCH;
    spin_lock(&family_lock);
    int err = set_group_locked(p, pgid ? pgid : p->pid);
    spin_unlock(&family_lock);
    family_put(p);
    return err;
}

long sys_setsid(void)
{
    struct process *p = process_self();
    if (p->family.group == p->pid)
        return -EPERM;
    spin_lock(&family_lock);
    p->family.group = p->family.session = p->pid;
    spin_unlock(&family_lock);
    return p->pid;
}
