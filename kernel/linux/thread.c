/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: creation by clone, the ways they end, and their ids. */
#include "kernel/linux/thread.h"
#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/futex.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

#define CLONE_VM             UINT64_C(0x00000100)
#define CLONE_SIGHAND        UINT64_C(0x00000800)
#define CLONE_THREAD         UINT64_C(0x00010000)
#define CLONE_SETTLS         UINT64_C(0x00080000)
#define CLONE_PARENT_SETTID  UINT64_C(0x00100000)
#define CLONE_CHILD_CLEARTID UINT64_C(0x00200000)
#define CLONE_CHILD_SETTID   UINT64_C(0x01000000)
#define THREAD_FLAGS         (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)
#define THREADS_MAX          32768u

struct thread *thread_self(void)
{
    return thread_of(task_self());
}

static void thread_dead(struct task *task)
{
    kfree(thread_of(task));
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
    spin_lock(&p->lock);
    t->tid = p->next_tid++;
    t->task.id = (uint32_t)t->tid;
    list_push_back(&p->threads, &t->siblings);
    p->thread_count++;
    spin_unlock(&p->lock);
    return t;
}

void thread_start(struct thread *t)
{
    task_start(&t->task);
}

/* Before it was ever started. */
static COLD void thread_discard(struct thread *t)
{
    struct process *p = t->process;
    spin_lock(&p->lock);
    list_remove(&t->siblings);
    p->thread_count--;
    spin_unlock(&p->lock);
    task_discard(&t->task);
    kfree(t);
}

static void inherit(struct thread *child, struct thread *parent)
{
    child->blocked = parent->blocked;
    child->keep_capabilities = parent->keep_capabilities;
    fpu_save(&child->task.fpu);
    child->task.tls = fpu_thread_pointer();
    memcpy(child->name, parent->name, sizeof child->name);
    *task_frame(&child->task) = *task_frame(&parent->task);
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

/* Threads of this process only: fork, in any of its forms, is refused with ENOSYS
 * (docs/decisions/0003). */
long sys_clone(uint64_t flags, vaddr_t stack, vaddr_t ptid, vaddr_t tls, vaddr_t ctid)
{
    struct thread *parent = thread_self();
    if ((flags & THREAD_FLAGS) != THREAD_FLAGS)
        return flags & CLONE_THREAD ? -EINVAL : -ENOSYS;
    if (parent->process->thread_count >= THREADS_MAX)
        return -EAGAIN;
    struct thread *child = thread_new(parent->process);
    if (!child)
        return -ENOMEM;
    inherit(child, parent);
    struct trapframe *tf = task_frame(&child->task);
    frame_set_result(tf, 0);
    tf->syscall = NO_SYSCALL;
    if (stack)
        tf->sp = stack;
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

void thread_exit(int status)
{
    struct thread *t = thread_self();
    struct process *p = t->process;
    futex_release_robust(t);
    release_joiner(t);
    spin_lock(&p->lock);
    bool last = p->thread_count == 1;
    if (!last) {
        list_remove(&t->siblings);
        p->thread_count--;
        p->ended_cpu_ns += task_cpu_ns(&t->task);
    }
    spin_unlock(&p->lock);
    if (last)
        process_end(p, status, 0);
    signal_retarget(t);
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
