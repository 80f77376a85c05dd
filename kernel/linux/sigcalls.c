/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls about signals. */
#include "abi/errno.h"
#include "kernel/arch/sigframe.h"
#include "kernel/core/clock.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"

#define SIGSET_BYTES 8

COLD long sys_rt_sigaction(int sig, vaddr_t new, vaddr_t old, uint64_t size)
{
    struct process *p = process_self();
    struct linux_sigaction in, out;
    if (size != SIGSET_BYTES || sig < 1 || sig > SIG_MAX)
        return -EINVAL;
    if (new && ((sig == SIGKILL) | (sig == SIGSTOP)))
        return -EINVAL;
    if (new &&copy_from_user(&in, new, sizeof in))
        return -EFAULT;
    spin_lock(&p->lock);
    out = p->actions[sig];
    if (new) {
        in.mask &= ~SIGNALS_UNBLOCKABLE;
        p->actions[sig] = in;
        /* POSIX: an ignored signal doesn't stay pending */
        bool ignores = in.handler == SIG_IGN ||
                       (in.handler == SIG_DFL &&
                        (sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT));
        if (ignores && (p->pending.mask & SIG_BIT(sig)))
            sigqueue_drop(&p->pending, SIG_BIT(sig));
    }
    spin_unlock(&p->lock);
    return old ? copy_to_user(old, &out, sizeof out) : 0;
}

long sys_rt_sigprocmask(int how, vaddr_t new, vaddr_t old, uint64_t size)
{
    struct thread *t = thread_self();
    uint64_t before = t->blocked, set;
    if (size != SIGSET_BYTES)
        return -EINVAL;
    if (new) {
        if (copy_from_user(&set, new, sizeof set))
            return -EFAULT;
        if (how < SIG_BLOCK || how > SIG_SETMASK)
            return -EINVAL;
        signal_set_blocked(t, how == SIG_BLOCK     ? before | set
                              : how == SIG_UNBLOCK ? before & ~set
                                                   : set);
    }
    return old ? copy_to_user(old, &before, sizeof before) : 0;
}

COLD long sys_rt_sigpending(vaddr_t set, uint64_t size)
{
    struct thread *t = thread_self();
    if (size > SIGSET_BYTES)
        return -EINVAL;
    uint64_t pending = (t->pending.mask | t->process->pending.mask) & t->blocked;
    return copy_to_user(set, &pending, size);
}

COLD long sys_rt_sigsuspend(vaddr_t mask, uint64_t size)
{
    uint64_t set;
    struct sleeper s;
    if (size != SIGSET_BYTES)
        return -EINVAL;
    if (copy_from_user(&set, mask, sizeof set))
        return -EFAULT;
    signal_block_while(set);
    sleeper_init(&s);
    while (!sleeper_sleep(&s, WAIT_FOREVER))
        __atomic_store_n(&s.woken, 0, __ATOMIC_SEQ_CST);
    return -ERESTARTNOHAND;
}

static bool stack_in_use(const struct linux_stack *s, uint64_t sp)
{
    return !(s->flags & (SS_DISABLE | SS_AUTODISARM)) && sp > s->sp && sp - s->sp <= s->size;
}

long sys_sigaltstack(vaddr_t new, vaddr_t old)
{
    struct thread *t = thread_self();
    struct linux_stack in, out = t->altstack;
    bool in_use = stack_in_use(&out, task_frame(&t->task)->sp);
    if (in_use)
        out.flags |= SS_ONSTACK;
    if (new) {
        if (copy_from_user(&in, new, sizeof in))
            return -EFAULT;
        if (in_use)
            return -EPERM;
        uint32_t mode = in.flags & ~SS_AUTODISARM;
        if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
            return -EINVAL;
        if (mode == SS_DISABLE)
            in.sp = in.size = 0;
        else if (in.size < MINSIGSTKSZ)
            return -ENOMEM;
        in.flags = (in.flags & SS_AUTODISARM) | (mode == SS_DISABLE ? SS_DISABLE : 0);
        in.pad = 0;
        t->altstack = in;
    }
    return old ? copy_to_user(old, &out, sizeof out) : 0;
}

long sys_rt_sigreturn(void)
{
    struct thread *t = thread_self();
    struct trapframe *tf = task_frame(&t->task);
    struct linux_stack altstack;
    uint64_t blocked, sp = tf->sp;
    tf->syscall = NO_SYSCALL;
    if (sigframe_pop(tf, &blocked, &altstack)) {
        signal_force(SIGSEGV, SI_KERNEL, 0, sp, 0);
        return (long)frame_result(tf);
    }
    signal_set_blocked(t, blocked);
    if (!stack_in_use(&t->altstack, tf->sp)) {
        t->altstack.sp = altstack.sp;
        t->altstack.flags = altstack.flags & ~SS_ONSTACK;
        t->altstack.size = altstack.size;
    }
    return (long)frame_result(tf);
}

static bool sig_valid(int sig)
{
    return sig >= 0 && sig <= SIG_MAX;
}

static long send_process(int pid, const struct linux_siginfo *info)
{
    struct process *p = process_self();
    if (pid != p->pid && family_here)
        return family_signal(pid, info);
    /* 0, -1 and its negative name groups that hold just this process */
    if (pid != 0 && pid != -1 && pid != p->pid && pid != -p->pid)
        return -ESRCH;
    if (info->signo)
        signal_send_process(p, info);
    return 0;
}

long sys_kill(int pid, int sig)
{
    struct linux_siginfo info = {.signo = sig, .code = SI_USER, .sent.pid = process_self()->pid};
    return sig_valid(sig) ? send_process(pid, &info) : -EINVAL;
}

static long send_thread(int pid, int tid, const struct linux_siginfo *info)
{
    struct process *p = process_self();
    if (tid <= 0)
        return -EINVAL;
    if (pid != -1 && pid != p->pid)
        return family_here ? family_signal_thread(pid, tid, info) : -ESRCH;
    /* The thread can't go away between finding and sending: ends of threads take the same lock to
     * leave the list, and the sender of a signal holds it here until the target's work is set. */
    spin_lock(&p->lock);
    struct thread *t = process_find_thread_locked(p, tid);
    if (t && info->signo)
        signal_send_thread_locked(t, info);
    spin_unlock(&p->lock);
    if (!t && pid == -1 && family_here)
        return family_signal_thread(pid, tid, info);
    return t ? 0 : -ESRCH;
}

long sys_tgkill(int pid, int tid, int sig)
{
    struct linux_siginfo info = {.signo = sig, .code = SI_TKILL, .sent.pid = process_self()->pid};
    if (!sig_valid(sig) || pid <= 0)
        return -EINVAL;
    return send_thread(pid, tid, &info);
}

COLD long sys_tkill(int tid, int sig)
{
    struct linux_siginfo info = {.signo = sig, .code = SI_TKILL, .sent.pid = process_self()->pid};
    return sig_valid(sig) ? send_thread(-1, tid, &info) : -EINVAL;
}

static COLD int read_info(vaddr_t at, int sig, struct linux_siginfo *info)
{
    if (!sig_valid(sig))
        return -EINVAL;
    if (copy_from_user(info, at, sizeof *info))
        return -EFAULT;
    info->signo = sig;
    return 0;
}

COLD long sys_rt_sigqueueinfo(int pid, int sig, vaddr_t at)
{
    struct linux_siginfo info;
    int err = read_info(at, sig, &info);
    return err ? err : send_process(pid, &info);
}

COLD long sys_rt_tgsigqueueinfo(int pid, int tid, int sig, vaddr_t at)
{
    struct linux_siginfo info;
    int err = read_info(at, sig, &info);
    return err ? err : send_thread(pid, tid, &info);
}

static COLD int give_info(vaddr_t at, const struct linux_siginfo *info)
{
    int err = copy_to_user(at, info, sizeof *info);
    return err ? err : clear_user(at + sizeof *info, LINUX_SIGINFO_BYTES - sizeof *info);
}

static COLD bool take_awaited(struct thread *t, uint64_t want, struct linux_siginfo *info)
{
    struct process *p = t->process;
    spin_lock(&p->lock);
    bool got = sigqueue_take(&t->pending, want, info) || sigqueue_take(&p->pending, want, info);
    t->awaited = got ? 0 : want;
    spin_unlock(&p->lock);
    return got;
}

/* An awaited signal's arrival interrupts the sleep like any other; whether it was one of ours
 * decides between its number and EINTR. */
COLD long sys_rt_sigtimedwait(vaddr_t set, vaddr_t info_at, vaddr_t timeout, uint64_t size)
{
    struct thread *t = thread_self();
    struct linux_siginfo info;
    struct sleeper s;
    uint64_t want;
    int64_t ns = 0;
    if (size != SIGSET_BYTES)
        return -EINVAL;
    if (copy_from_user(&want, set, sizeof want))
        return -EFAULT;
    int err = timeout ? time_read_timespec(timeout, &ns) : 0;
    if (err)
        return err;
    want &= ~SIGNALS_UNBLOCKABLE;
    int64_t deadline_ns = timeout ? time_add(clock_mono_ns(), ns) : WAIT_FOREVER;
    sleeper_init(&s);
    bool got = take_awaited(t, want, &info);
    while (!got && !err) {
        err = sleeper_sleep(&s, deadline_ns);
        __atomic_store_n(&s.woken, 0, __ATOMIC_SEQ_CST);
        got = take_awaited(t, want, &info);
    }
    t->awaited = 0;
    if (!got)
        return err == -ETIMEDOUT ? -EAGAIN : -EINTR;
    return info_at && give_info(info_at, &info) ? -EFAULT : info.signo;
}
