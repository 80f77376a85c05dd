/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: sending, choosing a thread, delivery on the way back to the program (signal(7)).
 * Everything pending and every mask is guarded by the process lock; WORK_SIGNAL on a task means
 * that something unblocked may be pending for it.
 */
#ifndef KERNEL_LINUX_SIGNAL_H
#define KERNEL_LINUX_SIGNAL_H

#include "kernel/linux/thread.h"

#define SIGNALS_UNBLOCKABLE (SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP))

/* signal_send_thread, signal_send_process - make a signal pending and interrupt who shall take it.
 * False: it was pending already, and one is enough. Any context. */
void signal_send_thread(struct thread *t, const struct linux_siginfo *info);
bool signal_send_thread_locked(struct thread *t,
                               const struct linux_siginfo *info); /* process lock held */
bool signal_send_process(struct process *p, const struct linux_siginfo *info);

/* signal_force - a fault of the running thread: can't be blocked or ignored; then it kills. address
 * is for siginfo, fault_address and fault_esr for the frame. */
void signal_force(int sig, int code, vaddr_t address, uint64_t fault_address, uint64_t fault_esr);

/* signal_deliver - on the way out: take what is deliverable, push a handler's frame or do the
 * default, and settle an interrupted call. */
void signal_deliver(struct thread *t, struct trapframe *tf);

/* signal_retarget - t is about to end and on no list any more: process signals that it was to take
 * go to another thread. The process lock is held. */
void signal_retarget_locked(struct thread *t);

/* signal_set_blocked - the running thread's mask; what becomes deliverable is looked at on the way
 * out. */
void signal_set_blocked(struct thread *t, uint64_t mask);

/* signal_block_while - for ppoll and the like: block `mask` until the call is over; the old mask
 * comes back afterwards, or from the handler's frame. */
void signal_block_while(uint64_t mask);

/* signal_forget_handlers - what p caught has nobody to catch it any more; what it ignored stays so.
 */
void signal_forget_handlers(struct process *p);

/* signal_name - "SIGSEGV" and the like, for messages; "signal" for unknown numbers. */
const char *signal_name(int sig);

#endif
