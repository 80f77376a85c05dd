/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/process.h"
#include "abi/errno.h"
#include "abi/link.h"
#include "kernel/arch/power.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/cpu.h"
#include "kernel/core/page.h"
#include "kernel/core/trace.h"
#include "kernel/fs/sync.h"
#include "kernel/linux/inject.h"
#include "kernel/linux/probe.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "kernel/linux/tracing.h"

bool inject_on, family_here;

struct process *process_self(void)
{
    return thread_self()->process;
}

struct fd_table *fd_table_self(void)
{
    return &process_self()->files;
}

struct fs_context *fs_context_self(void)
{
    return &process_self()->fs;
}

enum { LIMIT_STACK = 3, LIMIT_CORE = 4, LIMIT_NPROC = 6, LIMIT_NOFILE = 7, LIMIT_MEMLOCK = 8 };

static void limits_init(struct process_limit *l)
{
    for (unsigned i = 0; i < PROCESS_LIMITS; i++)
        l[i] = (struct process_limit){UINT64_MAX, UINT64_MAX};
    l[LIMIT_STACK].soft = EXEC_STACK_BYTES;
    l[LIMIT_CORE].soft = 0;
    l[LIMIT_NOFILE] = (struct process_limit){FD_LIMIT_SOFT, FD_LIMIT_HARD};
}

int process_init(struct process *p, struct aspace *as)
{
    p->pid = INIT_PID;
    p->as = as;
    p->start_ns = clock_mono_ns();
    list_init(&p->threads);
    sigqueue_init(&p->pending);
    limits_init(p->limits);
    creds_init(&p->creds);
    itimer_table_init(&p->timers, p);
    return fd_table_init(&p->files);
}

struct thread *process_find_thread_locked(struct process *p, int tid)
{
    list_for_each (n, &p->threads) {
        struct thread *t = list_entry(n, struct thread, siblings);
        if (t->tid == tid)
            return t;
    }
    return NULL;
}

int64_t process_cpu_ns(struct process *p)
{
    spin_lock(&p->lock);
    int64_t sum = p->ended_cpu_ns;
    list_for_each (n, &p->threads)
        sum += task_cpu_ns(&list_entry(n, struct thread, siblings)->task);
    spin_unlock(&p->lock);
    return sum;
}

static void fill_exit(struct link_exit *e, const struct process *p, int status, int signal)
{
    struct page_stats pages;
    page_stats(&pages);
    *e = (struct link_exit){
        .status = (uint32_t)(signal ? 128 + signal : status),
        .signal = (uint32_t)signal,
        .boot_ns = (uint64_t)p->start_ns,
        .run_ns = (uint64_t)(clock_mono_ns() - p->start_ns),
        .memory_bytes = pages.total_bytes,
        .memory_peak_bytes = pages.peak_used_bytes,
        .faults = p->as->faults,
        .unknown_syscalls = syscall_unknown_count(),
    };
    for (unsigned i = 0; i < cpu_count; i++) {
        e->syscalls += cpus[i].syscalls;
        e->switches += cpus[i].switches;
    }
}

/* The other threads go down with the machine; only one caller gets to tell the launcher. */
void process_end(struct process *p, int status, int signal)
{
    struct link_exit e;
    if (family_here && p->pid != INIT_PID)
        family_exit(p, status, signal);
    if (__atomic_exchange_n(&p->ending, true, __ATOMIC_SEQ_CST))
        for (;;)
            task_park(NULL, NULL, WAIT_PORT);
    fs_sync();
    if (inject_on)
        inject_report();
    fill_exit(&e, p, status, signal);
    if (trace_streaming)
        tracing_end();
    if (probes_armed)
        probes_end();
    syscall_unknown_report();
    console_exit(&e);
    power_off();
}

long sys_getpid(void)
{
    return process_self()->pid;
}

/* Without other processes nobody has children. */
enum {
    WAIT_OPTIONS = 0xe000000b, /* WNOHANG, WUNTRACED, WCONTINUED, __WNOTHREAD, __WALL, __WCLONE */
    WAITID_OPTIONS = WAIT_OPTIONS | 0x01000004, /* WEXITED, WNOWAIT */
    WAITID_EVENTS = 0x0e                        /* WSTOPPED, WEXITED, WCONTINUED: one at least */
};

long sys_wait4(int pid, vaddr_t status, int options, vaddr_t rusage)
{
    if ((uint32_t)options & ~(uint32_t)WAIT_OPTIONS)
        return -EINVAL;
    return family_here ? family_wait4(pid, status, options, rusage) : -ECHILD;
}

long sys_waitid(int idtype, int id, vaddr_t info, int options, vaddr_t rusage)
{
    if (((uint32_t)options & ~(uint32_t)WAITID_OPTIONS) || !(options & WAITID_EVENTS))
        return -EINVAL;
    return family_here ? family_waitid(idtype, id, info, options, rusage) : -ECHILD;
}
