/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for children: wait4(2), waitid(2). */
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/pidfd.h"

enum {
    WNOHANG = 1,
    WEXITED = 4,
    WNOWAIT = 0x01000000,
    W_ALL = 0x40000000,  /* __WALL: children of both kinds */
    W_CLONE = INT32_MIN, /* __WCLONE: those that don't send SIGCHLD */
    P_ALL = 0,
    P_PID = 1,
    P_PGID = 2,
    P_PIDFD = 3,
};

struct wish {
    int type, id;             /* P_ALL, P_PID, P_PGID with its number */
    const struct process *of; /* P_PIDFD */
    int options;
};

struct answer {
    int pid, status;
    uint32_t uid;
    int64_t cpu_ns;
};

static bool kind_matches(const struct process *p, int options)
{
    return (options & W_ALL) || (p->family.exit_signal != SIGCHLD) == !!(options & W_CLONE);
}

static bool matches(const struct wish *w, const struct process *p)
{
    switch (w->type) {
    case P_PID:
        return p->pid == w->id && kind_matches(p, w->options);
    case P_PGID:
        return p->family.group == w->id && kind_matches(p, w->options);
    case P_PIDFD:
        return p == w->of && kind_matches(p, w->options);
    default:
        return kind_matches(p, w->options);
    }
}

static void answer_take(struct answer *a, const struct process *p)
{
    *a = (struct answer){.pid = p->pid,
                         .status = p->family.status,
                         .uid = p->creds.ruid,
                         .cpu_ns = p->family.cpu_ns + p->family.children_cpu_ns};
}

/* 0: one has ended. -EAGAIN: there are children that may. -ECHILD. */
static int look(const struct wish *w, struct answer *a)
{
    struct process *self = process_self(), *found = NULL;
    int result = -ECHILD;
    spin_lock(&family_lock);
    list_for_each (n, &self->family.children) {
        struct process *p = list_entry(n, struct process, family.siblings);
        if (found || !matches(w, p))
            continue;
        result = -EAGAIN;
        if (p->family.ended && (w->options & WEXITED))
            found = p;
    }
    if (found) {
        answer_take(a, found);
        if (!(w->options & WNOWAIT))
            family_reap_locked(found);
    }
    spin_unlock(&family_lock);
    if (found && !(w->options & WNOWAIT))
        family_put(found);
    return found ? 0 : result;
}

/* 0 with a->pid 0: WNOHANG, and none has ended. */
static int await(const struct wish *w, struct answer *a)
{
    int found = look(w, a);
    *a = found ? (struct answer){.pid = 0} : *a;
    if (found != -EAGAIN)
        return found;
    if (w->options & WNOHANG)
        return 0;
    int err = wait_event(&process_self()->family.child_ended, (found = look(w, a)) != -EAGAIN,
                         WAIT_FOREVER);
    return err ? err : found;
}

long family_wait4(int pid, vaddr_t status, int options, vaddr_t rusage)
{
    struct answer a;
    if (pid == INT32_MIN)
        return -ESRCH;
    struct wish w = {.type = pid > 0     ? P_PID
                             : pid == -1 ? P_ALL
                                         : P_PGID,
                     .id = pid > 0 ? pid : -pid,
                     .options = options | WEXITED};
    if (!pid)
        w.id = process_self()->family.group;
    int err = await(&w, &a);
    if (err || !a.pid)
        return err;
    if (status && copy_to_user(status, &a.status, sizeof a.status))
        return -EFAULT;
    if (rusage && process_rusage(rusage, a.cpu_ns, 0, 0))
        return -EFAULT;
    return a.pid;
}

/* What siginfo says of it; all zeros when there is none. */
static int write_info(vaddr_t at, const struct answer *a)
{
    struct linux_siginfo info = {.signo = a->pid ? SIGCHLD : 0};
    int signal = a->status & 0x7f;
    if (a->pid) {
        info.code = signal ? CLD_KILLED : CLD_EXITED;
        info.child.pid = a->pid;
        info.child.uid = a->uid;
        info.child.status = signal ? signal : a->status >> 8;
    }
    return copy_to_user(at, &info, sizeof info);
}

static int wish_of(int type, int id, int options, struct wish *w, struct process **held)
{
    *w = (struct wish){.type = type, .id = id, .options = options};
    switch (type) {
    case P_ALL:
        return 0;
    case P_PID:
        return id > 0 ? 0 : -EINVAL;
    case P_PGID:
        if (!id)
            w->id = process_self()->family.group;
        return id >= 0 ? 0 : -EINVAL;
    case P_PIDFD:
        break;
    default:
        return -EINVAL;
    }
    struct file *f = id >= 0 ? fd_get(id) : NULL;
    if (!f)
        return id >= 0 ? -EBADF : -EINVAL;
    w->of = *held = pidfd_process(f);
    fd_put(f);
    return *held ? 0 : -EBADF;
}

long family_waitid(int idtype, int id, vaddr_t info, int options, vaddr_t rusage)
{
    struct process *held = NULL;
    struct answer a;
    struct wish w;
    int err = wish_of(idtype, id, options, &w, &held);
    if (!err)
        err = await(&w, &a);
    if (held)
        family_put(held);
    if (!err && info)
        err = write_info(info, &a);
    if (!err && rusage && a.pid)
        err = process_rusage(rusage, a.cpu_ns, 0, 0);
    return err;
}
