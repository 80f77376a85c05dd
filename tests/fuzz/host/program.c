/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine does at EL0: the fuzzer (tests/fuzz/syscalls) as the program of the kernel in
 * this process. Its memory is its own here, PROGRAM_MEMORY, its stacks, what it only reads; all
 * other addresses go through the page tables of the process that it runs in. It runs on its
 * tasks' kernel stacks, below the trap frame, and of its instructions the kernel sees three: the
 * system call, an access to memory, and the first of the signal handler, which only returns.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/arch/trap.h"
#include "kernel/core/aspace.h"
#include "kernel/core/cpu.h"
#include "kernel/core/kstack.h"
#include "kernel/core/page.h"
#include "kernel/core/panic.h"
#include "kernel/core/task.h"
#include "kernel/core/trace.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/process.h"
#include "kernel/linux/syscall.h"
#include "tests/fake/user.h"
#include "tests/fuzz/host/machine.h"
#include "tests/fuzz/syscalls/guest.h"

enum {
    CALL_NS = 250, /* what a system call takes, but for its looks at the clock */
    NR_EXIT = 93,
    NR_RT_SIGRETURN = 139,
    TRIES_MAX = 64,
    STACK_PAGES = 500,
    REG_FN = 9, /* of a new thread: what it runs */
    REG_ARG = 10,
};

#define AFTER_CALL UINT64_C(0x401004) /* the instruction behind the one that calls */
#define AT_CALL    (AFTER_CALL - 4)
#define AT_TOUCH   UINT64_C(0x401100)
#define AT_RETURN  UINT64_C(0x401204) /* behind the handler's rt_sigreturn */

typedef long handler_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

/* ---- memory ---- */

extern char __start_program_memory[], __stop_program_memory[], __executable_start[], end[];

static bool within(vaddr_t va, uintptr_t from, uintptr_t to, size_t *room)
{
    if (va < from || va >= to)
        return false;
    *room = to - va;
    return true;
}

void *fake_user_memory(vaddr_t va, unsigned access, size_t *room)
{
    uintptr_t top = task_self()->stack_top;
    bool there =
        within(va, (uintptr_t)__start_program_memory, (uintptr_t)__stop_program_memory, room) ||
        within(va, kstack_bottom(top), top, room) ||
        (access == ASPACE_READ && within(va, (uintptr_t)__executable_start, (uintptr_t)end, room));
    if (there && locks_held)
        fake_user_faults();
    return there ? (void *)va : NULL;
}

/* What lies in the kernel at that time must be able to sleep. */
void fake_user_faults(void)
{
    if (locks_held)
        panic("%u locks are held while the program's memory is touched", locks_held);
}

void program_write(uint64_t at, const void *bytes, size_t n)
{
    if (copy_to_user(at, bytes, n))
        panic("the fuzzer's own memory at %lx is gone", at);
}

/* ---- instructions ---- */

static struct trapframe *frame(void)
{
    return task_frame(task_self());
}

/* On the way out of the kernel, and whatever interrupts the program then. */
static void leave(struct trapframe *tf)
{
    do {
        if (__atomic_load_n(&task_self()->work, __ATOMIC_SEQ_CST) || sched_need_resched())
            user_exit_work(tf);
    } while (machine_interrupts());
}

static void svc(struct trapframe *tf)
{
    const uint64_t *a = tf->regs;
    uint64_t nr = (uint32_t)tf->regs[8];
    cpu_self()->syscalls++;
    tf->orig_x0 = a[0];
    tf->syscall = (int64_t)nr;
    trace_event(TRACE_SYSCALL, nr);
    machine_pass(CALL_NS);
    int32_t at = nr < SYSCALL_TABLE_SIZE ? syscall_table[nr] : 0;
    handler_fn *fn = (handler_fn *)((intptr_t)syscall_table + at);
    long ret = at ? fn(a[0], a[1], a[2], a[3], a[4], a[5]) : syscall_unknown(tf);
    if (locks_held)
        panic("system call %lu left %u locks held", nr, locks_held);
    tf->regs[0] = (uint64_t)ret;
    leave(tf);
}

/* Until the program comes to `pc`. */
static void run_to(struct trapframe *tf, uint64_t pc)
{
    while (tf->pc != pc) {
        if (tf->pc == (uint64_t)on_signal) {
            tf->regs[8] = NR_RT_SIGRETURN;
            tf->pc = AT_RETURN;
        } else if (tf->pc == AT_CALL) {
            tf->pc = AFTER_CALL; /* the kernel restarts it */
        } else {
            panic("the program is sent to %lx", tf->pc);
        }
        svc(tf);
    }
}

long call6(uint64_t nr, const uint64_t args[6])
{
    struct trapframe *tf = frame();
    memcpy(tf->regs, args, 6 * sizeof *args);
    tf->regs[8] = nr;
    tf->pc = AFTER_CALL;
    svc(tf);
    run_to(tf, AFTER_CALL);
    return (long)tf->regs[0];
}

/* A signal's handler has the program go on behind the access. */
static void touch(uint64_t at, unsigned access)
{
    struct trapframe *tf = frame();
    tf->pc = AT_TOUCH;
    for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
        volatile char *p = fake_user_mapped(at, access);
        if (p) {
            *p = access == ASPACE_WRITE ? (char)at : *p;
            return;
        }
        tf->syscall = NO_SYSCALL;
        user_page_fault(at, access, UINT64_C(0x92000000));
        leave(tf);
        if (tf->pc != AT_TOUCH) {
            run_to(tf, AT_TOUCH);
            return;
        }
    }
    panic("the fault at %lx is served, but nothing is there", at);
}

void touch_read(uint64_t at)
{
    touch(at, ASPACE_READ);
}

void touch_write(uint64_t at)
{
    touch(at, ASPACE_WRITE);
}

void on_signal(int sig, void *info, uint64_t *context)
{
    (void)sig, (void)info, (void)context; /* run_to knows it by its address */
    abort();
}

/* ---- threads ---- */

long thread_spawn(uint64_t flags, uint64_t stack, void (*fn)(void *), void *arg)
{
    struct trapframe *tf = frame();
    tf->regs[REG_FN] = (uint64_t)fn;
    tf->regs[REG_ARG] = (uint64_t)arg;
    long tid = CALL(NR_CLONE, flags, stack);
    tf->regs[REG_FN] = 0;
    return tid;
}

/* A task's first step. Other processes than the first end at once. */
void arch_task_enter(struct trapframe *tf)
{
    static bool begun;
    void (*fn)(void *) = (void (*)(void *))tf->regs[REG_FN];
    leave(tf);
    if (!begun) {
        begun = true;
        program_main();
    }
    tf->regs[REG_FN] = 0;
    if (fn)
        fn((void *)tf->regs[REG_ARG]);
    CALL(NR_EXIT, 0);
    abort();
}

void round_good(void)
{
    memory_mark();
}

static void touch_pages(uint64_t at, unsigned pages, bool write)
{
    for (; pages > 0; pages--, at += PAGE_SIZE)
        touch(at, write ? ASPACE_WRITE : ASPACE_READ);
}

/* Of the program that the kernel knows: text, data, the vDSO, and the stack, where frames of the
 * first thread's signals lie. And the network has probed its addresses. */
void own_memory_touch(void)
{
    uint64_t time[2] = {30, 0};
    touch_pages(PROGRAM_TEXT, PROGRAM_TEXT_PAGES, false);
    touch_pages(PROGRAM_DATA, PROGRAM_DATA_PAGES, true);
    touch_pages(process_self()->vdso - PAGE_SIZE, 2, false);
    for (unsigned page = 0; page < STACK_PAGES; page++)
        touch_write(frame()->sp - page * (uint64_t)PAGE_SIZE);
    CALL(NR_NANOSLEEP, (uint64_t)time, 0);
}
