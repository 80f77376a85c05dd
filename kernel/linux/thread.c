/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: creation by clone, the ways they end, and their ids. */
#include "kernel/linux/thread.h"
#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/clone.h"
#include "kernel/linux/futex.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

#define THREAD_FLAGS (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define THREADS_MAX  32768u

struct thread *thread_self(void)
{
    return thread_of(task_self());
}

static int last_id;

int thread_last_id(void)
{
    return __atomic_load_n(&last_id, __ATOMIC_RELAXED);
}

static void thread_dead(struct task *task)
{
    struct thread *t = thread_of(task);
    if (family_here && t->last)
        family_gone(t->process);
    kfree(t);
}

struct thread *thread_new(struct process *p)
{
    struct thread *t = kzalloc(sizeof *t);
    if (!t)
        return NULL;
    if (task_init(&t->task, p->as, thread_dead)) {
        kfree(t);
        return NULL;
    }
    t->process = p;
    t->altstack.flags = SS_DISABLE;
    sigqueue_init(&t->pending);
    memset(task_frame(&t->task), 0, sizeof(struct trapframe));
    task_frame(&t->task)->syscall = NO_SYSCALL;
    t->tid = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
    t->task.id = (uint32_t)t->tid;
    spin_lock(&p->lock);
    if (family_here && p->only)
        t->task.work = WORK_END;
    list_push_back(&p->threads, &t->siblings);
    p->thread_count++;
    spin_unlock(&p->lock);
    return t;
}

void thread_start(struct thread *t)
{
    task_start(&t->task);
}

COLD void thread_discard(struct thread *t)
{
    struct process *p = t->process;
    spin_lock(&p->lock);
    list_remove(&t->siblings);
    p->thread_count--;
    spin_unlock(&p->lock);
    task_discard(&t->task);
    kfree(t);
}

void thread_inherit(struct thread *child, struct thread *parent, vaddr_t stack)
{
    struct trapframe *tf = task_frame(&child->task);
    child->blocked = parent->blocked;
    child->keep_capabilities = parent->keep_capabilities;
    fpu_save(&child->task.fpu);
    child->task.tls = fpu_thread_pointer();
    memcpy(child->name, parent->name, sizeof child->name);
    *tf = *task_frame(&parent->task);
    frame_set_result(tf, 0);
    tf->syscall = NO_SYSCALL;
    if (stack)
        tf->sp = stack;
}

static COLD int tell_tids(uint64_t flags, const struct thread *child, vaddr_t ptid, vaddr_t ctid)
{
    int err = 0;
    if (flags & CLONE_PARENT_SETTID)
        err = copy_to_user(ptid, &child->tid, sizeof child->tid);
    if (!err && (flags & CLONE_CHILD_SETTID))
        err = copy_to_user(ctid, &child->tid, sizeof child->tid);
    return err;
}

long sys_clone(uint64_t flags, vaddr_t stack, vaddr_t ptid, vaddr_t tls, vaddr_t ctid)
{
    struct thread *parent = thread_self();
    if (!(flags & CLONE_THREAD) && family_here)
        return process_clone(flags, stack, ptid, tls, ctid);
    if ((flags & THREAD_FLAGS) != THREAD_FLAGS)
        return flags & CLONE_THREAD ? -EINVAL : -ENOSYS;
    if (parent->process->thread_count >= THREADS_MAX)
        return -EAGAIN;
    struct thread *child = thread_new(parent->process);
    if (!child)
        return -ENOMEM;
    thread_inherit(child, parent, stack);
    if (flags & CLONE_SETTLS)
        child->task.tls = tls;
    if (flags & CLONE_CHILD_CLEARTID)
        child->clear_tid = ctid;
    int err = tell_tids(flags, child, ptid, ctid);
    if (err) {
        thread_discard(child);
        return err;
    }
    int tid = child->tid;
    thread_start(child);
    return tid;
}

/* A joiner waits on the futex at clear_tid; a bad address is the program's own loss, as on Linux.
 */
static void release_joiner(struct thread *t)
{
    uint32_t zero = 0;
    if (t->clear_tid && !copy_to_user(t->clear_tid, &zero, sizeof zero))
        futex_wake_address(t->process, t->clear_tid, 1);
}

void thread_leave_memory(struct thread *t)
{
    futex_release_robust(t);
    release_joiner(t);
    t->robust_list = t->clear_tid = 0;
}

/* False: it is the last one. */
static bool leave(struct thread *t)
{
    struct process *p = t->process;
    spin_lock(&p->lock);
    bool last = p->thread_count == 1;
    if (!last) {
        list_remove(&t->siblings);
        p->thread_count--;
        p->ended_cpu_ns += task_cpu_ns(&t->task);
        signal_retarget_locked(t);
        if (family_here && p->only)
            family_thread_left_locked(p);
    }
    spin_unlock(&p->lock); /* p may be gone now */
    return !last;
}

void thread_exit(int status)
{
    struct thread *t = thread_self();
    thread_leave_memory(t);
    if (!leave(t)) {
        if (!family_here || t->process->pid == INIT_PID)
            process_end(t->process, status, 0);
        family_end(t, status);
    }
    task_exit();
}

long sys_exit(int status)
{
    thread_exit(status & 0xff);
}

COLD long sys_exit_group(int status)
{
    process_end(process_self(), status & 0xff, 0);
}

long sys_gettid(void)
{
    return thread_self()->tid;
}

COLD long sys_set_tid_address(vaddr_t tidptr)
{
    thread_self()->clear_tid = tidptr;
    return thread_self()->tid;
}

COLD void thread_signal_self(int sig)
{
    struct linux_siginfo info = {.signo = sig, .code = SI_KERNEL};
    signal_send_thread(thread_self(), &info);
}
