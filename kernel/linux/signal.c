/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/signal.h"
#include "abi/errno.h"
#include "kernel/arch/sigframe.h"
#include "kernel/core/log.h"
#include "kernel/core/trace.h"
#include "kernel/fs/signal_hook.h"
#include "kernel/linux/vdso/vdso.h"

#define IGNORED (SIG_BIT(SIGCHLD) | SIG_BIT(SIGCONT) | SIG_BIT(SIGURG) | SIG_BIT(SIGWINCH))
#define STOPS   (SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) | SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))

static bool ignored_locked(const struct process *p, int sig)
{
    uint64_t handler = p->actions[sig].handler;
    return handler == SIG_IGN || (handler == SIG_DFL && (IGNORED & SIG_BIT(sig)));
}

static uint64_t deliverable_locked(const struct thread *t)
{
    return (t->pending.mask | t->process->pending.mask) & ~t->blocked;
}

/* Make t look: it has something unblocked, or something it waits for. */
static void notify_locked(struct thread *t)
{
    task_set_work(&t->task, WORK_SIGNAL);
    task_interrupt(&t->task);
}

static bool wants_locked(const struct thread *t, int sig)
{
    return (~t->blocked | t->awaited) & SIG_BIT(sig);
}

/* A signal that would be ignored isn't kept, unless it is blocked: its action may change before it
 * is unblocked (Linux sig_ignored). */
bool signal_send_thread_locked(struct thread *t, const struct linux_siginfo *info)
{
    bool blocked = (t->blocked | t->awaited) & SIG_BIT(info->signo);
    if (!blocked && ignored_locked(t->process, info->signo))
        return true;
    bool news = sigqueue_put(&t->pending, info);
    if (wants_locked(t, info->signo))
        notify_locked(t);
    return news;
}

void signal_send_thread(struct thread *t, const struct linux_siginfo *info)
{
    spin_lock(&t->process->lock);
    signal_send_thread_locked(t, info);
    spin_unlock(&t->process->lock);
}

/* The main thread if it takes the signal, else any that does. NULL: all have it blocked. */
static COLD struct thread *choose_locked(struct process *p, int sig)
{
    list_for_each (n, &p->threads) {
        struct thread *t = list_entry(n, struct thread, siblings);
        if (wants_locked(t, sig))
            return t;
    }
    return NULL;
}

bool signal_send_process(struct process *p, const struct linux_siginfo *info)
{
    spin_lock(&p->lock);
    struct thread *t = choose_locked(p, info->signo);
    bool awaited = t && (t->awaited & SIG_BIT(info->signo));
    bool news = true;
    if (!t || awaited || !ignored_locked(p, info->signo)) {
        news = sigqueue_put(&p->pending, info);
        if (t)
            notify_locked(t);
    }
    spin_unlock(&p->lock);
    return news;
}

void signal_force(int sig, int code, vaddr_t address, uint64_t fault_address, uint64_t fault_esr)
{
    struct thread *t = thread_self();
    struct process *p = t->process;
    uint64_t bit = SIG_BIT(sig);
    t->fault_address = fault_address;
    t->fault_esr = fault_esr;
    spin_lock(&p->lock);
    if ((t->blocked & bit) || p->actions[sig].handler == SIG_IGN) {
        p->actions[sig].handler = SIG_DFL;
        t->blocked &= ~bit;
    }
    t->forced_info.signo = sig;
    t->forced_info.code = code;
    t->forced_info.fault.address = address;
    t->forced = true;
    task_set_work(&t->task, WORK_SIGNAL);
    spin_unlock(&p->lock);
}

COLD void signal_retarget_locked(struct thread *t)
{
    struct process *p = t->process;
    for (uint64_t left = p->pending.mask & ~t->blocked; left; left &= left - 1) {
        struct thread *other = choose_locked(p, __builtin_ctzl(left) + 1);
        if (other)
            notify_locked(other);
    }
    sigqueue_drop(&t->pending, UINT64_MAX);
}

void signal_set_blocked(struct thread *t, uint64_t mask)
{
    spin_lock(&t->process->lock);
    t->blocked = mask & ~SIGNALS_UNBLOCKABLE;
    if (deliverable_locked(t))
        task_set_work(&t->task, WORK_SIGNAL);
    spin_unlock(&t->process->lock);
}

COLD void signal_block_while(uint64_t mask)
{
    struct thread *t = thread_self();
    t->saved_blocked = t->blocked;
    t->restore_blocked = true;
    signal_set_blocked(t, mask);
    /* so that the exit path gives the old mask back even when no signal comes */
    task_set_work(&t->task, WORK_MASK);
}

static const struct linux_siginfo *take_one_locked(struct thread *t, struct linux_siginfo *room)
{
    if (t->forced) {
        t->forced = false;
        return &t->forced_info;
    }
    struct sigqueue *q = &t->pending;
    if (!(q->mask & ~t->blocked))
        q = &t->process->pending;
    return sigqueue_take(q, ~t->blocked, room) ? room : NULL;
}

struct delivery {
    const struct linux_siginfo *info;
    struct linux_sigaction action;
    uint64_t blocked; /* mask to go back to */
    struct linux_siginfo room;
};

/* What the handler of d changes before it runs. */
static void prepare_locked(struct thread *t, const struct delivery *d)
{
    uint64_t flags = d->action.flags;
    if (flags & SA_RESETHAND)
        t->process->actions[d->info->signo].handler = SIG_DFL;
    t->blocked |= d->action.mask | (flags & SA_NODEFER ? 0 : SIG_BIT(d->info->signo));
}

/* The next signal to act on; false when there is none left. */
static bool take(struct thread *t, struct delivery *d)
{
    struct process *p = t->process;
    const struct linux_siginfo *info;
    spin_lock(&p->lock);
    task_clear_work(&t->task, WORK_SIGNAL);
    do
        info = take_one_locked(t, &d->room);
    while (info && ignored_locked(p, info->signo));
    if (info) {
        d->info = info;
        d->action = p->actions[info->signo];
        d->blocked = t->restore_blocked ? t->saved_blocked : t->blocked;
        if (d->action.handler != SIG_DFL)
            prepare_locked(t, d);
        if (deliverable_locked(t))
            task_set_work(&t->task, WORK_SIGNAL);
    }
    spin_unlock(&p->lock);
    return info;
}

bool thread_is_ending(void)
{
    struct thread *t = thread_self();
    bool ending = family_here && __atomic_load_n(&t->task.work, __ATOMIC_SEQ_CST) & WORK_END;
    spin_lock(&t->process->lock);
    for (uint64_t left = deliverable_locked(t) & ~(IGNORED | STOPS); left; left &= left - 1)
        ending |= t->process->actions[__builtin_ctzl(left) + 1].handler == SIG_DFL;
    spin_unlock(&t->process->lock);
    return ending;
}

/* One process and nobody to continue it: a stop would be the end. */
static COLD bool ignored_stop(int sig)
{
    if (!(STOPS & SIG_BIT(sig)))
        return false;
    log_warn("%s ignored: a machine of one program can't be stopped", signal_name(sig));
    return true;
}

static bool on_altstack(const struct thread *t, uint64_t sp)
{
    return !(t->altstack.flags & SS_DISABLE) && sp > t->altstack.sp &&
           sp - t->altstack.sp <= t->altstack.size;
}

static uint64_t frame_top(const struct thread *t, const struct trapframe *tf, uint64_t flags)
{
    bool use = (flags & SA_ONSTACK) && !(t->altstack.flags & SS_DISABLE) && !on_altstack(t, tf->sp);
    return use ? t->altstack.sp + t->altstack.size : tf->sp;
}

/* Enter the handler; when there is no room for its frame the program dies of SIGSEGV. */
static void enter_handler(struct thread *t, struct trapframe *tf, const struct delivery *d)
{
    const struct linux_sigaction *a = &d->action;
    struct sigframe_request r = {
        .info = d->info,
        .handler = a->handler,
        .sigreturn = a->flags & SA_RESTORER ? a->restorer : vdso_sigreturn(t->process->vdso),
        .stack_top = frame_top(t, tf, a->flags),
        .altstack = &t->altstack,
        .blocked = d->blocked,
        .fault_address = t->fault_address,
        .fault_esr = t->fault_esr,
    };
    trace_detail(TRACE_SIGNAL, (uint64_t)d->info->signo);
    if (sigframe_push(tf, &r))
        process_end(t->process, 0, SIGSEGV);
    t->restore_blocked = false;
    t->fault_esr = 0;
    if (t->altstack.flags & SS_AUTODISARM)
        t->altstack = (struct linux_stack){.flags = SS_DISABLE};
}

/* An interrupted call with a handler to run first: EINTR, or again afterwards. */
static void settle_for_handler(struct trapframe *tf, const struct linux_sigaction *a)
{
    switch ((int64_t)frame_result(tf)) {
    case -ERESTARTSYS:
        if (a->flags & SA_RESTART) {
            frame_restart(tf);
            break;
        }
        __attribute__((fallthrough));
    case -ERESTARTNOHAND:
    case -ERESTART_RESTARTBLOCK:
        frame_set_result(tf, (uint64_t)-EINTR);
        break;
    }
    tf->syscall = NO_SYSCALL;
}

/* ... and without one: again at once. */
static void settle_without_handler(struct trapframe *tf)
{
    switch ((int64_t)frame_result(tf)) {
    case -ERESTARTSYS:
    case -ERESTARTNOHAND:
        frame_restart(tf);
        break;
    case -ERESTART_RESTARTBLOCK:
        frame_restart_block(tf);
        break;
    }
    tf->syscall = NO_SYSCALL;
}

void signal_deliver(struct thread *t, struct trapframe *tf)
{
    struct delivery d;
    bool in_syscall = tf->syscall >= 0;
    while (take(t, &d)) {
        if (d.action.handler == SIG_DFL) {
            if (ignored_stop(d.info->signo))
                continue;
            process_end(t->process, 0, d.info->signo);
        }
        if (in_syscall)
            settle_for_handler(tf, &d.action);
        enter_handler(t, tf, &d);
        return;
    }
    if (in_syscall)
        settle_without_handler(tf);
    task_clear_work(&t->task, WORK_MASK);
    if (t->restore_blocked) {
        t->restore_blocked = false;
        signal_set_blocked(t, t->saved_blocked);
    }
}

void signal_forget_handlers(struct process *p)
{
    spin_lock(&p->lock);
    for (unsigned sig = 1; sig <= SIG_MAX; sig++)
        p->actions[sig] = (struct linux_sigaction){
            .handler = p->actions[sig].handler == SIG_IGN ? SIG_IGN : SIG_DFL};
    spin_unlock(&p->lock);
}

COLD const char *signal_name(int sig)
{
    static const char *const names[] = {
        "signal 0",  "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
        "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
        "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
    };
    return sig >= 0 && sig < (int)ARRAY_SIZE(names) ? names[sig] : "a real-time signal";
}
