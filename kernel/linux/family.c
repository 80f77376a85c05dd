/* SPDX-License-Identifier: Apache-2.0 */
/* The list of processes, their relations, and how one that isn't the first ends. */
#include "kernel/linux/family.h"
#include "abi/errno.h"
#include "kernel/core/aspace.h"
#include "kernel/core/slab.h"
#include "kernel/fs/poll.h"
#include "kernel/linux/image.h"
#include "kernel/linux/signal.h"

struct spinlock family_lock;
static struct list all = LIST_INIT(all);
static struct process *init;

static struct process *of_all(struct list *n)
{
    return list_entry(n, struct process, family.all);
}

void family_init(struct family *f)
{
    f->refs = 2;
    list_init(&f->all);
    list_init(&f->children);
    list_init(&f->siblings);
    waitq_init(&f->child_ended);
    waitq_init(&f->changed);
}

/* The first one has itself for group and session, as what a shell starts. */
static int first_family(void)
{
    init = process_self();
    family_here = true;
    family_init(&init->family);
    init->family.group = init->family.session = init->pid;
    list_push_back(&all, &init->family.all);
    return 0;
}
BOOT_STEP(first_family);

void family_join(struct process *p, struct process *maker, bool sibling)
{
    struct family *f = &p->family;
    spin_lock(&family_lock);
    f->parent = sibling ? maker->family.parent : maker;
    f->parent_pid = f->parent->pid;
    f->group = maker->family.group;
    f->session = maker->family.session;
    list_push_back(&f->parent->family.children, &f->siblings);
    list_push_back(&all, &f->all);
    spin_unlock(&family_lock);
}

static struct process *find_locked(int pid)
{
    list_for_each (n, &all)
        if (of_all(n)->pid == pid)
            return of_all(n);
    return NULL;
}

bool family_has_group_locked(int group, int session)
{
    list_for_each (n, &all)
        if (of_all(n)->family.group == group && of_all(n)->family.session == session)
            return true;
    return false;
}

struct process *family_get(struct process *p)
{
    __atomic_fetch_add(&p->family.refs, 1, __ATOMIC_RELAXED);
    return p;
}

struct process *family_find(int pid)
{
    spin_lock(&family_lock);
    struct process *p = find_locked(pid);
    if (p)
        family_get(p);
    spin_unlock(&family_lock);
    return p;
}

int family_next(int from)
{
    int best = 0;
    spin_lock(&family_lock);
    list_for_each (n, &all) {
        int pid = of_all(n)->pid;
        if (pid >= from && (!best || pid < best))
            best = pid;
    }
    spin_unlock(&family_lock);
    return best;
}

void family_put(struct process *p)
{
    if (__atomic_sub_fetch(&p->family.refs, 1, __ATOMIC_ACQ_REL))
        return;
    sigqueue_drop(&p->pending, UINT64_MAX);
    kfree(p);
}

void family_gone(struct process *p)
{
    aspace_drop(p->as);
    family_put(p);
}

void family_reap_locked(struct process *p)
{
    p->family.parent->family.children_cpu_ns += p->family.cpu_ns + p->family.children_cpu_ns;
    list_remove(&p->family.siblings);
    list_remove(&p->family.all);
    p->family.reaped = true;
}

void family_shares_no_more(struct process *p)
{
    __atomic_store_n(&p->family.shares, false, __ATOMIC_SEQ_CST);
    waitq_wake(&p->family.changed, ~0u, 0);
}

/* ---- ending ---- */

void family_thread_left_locked(struct process *p)
{
    waitq_wake(&p->family.changed, ~0u, 0);
}

/* An end for good goes before an execve that waits for the same. */
bool family_end_others(struct thread *self, bool for_good, int status)
{
    struct process *p = self->process;
    spin_lock(&p->lock);
    bool first = !p->only || (for_good && !p->ending);
    if (first) {
        p->only = self;
        p->ending = for_good;
        p->family.status = status;
        list_for_each (n, &p->threads) {
            struct thread *t = list_entry(n, struct thread, siblings);
            if (t == self)
                continue;
            task_set_work(&t->task, WORK_END);
            task_interrupt(&t->task);
        }
    }
    spin_unlock(&p->lock);
    waitq_wake(&p->family.changed, ~0u, 0);
    return first;
}

void family_exit(struct process *p, int status, int signal)
{
    (void)p;
    (void)!family_end_others(thread_self(), true, signal ? signal : (status & 0xff) << 8);
    thread_exit(0);
}

/* Nothing interrupts what follows. */
static void deafen(struct thread *t)
{
    spin_lock(&t->process->lock);
    t->blocked = UINT64_MAX;
    t->awaited = 0;
    task_clear_work(&t->task, WORK_SIGNAL | WORK_END);
    spin_unlock(&t->process->lock);
}

static void give_back(struct thread *t)
{
    struct process *p = t->process;
    itimer_table_exit(&p->timers);
    fd_table_exit(&p->files);
    fs_context_exit(&p->fs);
    image_release(p);
    aspace_hold(p->as); /* this thread runs in it to its last instruction: family_gone */
    aspace_put(p->as);
    family_shares_no_more(p);
}

/* Without a word to the parent when it doesn't care (sigaction(2), SA_NOCLDWAIT). */
static bool unwanted_locked(const struct process *p)
{
    const struct linux_sigaction *a = &p->family.parent->actions[SIGCHLD];
    return p->family.exit_signal == SIGCHLD && (a->handler == SIG_IGN || (a->flags & SA_NOCLDWAIT));
}

static void tell_parent_locked(struct process *p)
{
    struct family *f = &p->family;
    struct linux_siginfo info = {.signo = f->exit_signal};
    info.child.pid = p->pid;
    info.child.uid = p->creds.ruid;
    info.code = f->status & 0x7f ? CLD_KILLED : CLD_EXITED;
    info.child.status = f->status & 0x7f ? f->status & 0x7f : f->status >> 8;
    info.child.utime = f->cpu_ns / 10000000;
    if (f->exit_signal)
        signal_send_process(f->parent, &info);
}

/* Its children are the first process's from here on. */
static void orphan_locked(struct process *child)
{
    struct family *f = &child->family;
    struct linux_siginfo info = {.signo = f->death_signal, .code = SI_USER};
    list_remove(&f->siblings);
    list_push_back(&init->family.children, &f->siblings);
    f->parent = init;
    f->parent_pid = init->pid;
    f->exit_signal = SIGCHLD;
    if (f->ended) {
        tell_parent_locked(child);
        waitq_wake(&init->family.child_ended, ~0u, 0);
    } else if (f->death_signal)
        signal_send_process(child, &info);
}

/* Whether nobody will wait for it. */
static bool become_ended_locked(struct process *p)
{
    list_for_each (n, &p->family.children)
        orphan_locked(list_entry(n, struct process, family.siblings));
    p->family.ended = true;
    bool unwanted = unwanted_locked(p);
    tell_parent_locked(p);
    if (unwanted)
        family_reap_locked(p);
    return unwanted;
}

static void account(struct thread *t, int status)
{
    struct process *p = t->process;
    spin_lock(&p->lock);
    if (!p->ending)
        p->family.status = (status & 0xff) << 8;
    p->ending = true;
    list_remove(&t->siblings);
    p->thread_count = 0;
    p->ended_cpu_ns += task_cpu_ns(&t->task);
    p->family.cpu_ns = p->ended_cpu_ns;
    spin_unlock(&p->lock);
}

void family_end(struct thread *t, int status)
{
    struct process *p = t->process;
    deafen(t);
    t->last = true;
    give_back(t);
    account(t, status);
    sigqueue_drop(&t->pending, UINT64_MAX);
    spin_lock(&family_lock);
    struct process *parent = p->family.parent;
    bool unwanted = become_ended_locked(p);
    waitq_wake(&parent->family.child_ended, ~0u, 0);
    spin_unlock(&family_lock);
    waitq_wake(&p->family.changed, POLLIN | POLLRDNORM, 0);
    if (unwanted)
        family_put(p);
}

/* ---- signals to others ---- */

bool family_may_signal(const struct process *to)
{
    const struct creds *me = &process_self()->creds, *it = &to->creds;
    return me->euid == 0 || me->euid == it->ruid || me->euid == it->suid || me->ruid == it->ruid ||
           me->ruid == it->suid;
}

static bool may_reach(const struct process *to)
{
    const struct creds *me = &process_self()->creds, *it = &to->creds;
    return me->euid == 0 || (me->ruid == it->euid && me->ruid == it->suid && me->ruid == it->ruid &&
                             me->rgid == it->egid && me->rgid == it->sgid && me->rgid == it->rgid);
}

struct process *family_reach(int pid, bool inside, int *err)
{
    struct process *p = family_find(pid);
    if (p && (!inside || may_reach(p)))
        return p;
    *err = p ? -EPERM : -ESRCH;
    if (p)
        family_put(p);
    return NULL;
}

/* kill(-1) means everybody but the caller and the first; in a machine with one process, that one.
 */
static bool meant_locked(const struct process *p, int pid)
{
    const struct process *self = process_self();
    if (pid > 0)
        return p->pid == pid;
    if (pid == -1)
        return p != self && p != init;
    return p->family.group == (pid ? -pid : self->family.group);
}

static long send_locked(struct process *p, const struct linux_siginfo *info)
{
    if (!family_may_signal(p))
        return -EPERM;
    if (info->signo && !p->family.ended)
        signal_send_process(p, info);
    return 0;
}

long family_signal(int pid, const struct linux_siginfo *info)
{
    long result = -ESRCH;
    spin_lock(&family_lock);
    if (pid == -1 && all.next == all.prev)
        result = send_locked(init, info);
    list_for_each (n, &all) {
        if (pid == INT32_MIN || !meant_locked(of_all(n), pid))
            continue;
        long sent = send_locked(of_all(n), info);
        result = result == 0 ? 0 : sent;
    }
    spin_unlock(&family_lock);
    return result;
}

static long send_to_thread_locked(struct process *p, int tid, const struct linux_siginfo *info)
{
    spin_lock(&p->lock);
    struct thread *t = process_find_thread_locked(p, tid);
    bool allowed = family_may_signal(p);
    if (t && info->signo && allowed)
        signal_send_thread_locked(t, info);
    spin_unlock(&p->lock);
    return !t ? -ESRCH : allowed ? 0 : -EPERM;
}

long family_signal_thread(int pid, int tid, const struct linux_siginfo *info)
{
    long result = -ESRCH;
    spin_lock(&family_lock);
    list_for_each (n, &all)
        if (result == -ESRCH && (pid == -1 || of_all(n)->pid == pid))
            result = send_to_thread_locked(of_all(n), tid, info);
    spin_unlock(&family_lock);
    return result;
}
