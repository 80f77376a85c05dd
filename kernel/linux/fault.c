/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of the program, and what is done on the way back to it. */
#include "abi/errno.h"
#include "kernel/core/aspace.h"
#include "kernel/core/cpu.h"
#include "kernel/core/log.h"
#include "kernel/core/page.h"
#include "kernel/core/trace.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/probe.h"
#include "kernel/linux/quota.h"
#include "kernel/linux/signal.h"
#include "lib/str.h"

bool probes_armed, quota_spent;

#define ADDRESS_BITS \
    UINT64_C(0x00ffffffffffffff) /* the top byte is the program's: TBI, as on Linux */

/* As Linux without swap: the program is killed, and told why. */
static COLD void out_of_memory(struct thread *t)
{
    struct page_stats s;
    page_stats(&s);
    log_err("out of memory: the program has %lu KiB of the machine's %lu KiB; give it more with -m",
            t->process->as->resident_pages * PAGE_SIZE / 1024, s.total_bytes / 1024);
    if (!family_here || t->process->pid == INIT_PID)
        process_end(t->process, 0, SIGKILL);
    struct linux_siginfo info = {.signo = SIGKILL, .code = SI_KERNEL};
    signal_send_thread(t, &info); /* deep in a system call: it ends on the way out */
}

static enum aspace_fault page_fault(vaddr_t address, unsigned access)
{
    struct thread *t = thread_self();
    cpu_self()->faults++;
    trace_event(TRACE_FAULT, address);
    enum aspace_fault what = aspace_fault(t->process->as, address, access);
    if (UNLIKELY(what == ASPACE_FAULT_OOM)) {
        out_of_memory(t);
        what = ASPACE_FAULT_BUS;
    }
    return what;
}

static const struct {
    int signo, code;
} fault_signals[] =
    {
        [FAULT_ALIGNMENT] = {SIGBUS, BUS_ADRALN},   [FAULT_ILLEGAL] = {SIGILL, ILL_ILLOPC},
        [FAULT_BREAKPOINT] = {SIGTRAP, TRAP_BRKPT}, [FAULT_STEP] = {SIGTRAP, TRAP_TRACE},
        [FAULT_FP] = {SIGFPE, FPE_FLTINV},          [FAULT_BUS] = {SIGBUS, BUS_ADRERR},
},
  page_signals[] = {
      [ASPACE_FAULT_MAPERR] = {SIGSEGV, SEGV_MAPERR},
      [ASPACE_FAULT_ACCERR] = {SIGSEGV, SEGV_ACCERR},
      [ASPACE_FAULT_BUS] = {SIGBUS, BUS_ADRERR},
};

void user_page_fault(uint64_t far, unsigned access, uint64_t esr)
{
    vaddr_t address = far & ADDRESS_BITS;
    enum aspace_fault what = page_fault(address, access);
    if (UNLIKELY(what != ASPACE_FAULT_NONE))
        signal_force(page_signals[what].signo, page_signals[what].code, address, far, esr);
}

COLD void user_fault(const struct fault *f)
{
    if (f->kind == FAULT_PAGE)
        user_page_fault(f->address, f->access, f->esr);
    else
        signal_force(fault_signals[f->kind].signo, fault_signals[f->kind].code,
                     f->address & ADDRESS_BITS, f->address, f->esr);
}

bool user_breakpoint(const struct trapframe *tf, uint32_t number)
{
    return probes_armed && probe_hit(tf, number);
}

int uaccess_fault(uint64_t address, unsigned access)
{
    struct thread *t = thread_self();
    bool refusable = t->refusable;
    t->refusable = false;
    enum aspace_fault what = page_fault(address, access);
    t->refusable = refusable;
    return what == ASPACE_FAULT_NONE ? 0 : -EFAULT;
}

void user_exit_work(struct trapframe *tf)
{
    struct thread *t = thread_self();
    for (;;) {
        uint32_t work = __atomic_load_n(&t->task.work, __ATOMIC_SEQ_CST);
        if (UNLIKELY(quota_spent))
            quota_wait();
        if (sched_need_resched())
            task_preempted();
        else if (family_here && work & WORK_END)
            thread_exit(0);
        else if (work & (WORK_SIGNAL | WORK_MASK))
            signal_deliver(t, tf);
        else
            return;
    }
}
