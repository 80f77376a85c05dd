/* SPDX-License-Identifier: Apache-2.0 */
/* What a program may ask of the scheduler. */
#include "abi/errno.h"
#include "kernel/core/cpu.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "lib/str.h"

long sys_sched_yield(void)
{
    task_yield();
    return 0;
}

static uint64_t all_cpus(void)
{
    return (UINT64_C(1) << cpu_count) - 1;
}

/* fn(thread, arg) on the thread with this id, 0 being the caller, under the process lock. -ESRCH
 * when there is none. */
static int with_thread(int tid, int (*fn)(struct thread *, uint64_t *), uint64_t *arg)
{
    struct process *p = process_self();
    spin_lock(&p->lock);
    struct thread *t = tid ? process_find_thread_locked(p, tid) : thread_self();
    int err = t ? fn(t, arg) : -ESRCH;
    spin_unlock(&p->lock);
    return err;
}

static int affinity_get(struct thread *t, uint64_t *mask)
{
    *mask = t->task.g.allowed & all_cpus();
    return 0;
}

static int affinity_set(struct thread *t, uint64_t *mask)
{
    return g_set_allowed(&t->task.g, *mask == all_cpus() ? G_ALLOWED_ANY : *mask);
}

/* Linux returns how many bytes its own mask has, and Go counts the CPUs in exactly those. */
long sys_sched_getaffinity(int tid, uint64_t size, vaddr_t mask)
{
    uint64_t cpus_allowed;
    if (size < sizeof cpus_allowed || size % sizeof cpus_allowed)
        return -EINVAL;
    int err = with_thread(tid, affinity_get, &cpus_allowed);
    if (!err)
        err = copy_to_user(mask, &cpus_allowed, sizeof cpus_allowed);
    return err ? err : (long)sizeof cpus_allowed;
}

long sys_sched_setaffinity(int tid, uint64_t size, vaddr_t mask)
{
    uint64_t wanted = 0;
    int err = copy_from_user(&wanted, mask, MIN(size, sizeof wanted));
    if (err)
        return err;
    wanted &= all_cpus();
    return wanted ? with_thread(tid, affinity_set, &wanted) : -EINVAL;
}

long sys_getcpu(vaddr_t cpu, vaddr_t node, vaddr_t cache)
{
    (void)cache;
    uint32_t index = cpu_index(), zero = 0;
    int err = cpu ? copy_to_user(cpu, &index, sizeof index) : 0;
    if (!err && node)
        err = copy_to_user(node, &zero, sizeof zero);
    return err;
}

enum { POLICY_OTHER = 0, POLICY_FIFO = 1, POLICY_RR = 2, POLICY_BATCH = 3, POLICY_IDLE = 5 };

static int exists(struct thread *t, uint64_t *arg)
{
    (void)t, (void)arg;
    return 0;
}

long sys_sched_getscheduler(int tid)
{
    return tid < 0 ? -EINVAL : with_thread(tid, exists, NULL);
}

long sys_sched_getparam(int tid, vaddr_t param)
{
    int32_t priority = 0;
    int err = tid < 0 ? -EINVAL : with_thread(tid, exists, NULL);
    return err ? err : copy_to_user(param, &priority, sizeof priority);
}

/* Everybody shares alike: the ordinary policies are that already, the real-time ones aren't to be
 * had. */
long sys_sched_setscheduler(int tid, int policy, vaddr_t param)
{
    int32_t priority;
    int err = copy_from_user(&priority, param, sizeof priority);
    if (err)
        return err;
    if (policy == POLICY_FIFO || policy == POLICY_RR)
        return -EPERM;
    if ((policy != POLICY_OTHER && policy != POLICY_BATCH && policy != POLICY_IDLE) || priority)
        return -EINVAL;
    return tid < 0 ? -EINVAL : with_thread(tid, exists, NULL);
}

static bool policy_known(int policy)
{
    return policy >= POLICY_OTHER && policy <= POLICY_IDLE && policy != 4;
}

long sys_sched_get_priority_max(int policy)
{
    if (!policy_known(policy))
        return -EINVAL;
    return policy == POLICY_FIFO || policy == POLICY_RR ? 99 : 0;
}

long sys_sched_get_priority_min(int policy)
{
    if (!policy_known(policy))
        return -EINVAL;
    return policy == POLICY_FIFO || policy == POLICY_RR ? 1 : 0;
}
