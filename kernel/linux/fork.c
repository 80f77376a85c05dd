/* SPDX-License-Identifier: Apache-2.0 */
/* New processes: clone(2) and clone3(2) without CLONE_THREAD, with a copy of the parent's memory
 * (fork(2)), or in it until it runs a program (vfork(2), posix_spawn(3), Go's os/exec). */
#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/clone.h"
#include "kernel/linux/image.h"
#include "kernel/linux/pidfd.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/thread.h"
#include "kernel/linux/vdso/vdso.h"
#include "lib/str.h"

#define TAKEN                                                                                      \
    (CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_PARENT | CLONE_SETTLS | CLONE_PARENT_SETTID |    \
     CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_SYSVSEM | CLONE_DETACHED | CLONE_UNTRACED | \
     CLONE_IO | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)

/* What isn't there: tables that two processes share, namespaces. */
static int check(uint64_t flags, const struct process *self)
{
    if (flags & ~(uint64_t)TAKEN)
        return -EINVAL;
    if ((flags & CLONE_PARENT) && self->pid == INIT_PID)
        return -EINVAL;
    return 0;
}

/* All but its number and its thread. */
static int copy_process(struct process *p, struct process *from, bool shares)
{
    if (fd_table_copy(&p->files, &from->files))
        return -ENOMEM;
    p->as = shares ? aspace_get(from->as) : aspace_fork(from->as);
    if (!p->as) {
        fd_table_exit(&p->files);
        return -ENOMEM;
    }
    if (!shares)
        vdso_renew_random();
    family_init(&p->family);
    list_init(&p->threads);
    sigqueue_init(&p->pending);
    itimer_table_init(&p->timers, p);
    fs_context_copy(&p->fs, &from->fs);
    image_inherit(p, from);
    p->vdso = from->vdso;
    p->image = from->image;
    p->start_ns = clock_mono_ns();
    spin_lock(&from->lock);
    memcpy(p->actions, from->actions, sizeof p->actions);
    memcpy(p->limits, from->limits, sizeof p->limits);
    p->creds = from->creds;
    spin_unlock(&from->lock);
    return 0;
}

static COLD void discard(struct process *p)
{
    image_release(p);
    fd_table_exit(&p->files);
    fs_context_exit(&p->fs);
    aspace_put(p->as);
    kfree(p);
}

static struct thread *new_process(struct process *from, bool shares)
{
    struct process *p = kzalloc(sizeof *p);
    if (!p || copy_process(p, from, shares)) {
        kfree(p);
        return NULL;
    }
    struct thread *t = thread_new(p);
    if (!t) {
        discard(p);
        return NULL;
    }
    p->pid = t->tid;
    return t;
}

/* What the flags ask for in the memory of both: the child's is written without being active. */
static int tell(const struct clone_request *r, struct thread *t)
{
    int err = 0;
    if (r->flags & CLONE_PARENT_SETTID)
        err = copy_to_user(r->ptid, &t->tid, sizeof t->tid);
    if (!err && (r->flags & CLONE_CHILD_SETTID))
        err = aspace_write(t->process->as, r->ctid, &t->tid, sizeof t->tid);
    if (!err && (r->flags & CLONE_PIDFD))
        err = pidfd_give(t->process, r->pidfd);
    return err;
}

/* A sibling's parent is told of its end as of its maker's. */
static void inherit(struct thread *t, struct thread *maker, const struct clone_request *r)
{
    struct family *f = &t->process->family;
    f->exit_signal = r->flags & CLONE_PARENT ? maker->process->family.exit_signal : r->exit_signal;
    f->shares = true;
    if (r->flags & CLONE_SETTLS)
        t->task.tls = r->tls;
    if (r->flags & CLONE_CHILD_CLEARTID)
        t->clear_tid = r->ctid;
    if ((r->flags & (CLONE_VM | CLONE_VFORK)) != CLONE_VM)
        t->altstack = maker->altstack;
    if (r->flags & CLONE_CLEAR_SIGHAND)
        signal_forget_handlers(t->process);
}

/* The child has memory of its own, or none any more. It ends soon or later, or calls execve. */
static void await_memory(struct process *p)
{
    wait_event_through(&p->family.changed, !__atomic_load_n(&p->family.shares, __ATOMIC_SEQ_CST),
                       WAIT_FOREVER);
}

long process_create(const struct clone_request *r)
{
    struct thread *maker = thread_self();
    struct process *self = maker->process;
    int err = check(r->flags, self);
    if (err)
        return err;
    struct thread *t = new_process(self, r->flags & CLONE_VM);
    if (!t)
        return -ENOMEM;
    struct process *p = t->process;
    int pid = p->pid;
    thread_inherit(t, maker, r->stack);
    inherit(t, maker, r);
    err = tell(r, t);
    if (err) {
        thread_discard(t);
        discard(p);
        return err;
    }
    family_get(p);
    family_join(p, self, r->flags & CLONE_PARENT);
    thread_start(t);
    if (r->flags & CLONE_VFORK)
        await_memory(p);
    family_put(p);
    return pid;
}

long process_clone(uint64_t flags, vaddr_t stack, vaddr_t ptid, vaddr_t tls, vaddr_t ctid)
{
    struct clone_request r = {.flags = (uint32_t)flags & ~CLONE_SIGNAL,
                              .exit_signal = (int)(flags & CLONE_SIGNAL),
                              .stack = stack,
                              .ptid = ptid,
                              .pidfd = ptid,
                              .ctid = ctid,
                              .tls = tls};
    if (r.exit_signal > SIG_MAX ||
        ((flags & CLONE_PIDFD) && (flags & (CLONE_PARENT_SETTID | CLONE_DETACHED))))
        return -EINVAL;
    return process_create(&r);
}
